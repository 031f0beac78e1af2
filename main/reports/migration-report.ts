/** What a migration's journal tells, with the names and addresses that its connections have today. */
import { version } from '../../package.json';
import type { Journey } from '../shared/move-jobs.ts';
import { reportOf } from '../shared/report-of.ts';
import type { MigrationReport } from '../shared/report.ts';
import type { ConnectionStore } from '../store/connections.ts';

export async function migrationReport(
  connections: ConnectionStore,
  { record, vm, about }: Journey,
): Promise<MigrationReport> {
  const { source, destination } = record.request;
  const from = (await connections.list('source')).find(({ id }) => id === source);
  const to = (await connections.list('destination')).find(({ id }) => id === destination);
  return reportOf({
    record,
    vm,
    source: {
      connection: from?.name ?? null,
      address: from?.url ?? null,
      about: about?.source ?? from?.about ?? null,
    },
    destination: {
      connection: to?.name ?? null,
      address: to?.authUrl ?? null,
      about: about?.destination ?? to?.about ?? null,
    },
    versions: { guts: version, node: process.version, platform: `${process.platform} ${process.arch}` },
  });
}
