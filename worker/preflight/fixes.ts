/** What Guts can do about a finding, where several rules do the like. */
import { TAG_PREFIX } from '../../main/shared/migration.ts';
import type { CloudFacts } from '../../main/shared/cloud.ts';
import type { MigrationOptions } from '../../main/shared/migration.ts';
import type { Fix } from '../../main/shared/preflight.ts';
import type { MachineFacts } from './machine-facts.ts';

export const optionsFix = (says: string, options: Partial<MigrationOptions>): Fix => ({
  kind: 'options',
  says,
  options,
});

type CloudPort = CloudFacts['ports'][number];

/** A port that a migration made, and that nothing uses now. */
const isLeftover = ({ name = '', usedBy }: CloudPort): boolean => name.startsWith(TAG_PREFIX) && usedBy === '';

/** Null unless an earlier try left all of them. */
export function removalOf(ports: readonly CloudPort[]): Fix | null {
  if (ports.length === 0 || !ports.every(isLeftover)) return null;
  return {
    kind: 'removePorts',
    says: `Remove ${ports.length === 1 ? 'the port' : `the ${ports.length} ports`} that an earlier try left.`,
    ports: ports.map(({ id, name = '' }) => ({ id, name })),
  };
}

/** Snapshots keep change tracking from being turned on, and so does old hardware. */
const OLDEST_TRACKED = 7;

export function tracking({ vm }: Pick<MachineFacts, 'vm'>): Fix | null {
  const isOld = vm.hardwareVersion !== null && vm.hardwareVersion < OLDEST_TRACKED;
  if (isOld || vm.snapshots.length > 0 || vm.power === 'suspended') return null;
  const how = vm.power === 'on' ? ', with a snapshot that is removed at once' : '';
  return { kind: 'trackChanges', says: `Turn on change tracking${how}.` };
}
