/** Writes into a log how it goes with the database that has the state. */
import { toErrorInfo } from '../shared/errors.ts';
import type { Log } from './log.ts';

export function tellState(log: Log, trouble: unknown): void {
  if (trouble === undefined) log.info('state', { state: 'up' });
  else log.warn('state', { state: 'down', why: toErrorInfo(trouble) });
}
