/** A Hyper-V host, or a cluster of them, as a source of machines. */
import { setTimeout as pause } from 'node:timers/promises';
import type { HypervSignIn } from '../../../main/shared/connections.ts';
import type { InventoryPage } from '../../../main/shared/inventory.ts';
import type { SourceDriver } from '../../drivers.ts';
import { accountOf } from './account.ts';
import { HostFiles } from './disks/files.ts';
import { openVmDisks } from './disks/open.ts';
import { readingsOf } from './disks/readings.ts';
import { describeMachine } from './describe.ts';
import { HypervHosts } from './hosts.ts';
import { networkFrom } from './inventory/networks.ts';
import { pageOf } from './inventory/page.ts';
import { Changes } from './inventory/changes.ts';
import { shutDown } from './power.ts';
import { leftovers, undo } from './undo.ts';

/** Hyper-V tells nobody when something changes, so it is looked at again. */
const LOOK_EVERY_MS = 30_000;

/** Signs in. @throws GutsError */
export async function openHyperv(signIn: HypervSignIn, signal: AbortSignal): Promise<SourceDriver> {
  const hosts = await HypervHosts.open(signIn, signal);
  const { connection, secret } = signIn;
  const files = new HostFiles(connection.disks, accountOf(connection.userName, secret));
  const changes = new Changes();
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
    describe: async (ref, stop) => await describeMachine(hosts, files, ref, stop),
    networksOf: async ({ nics }) => [...new Set(nics.flatMap(({ network }) => network ?? []))].map(networkFrom),
    // Who may see a machine may stop it and take checkpoints of it, too: Hyper-V knows no finer rights.
    missingPrivileges: async () => [],
    readings: readingsOf,
    shutDown: async (vm, options, ledger, stop) => await shutDown(hosts, vm, options, ledger, stop),
    openDisks: async (vm, disks, ledger, stop) => await openVmDisks(hosts, files, vm, disks, ledger, stop),
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
