/** What a migration's journal tells, with the names and addresses that its connections have today. */
import { version } from '../../package.json';
import type { DestinationConnection, SourceConnection } from '../shared/connections.ts';
import type { MigrationRecord } from '../shared/migration.ts';
import type { Journey } from '../shared/move-jobs.ts';
import { reportOf, type Consent } from '../shared/report-of.ts';
import type { MigrationReport } from '../shared/report.ts';
import type { ConnectionStore } from '../store/connections.ts';

/** Of this Guts, and of its connections as they are now: what reports take besides journals. */
export interface ReportGround {
  readonly sources: readonly SourceConnection[];
  readonly destinations: readonly DestinationConnection[];
}

export interface ReportedBesides {
  readonly plan: MigrationReport['plan'];
  readonly consent: Consent | null;
}

export const versions = (): MigrationReport['versions'] => ({
  guts: version,
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
});

export const groundOf = async (connections: ConnectionStore): Promise<ReportGround> => ({
  sources: await connections.list('source'),
  destinations: await connections.list('destination'),
});

export function migrationReport(
  { sources, destinations }: ReportGround,
  { record, vm, about }: Journey,
  besides: ReportedBesides,
): MigrationReport {
  const { source, destination } = record.request;
  const from = sources.find(({ id }) => id === source);
  const to = destinations.find(({ id }) => id === destination);
  return reportOf({
    ...besides,
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
    versions: versions(),
  });
}

/** The same of its record alone, without the machine: enough for a line of a summary, and nothing has to be read. */
export const outlineOf = (ground: ReportGround, record: MigrationRecord, besides: ReportedBesides): MigrationReport =>
  migrationReport(ground, { record, vm: null, about: null }, besides);
