/** What is around one machine: its networks with their VLANs, its datastores, its host; asks for no other machine. */
import type { InventorySurroundings, InventoryVm } from '../../../main/shared/inventory.ts';
import { mayAskAnew, objectsOf, propSets, View } from './inventory/collector.ts';
import { PLACE_PROPERTIES, Places } from './inventory/places.ts';
import type { VsphereSession } from './session.ts';

const MOST_FAILURES = 3;

/** @throws GutsError */
export async function surroundingsOf(
  session: VsphereSession,
  { nics, disks, host }: InventoryVm,
  signal: AbortSignal,
): Promise<InventorySurroundings> {
  const wanted = new Set([...nics.map(({ network }) => network), ...disks.map(({ datastore }) => datastore), host]);
  const isWanted = ({ ref }: { readonly ref: string }): boolean => wanted.has(ref);
  for (let failures = 1; ; failures++) {
    try {
      const places = new Places();
      await using view = await View.open(session, signal);
      // A port group's VLAN stands with the hosts that have it, and its place with the folders above it.
      for await (const objects of objectsOf(session, propSets(PLACE_PROPERTIES) + view.objectSet, signal)) {
        for (const object of objects) places.take(object);
      }
      return {
        networks: places.networks().filter(isWanted),
        datastores: places.datastores().filter(isWanted),
        host: places.hosts().find(isWanted) ?? null,
      };
    } catch (error) {
      if (failures === MOST_FAILURES || !mayAskAnew(error)) throw error;
    }
  }
}
