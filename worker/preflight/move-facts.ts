/** What is known when the rules of a move into a cloud are held against it. */
import type { CloudFacts, CloudNetwork } from '../../main/shared/cloud.ts';
import type { PlannedDisk, Reading } from '../../main/shared/migration.ts';
import type { FlavorChoice } from '../../main/shared/proposals/flavor.ts';
import type { Chosen } from '../../main/shared/proposals/profile.ts';
import type { MachineFacts } from './machine-facts.ts';
import type { PortPlan } from '../../main/shared/proposals/ports.ts';

export interface MoveFacts extends MachineFacts {
  readonly cloud: CloudFacts;
  readonly missingPrivileges: readonly string[];
  /** Of the migration itself, where it is one already. */
  readonly migrationTag?: string;
  readonly readings: readonly { readonly reading: Reading; readonly obstacle: string | null }[];
  readonly reading: Chosen<Reading> | null;
  readonly disks: readonly PlannedDisk[];
  readonly flavor: FlavorChoice;
  readonly ports: PortPlan;
  readonly targetName: string;
  readonly floating: CloudNetwork | undefined;
  readonly serverGroup: CloudFacts['serverGroups'][number] | undefined;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
}

/** The disks that become volumes. */
export const volumesOf = ({ disks, options }: MoveFacts): MoveFacts['disks'] =>
  options.boot === 'volume' ? disks : disks.filter(({ bootIndex }) => bootIndex !== 0);
