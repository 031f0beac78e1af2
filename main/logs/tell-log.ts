/** Writes what happens in a daemon into its log: a line for each stage and each change of what is waited for, or of what slows it. */
import type { EventHub } from '../events.ts';
import type { GutsEvent } from '../shared/events.ts';
import type { Log } from './log.ts';

export const tellLog = (events: EventHub, log: Log): Disposable =>
  events.listen(({ event }) => {
    if (event.kind === 'migration') log.info('migration', logged(event));
    if (event.kind === 'node' && event.says !== null) log.info('node', { node: event.node, says: event.says });
    if (event.kind === 'warning') log.warn('source', { source: event.source, says: event.says });
  });

const logged = ({ id, vm, stage, waitsFor, placement, slowedBy }: Extract<GutsEvent, { kind: 'migration' }>) => ({
  id,
  vm,
  stage,
  ...(waitsFor === null ? {} : { waitsFor: waitsFor.says }),
  ...(placement === null ? {} : { node: placement.node }),
  ...(slowedBy === null ? {} : { slowedBy: slowedBy.says }),
});
