/** CBT-09: snapshots that a backup product seems to have made. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const BACKUP =
  /backup|veeam|commvault|gx_|netbackup|\bnbu\b|rubrik|cohesity|zerto|avamar|nakivo|hycu|altaro|acronis|unitrends|networker|\bvdp\b|\btsm\b|spectrum protect|restore point/i;

/** By which a name tells that; null where it does not. */
export const backupWordIn = (name: string): string | null => BACKUP.exec(name)?.[0] ?? null;

export const backupProduct: Rule<MachineFacts> = {
  id: 'CBT-09',
  group: 'snapshots',
  severity: 'warns',
  finds: ({ vm }) => vm.snapshots.filter(({ name }) => backupWordIn(name) !== null).map(({ name }) => `“${name}”`),
  says: 'A snapshot looks like one of a backup: one runs now, or left it behind.',
  remedy:
    'Wait for the backup’s end and keep it away during the move; remove the snapshot if nothing uses it any more.',
  manual:
    'The name of a snapshot is that of a backup product. While a backup runs, both make and remove snapshots under each other, and markers of change tracking get stale. Keep backups away during the move.',
};
