/** What an engine is told to cancel a migration: with passwords only where there may be something to undo. */
import type { MigrationRecord } from '../shared/migration.ts';
import type { CancelJob } from '../shared/move-jobs.ts';
import type { Parts } from './handlers.ts';

/** @throws what signing in throws */
export async function cancelJobOf(
  { signIns, dataDir }: Pick<Parts, 'signIns' | 'dataDir'>,
  { request, ledger, isRunning }: Pick<MigrationRecord, 'request' | 'ledger' | 'isRunning'>,
): Promise<CancelJob> {
  const { id } = request;
  const job = { kind: 'cancelMigration', id, dataDir } as const;
  // Whoever works on it may leave something behind that is undone here.
  if (ledger.length === 0 && !isRunning) return { ...job, source: null, destination: null };
  const source = await signIns.source(request.source);
  return { ...job, source, destination: await signIns.destination(request.destination) };
}
