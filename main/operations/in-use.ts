/** Keeps a connection that a migration still needs, be it to clean up. */
import type { DestinationConnection, SourceConnection } from '../shared/connections.ts';
import type { MigrationRecord } from '../shared/migration.ts';
import { isOver } from '../shared/stages.ts';
import { ConnectionInUseError } from './errors.ts';

/** @throws ConnectionInUseError */
export function demandUnused(
  records: readonly MigrationRecord[],
  side: 'source' | 'destination',
  { id, name }: SourceConnection | DestinationConnection,
): void {
  const needing = records.filter((record) => record.request[side] === id && needsSides(record));
  if (needing.length > 0)
    throw new ConnectionInUseError(
      name,
      needing.map(({ request }) => request.id),
    );
}

/** A done migration's ledger only tells what is kept. */
const needsSides = (record: MigrationRecord): boolean =>
  record.isRunning || !isOver(record.stage) || (record.stage !== 'done' && record.ledger.length > 0);
