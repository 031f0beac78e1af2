/** What is known of a machine when rules are held against it that need no cloud: live, or from a file that somebody exported. */
import type { CloudFacts } from '../../main/shared/cloud.ts';
import type { InventoryDatastore, InventoryHost, InventoryNetwork, InventoryVm } from '../../main/shared/inventory.ts';
import type { MigrationOptions } from '../../main/shared/migration.ts';
import type { PortPlan } from '../../main/shared/proposals/ports.ts';

export interface MachineFacts {
  readonly vm: InventoryVm;
  /** Of the source, that the machine’s cards are on. */
  readonly networks: readonly InventoryNetwork[];
  /** Of the source, that its disks lie on; empty where the source was not asked. */
  readonly datastores: readonly InventoryDatastore[];
  /** That it is on; null where the source does not say. */
  readonly host: InventoryHost | null;
  readonly options: MigrationOptions;
  /** When it was like this: ages count from then. Left out, or null, where it is so now, or nobody says when it was. */
  readonly takenAt?: string | null;
  /** The day by which it is judged whether anybody supports the guest: `2026-03-02`. Left out where that is today. */
  readonly today?: string;
}

/** The same, with its move where one is planned: for rules that find more then. */
export interface MachineWithCards extends MachineFacts {
  readonly cloud?: CloudFacts;
  readonly ports?: PortPlan;
}
