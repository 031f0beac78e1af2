/** What is known when the rules of a move into a cloud are held against it. */
import type { CloudFacts, CloudNetwork } from '../../main/shared/cloud.ts';
import type { InventoryNetwork, InventoryVm } from '../../main/shared/inventory.ts';
import type { MigrationOptions, PlannedDisk, Reading } from '../../main/shared/migration.ts';
import type { FlavorChoice } from '../../main/shared/proposals/flavor.ts';
import type { Chosen } from '../../main/shared/proposals/profile.ts';
import type { PortPlan } from '../plan/ports.ts';

export interface MoveFacts {
  readonly vm: InventoryVm;
  /** Of the source, that the machine's cards are on. */
  readonly networks: readonly InventoryNetwork[];
  readonly cloud: CloudFacts;
  readonly options: MigrationOptions;
  readonly missingPrivileges: readonly string[];
  readonly readings: readonly { readonly reading: Reading; readonly obstacle: string | null }[];
  readonly reading: Chosen<Reading> | null;
  readonly disks: readonly PlannedDisk[];
  readonly flavor: FlavorChoice;
  readonly ports: PortPlan;
  readonly targetName: string;
  readonly floating: CloudNetwork | undefined;
  readonly serverGroup: { readonly id: string } | undefined;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
}
