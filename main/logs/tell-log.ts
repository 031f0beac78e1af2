/** Writes what happens in a daemon into its log: a line for each stage and each change of what is waited for, or of what slows it. */
import type { EventHub } from '../events.ts';
import type { GutsEvent } from '../shared/events.ts';
import type { MigrationId } from '../shared/migration.ts';
import type { Log } from './log.ts';

type MigrationEvent = Extract<GutsEvent, { kind: 'migration' }>;

export function tellLog(events: EventHub, log: Log): Disposable {
  const news = new News();
  return events.listen(({ event }) => {
    if (event.kind === 'migration' && news.isOne(event)) log.info('migration', logged(event));
    if (event.kind === 'node' && event.says !== null) log.info('node', { node: event.node, says: event.says });
    if (event.kind === 'warning') log.warn('source', { source: event.source, says: event.says });
  });
}

/** Listeners are told of more than the log has words for: what was said last is not said again. */
class News {
  /** By migration, the oldest first. */
  readonly #said = new Map<MigrationId, string>();

  isOne(event: MigrationEvent): boolean {
    const text = JSON.stringify(logged(event));
    if (this.#said.get(event.id) === text) return false;
    this.#said.delete(event.id);
    this.#said.set(event.id, text);
    if (this.#said.size > MOST_SAID) for (const [id] of [...this.#said].slice(0, MOST_SAID / 2)) this.#said.delete(id);
    return true;
  }
}

/** More than run at once. */
const MOST_SAID = 20_000;

const logged = ({ id, vm, stage, waitsFor, placement, slowedBy }: MigrationEvent) => ({
  id,
  vm,
  stage,
  ...(waitsFor === null ? {} : { waitsFor: waitsFor.says }),
  ...(placement === null ? {} : { node: placement.node }),
  ...(slowedBy === null ? {} : { slowedBy: slowedBy.says }),
});
