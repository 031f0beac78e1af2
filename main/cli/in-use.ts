/** Keeps a connection that a migration still needs, be it to clean up. */
import type { DestinationConnection, SourceConnection } from '../shared/connections.ts';
import { GutsError } from '../shared/errors.ts';
import type { MigrationRecord } from '../shared/migration.ts';
import { isOver } from '../shared/stages.ts';
import type { Workplace } from './workplace.ts';

class ConnectionInUseError extends GutsError {
  readonly code = 'connection.in-use';
  readonly remedy: string;

  constructor(name: string, ids: readonly string[]) {
    super(
      `“${name}” is needed by ${ids.length === 1 ? 'a migration' : `${ids.length} migrations`}: ${ids.join(', ')}.`,
    );
    this.remedy = 'Let them end, or cancel them (“guts cancel ID”), so that nothing of theirs is left on either side.';
  }
}

export async function demandUnused(
  workplace: Workplace,
  side: 'source' | 'destination',
  connection: SourceConnection | DestinationConnection,
): Promise<void> {
  const records = await workplace.perform({ kind: 'migrations', dataDir: workplace.dataDir, id: null });
  const needing = records.filter((record) => record.request[side] === connection.id && needsSides(record));
  if (needing.length > 0)
    throw new ConnectionInUseError(
      connection.name,
      needing.map(({ request }) => request.id),
    );
}

/** A done migration's ledger only tells what is kept. */
const needsSides = (record: MigrationRecord): boolean =>
  record.isRunning || !isOver(record.stage) || (record.stage !== 'done' && record.ledger.length > 0);
