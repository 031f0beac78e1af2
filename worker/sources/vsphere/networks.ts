/** The networks that one machine is on, with their VLANs; asks for no other machine. */
import type { InventoryNetwork, InventoryVm } from '../../../main/shared/inventory.ts';
import { mayAskAnew, objectsOf, propSets, View } from './inventory/collector.ts';
import { PLACE_PROPERTIES, Places } from './inventory/places.ts';
import type { VsphereSession } from './session.ts';

const MOST_FAILURES = 3;

/** @throws GutsError */
export async function networksOf(
  session: VsphereSession,
  { nics }: InventoryVm,
  signal: AbortSignal,
): Promise<InventoryNetwork[]> {
  const wanted = new Set(nics.flatMap(({ network }) => network ?? []));
  if (wanted.size === 0) return [];
  for (let failures = 1; ; failures++) {
    try {
      const places = new Places();
      await using view = await View.open(session, signal);
      // A port group's VLAN stands with the hosts that have it, and its place with the folders above it.
      for await (const objects of objectsOf(session, propSets(PLACE_PROPERTIES) + view.objectSet, signal)) {
        for (const object of objects) places.take(object);
      }
      return places.networks().filter(({ ref }) => wanted.has(ref));
    } catch (error) {
      if (failures === MOST_FAILURES || !mayAskAnew(error)) throw error;
    }
  }
}
