/** Lists a whole inventory in pages: first where things are, then the machines as the server sends them. */
import type { InventoryPage, InventoryVm } from '../../../../main/shared/inventory.ts';
import type { VsphereSession } from '../session.ts';
import { mayAskAnew, objectsOf, propSet, propSets, View } from './collector.ts';
import { knownOf, type Known } from './known.ts';
import { PLACE_PROPERTIES } from './places.ts';
import { vmPropertiesOf } from './vm-properties.ts';
import { vmOf } from './vm.ts';

/** Enough for a page to be worth telling, and few enough to be posted to another thread without a halt. */
const PAGE_VMS = 100;
const MOST_FAILURES = 4;

/**
 * The whole inventory, hosts, networks and datastores first. Of the machines no more than a page is ever held. When the
 * session ends on the way, it goes on with those that were not told yet.
 * @throws GutsError
 */
export async function* inventoryPages(session: VsphereSession, signal: AbortSignal): AsyncGenerator<InventoryPage> {
  const known = knownOf(session);
  yield* placePages(session, known, signal);
  yield* machinePages(session, known, signal);
}

async function* placePages(session: VsphereSession, known: Known, signal: AbortSignal): AsyncGenerator<InventoryPage> {
  const askedFor = propSets(PLACE_PROPERTIES);
  await untilDone(async () => {
    await using view = await View.open(session, signal);
    for await (const objects of objectsOf(session, askedFor + view.objectSet, signal)) {
      for (const object of objects) {
        known.see(object);
        known.places.take(object);
      }
    }
  });
  yield { ...emptyPage(), ...known.placesToTell() };
}

/** All machines, whether they were told before or not. */
export async function* machinePages(
  session: VsphereSession,
  known: Known,
  signal: AbortSignal,
): AsyncGenerator<InventoryPage> {
  const told = new Set<string>();
  let vms: InventoryVm[] = [];
  for (let failures = 0; ;) {
    try {
      await using view = await View.open(session, signal);
      const specSet = propSet('VirtualMachine', vmPropertiesOf(session)) + view.objectSet;
      for await (const objects of objectsOf(session, specSet, signal)) {
        for (const object of objects) {
          if (told.has(object.id)) continue; // from before the session ended
          const vm = vmOf(object, known.places);
          known.see(object);
          told.add(vm.ref);
          vms.push(vm);
          failures = 0;
        }
        if (vms.length < PAGE_VMS) continue;
        yield machinePage(vms);
        vms = [];
      }
      break;
    } catch (error) {
      failures += 1;
      if (failures > MOST_FAILURES || !mayAskAnew(error)) throw error;
    }
  }
  if (vms.length > 0) yield machinePage(vms);
}

export function machinePage(vms: readonly InventoryVm[]): InventoryPage {
  return { ...emptyPage(), vms: [...vms] };
}

export function emptyPage(): InventoryPage {
  return { vms: [], networks: [], datastores: [], hosts: [], gone: [], tagged: [], warnings: [] };
}

/** Does something anew, from its beginning, that a session's end has broken off. */
async function untilDone(attempt: () => Promise<void>): Promise<void> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (failures >= MOST_FAILURES || !mayAskAnew(error)) throw error;
    }
  }
}
