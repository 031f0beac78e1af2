/** Events as an event stream has them, written once for all who listen; and which of them somebody wants. */
import { GutsEvent, type NumberedEvent } from '../shared/events.ts';
import { MigrationId } from '../shared/migration.ts';
import { BadRequestError, type Problem } from './errors.ts';

export type EventKind = GutsEvent['kind'];
export const eventKinds: readonly EventKind[] = GutsEvent.options.map(({ shape }) => shape.kind.value);

/** Empty is any. */
export interface Wanted {
  readonly kinds: readonly EventKind[];
  readonly migrations: readonly string[];
}

const MOST_MIGRATIONS = 100;

/** `?kinds=migration,progress&migration=ID`, both as often as wanted. @throws BadRequestError */
export function wantedOf(query: URLSearchParams): Wanted {
  const listed = (name: string): string[] => query.getAll(name).flatMap((text) => text.split(','));
  const unknown = [...query.keys()].filter((name) => name !== 'kinds' && name !== 'migration');
  const problems: Problem[] = unknown.map((path) => ({ path, says: 'there is no such field' }));
  const kinds = listed('kinds');
  if (!kinds.every(isKind)) problems.push({ path: 'kinds', says: `there are ${eventKinds.join(', ')}` });
  const migrations = listed('migration');
  if (!migrations.every((id) => MigrationId.safeParse(id).success))
    problems.push({ path: 'migration', says: 'it is the id of a migration' });
  if (migrations.length > MOST_MIGRATIONS)
    problems.push({ path: 'migration', says: `at most ${MOST_MIGRATIONS} can be watched at once` });
  if (problems.length > 0) throw new BadRequestError(problems);
  return { kinds: kinds.filter(isKind).sort(), migrations: migrations.sort() };
}

const isKind = (text: string): text is EventKind => eventKinds.some((kind) => kind === text);

export function isWanted({ kinds, migrations }: Wanted, { event }: NumberedEvent): boolean {
  if (event.kind === 'gap') return true; // everybody has to know
  if (kinds.length > 0 && !kinds.includes(event.kind)) return false;
  if (migrations.length === 0) return true;
  const isAboutOne = event.kind === 'migration' || event.kind === 'migration.deleted' || event.kind === 'progress';
  return isAboutOne && migrations.includes(event.id);
}

const written = new WeakMap<NumberedEvent, string>();

export function frameOf(told: NumberedEvent): string {
  let frame = written.get(told);
  if (frame === undefined) {
    frame = `id: ${told.id}\nevent: ${told.event.kind}\ndata: ${JSON.stringify(told)}\n\n`;
    written.set(told, frame);
  }
  return frame;
}

/** Of each disk only the last word is needed. */
export function withoutOldProgress(all: readonly NumberedEvent[]): NumberedEvent[] {
  const last = new Map<string, NumberedEvent>();
  for (const told of all)
    if (told.event.kind === 'progress') last.set(`${told.event.id} ${told.event.progress.diskIndex}`, told);
  return all.filter(
    (told) => told.event.kind !== 'progress' || last.get(`${told.event.id} ${told.event.progress.diskIndex}`) === told,
  );
}
