/** What the engine is told to rehearse a wave: its machines, both sides, and what only the host knows of them. */
import { z } from 'zod';
import { DestinationSignIn, SourceSignIn } from './connections.ts';
import { InventoryDatastore, InventoryNetwork, InventoryVm } from './inventory.ts';
import { MachineRef } from './machine-ref.ts';
import { LedgerItem, MigrationId } from './migration.ts';
import { MigrationOptions } from './migration-options.ts';
import { Rehearsal, RehearsedMachine, RehearsedTimes, TornGroup } from './rehearsal.ts';
import { SiteRules } from './site-rules.ts';

export const MachineToRehearse = z.object({
  vm: MachineRef,
  wave: z.number().int().positive(),
  /** It goes before the wave that is rehearsed: only what it will take is counted. */
  isEarlier: z.boolean(),
  options: MigrationOptions,
  /** As the inventory has it; null where it has it no more. */
  known: InventoryVm.nullable(),
  state: RehearsedMachine.shape.state,
  /** What a migration that is under way has made already, by kind. */
  made: z.array(LedgerItem.shape.kind),
  migration: MigrationId.nullable(),
});
export type MachineToRehearse = z.infer<typeof MachineToRehearse>;

/** Signs in once to each side, asks the cloud anew, and sums up what the wave would make; makes nothing. */
export const RehearseJob = z.object({
  kind: z.literal('rehearse'),
  takenAt: z.iso.datetime(),
  plan: Rehearsal.shape.plan,
  wave: Rehearsal.shape.wave,
  sourceName: z.string(),
  /** Null: it is not asked. */
  source: SourceSignIn.nullable(),
  destination: DestinationSignIn,
  machines: z.array(MachineToRehearse),
  /** When the inventory was read that `known`, networks and datastores are of. */
  knownAt: z.iso.datetime(),
  /** Of the inventory, for where the source is not asked. */
  networks: z.array(InventoryNetwork),
  datastores: z.array(InventoryDatastore),
  window: RehearsedTimes.shape.window,
  notBefore: RehearsedTimes.shape.notBefore,
  pace: RehearsedTimes.pick({ bytesPerSecond: true, from: true, atOnce: true }),
  torn: z.array(TornGroup),
  /** What the site wants of the rules. */
  site: SiteRules.optional(),
  dataDir: z.string().min(1),
});
export type RehearseJob = z.infer<typeof RehearseJob>;
