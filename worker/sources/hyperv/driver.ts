/** A Hyper-V host, or a cluster of them, as a source of machines. */
import { setTimeout as pause } from 'node:timers/promises';
import type { HypervSignIn } from '../../../main/shared/connections.ts';
import type { InventoryPage, InventorySurroundings, InventoryVm } from '../../../main/shared/inventory.ts';
import type { MayChange, SourceDriver } from '../../drivers.ts';
import { accountOf } from './account.ts';
import { HostFiles } from './disks/files.ts';
import { momentOfVm, openVmDisks } from './disks/open.ts';
import { readingsOf } from './disks/readings.ts';
import { describeMachine, findSurroundings } from './describe.ts';
import { HypervHosts } from './hosts.ts';
import { pageOf } from './inventory/page.ts';
import { Changes } from './inventory/changes.ts';
import { shutDown } from './power.ts';
import { leftovers, undo } from './undo.ts';

/** Hyper-V tells nobody when something changes, so it is looked at again. */
const LOOK_EVERY_MS = 30_000;

/** Signs in. @throws GutsError */
export async function openHyperv(
  signIn: HypervSignIn,
  signal: AbortSignal,
  mayChange?: MayChange,
): Promise<SourceDriver> {
  return hypervDriver(await HypervHosts.open(signIn, signal, mayChange), signIn);
}

/** Over hosts that are signed in to; disposing it signs out. */
export function hypervDriver(hosts: HypervHosts, signIn: HypervSignIn): SourceDriver {
  const { connection, secret } = signIn;
  const files = new HostFiles(connection.disks, accountOf(connection.userName, secret));
  const changes = new Changes();
  /** Of machines that were described: the host says it along with them. */
  const around = new WeakMap<InventoryVm, InventorySurroundings>();
  async function* pages(stop: AbortSignal): AsyncGenerator<InventoryPage, void, void> {
    for await (const told of hosts.inventories(stop)) yield 'machines' in told ? pageOf(told) : unreached(told);
  }
  return {
    about: hosts.about,
    async *inventory(stop) {
      changes.begin();
      for await (const page of pages(stop)) {
        changes.note(page);
        yield page;
      }
    },
    async *updates(stop) {
      for (;;) {
        await pause(LOOK_EVERY_MS, undefined, { signal: stop });
        const seen: InventoryPage[] = [];
        for await (const page of pages(stop)) seen.push(page);
        yield* changes.since(seen);
      }
    },
    async describe(ref, stop) {
      const { vm, surroundings } = await describeMachine(hosts, files, ref, stop);
      around.set(vm, surroundings);
      return vm;
    },
    withTags: async (vm) => vm, // Hyper-V has none
    surroundingsOf: async (vm, stop) => around.get(vm) ?? (await findSurroundings(hosts, vm, stop)),
    // Who may see a machine may stop it and take checkpoints of it, too: Hyper-V knows no finer rights.
    missingPrivileges: async () => [],
    readings: readingsOf,
    shutDown: async (vm, options, ledger, stop) => await shutDown(hosts, vm, options, ledger, stop),
    openDisks: async (vm, disks, ledger, stop) => await openVmDisks(hosts, files, vm, disks, ledger, stop),
    momentOf: async (vm, disks, stop) => await momentOfVm(hosts, files, vm, disks, stop),
    readLatency: async () => ({ latencies: [], obstacle: 'Hyper-V does not tell how long reads take.' }),
    undo: async (item, stop) => await undo(hosts, item, stop),
    leftovers: async (stop) => await leftovers(hosts, stop),
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([files[Symbol.asyncDispose](), hosts[Symbol.asyncDispose]()]);
    },
  };
}

const unreached = ({ node, says }: { readonly node: string; readonly says: string }): InventoryPage => ({
  vms: [],
  networks: [],
  datastores: [],
  hosts: [],
  gone: [],
  tagged: [],
  warnings: [`The machines of node “${node}” are missing here: ${says}`],
});
