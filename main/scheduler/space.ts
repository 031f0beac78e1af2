/** How much conversion space a migration needs on its node, by the route that its disks take. */
import type { InventoryVm } from '../shared/inventory.ts';
import type { MigrationPlan } from '../shared/migration.ts';

const MIB = 1024 ** 2;
/** What goes through memory still wants some room: journals, and what is held back of a small image. */
const LEAST_BYTES = 64 * MIB;
/** Of a disk that nothing is known of, and of data that is packed: as the engine guesses when it lays out an image. */
const UNKNOWN_SHARE = 0.3;
const PACKED_SHARE = 0.5;
/** Of what may have to wait until the tables of an image are out; more only saves sending zeros. */
const HELD_BACK_SHARE = 0.25;
const MOST_HELD_BACK_BYTES = 1024 * MIB;

export interface RoutedDisk {
  readonly sizeBytes: number;
  /** Bytes of data on it; null where nothing is known. */
  readonly dataBytes: number | null;
  /** `packed` streams may hold something back, `plain` ones nothing; `staged` disks lie on the node as a whole. */
  readonly route: 'packed' | 'plain' | 'staged';
}

export function spaceFor(disks: readonly RoutedDisk[]): number {
  return LEAST_BYTES + disks.reduce((sum, disk) => sum + bytesOf(disk), 0);
}

function bytesOf({ sizeBytes, dataBytes, route }: RoutedDisk): number {
  switch (route) {
    case 'plain':
      return 0;
    case 'staged':
      return sizeBytes;
    case 'packed': {
      const likely = PACKED_SHARE * (dataBytes ?? UNKNOWN_SHARE * sizeBytes);
      return Math.min(MOST_HELD_BACK_BYTES, Math.ceil(HELD_BACK_SHARE * likely));
    }
  }
}

/** The disks of a plan as they are read today: none of the ways of reading stages one. */
export function routesOf({ disks }: MigrationPlan, vm: InventoryVm | null): RoutedDisk[] {
  return disks.map(({ key, sizeBytes, imageFormat }) => ({
    sizeBytes,
    dataBytes: vm?.disks.find((disk) => disk.key === key)?.storedBytes ?? null,
    route: imageFormat.value === 'qcow2' ? 'packed' : 'plain',
  }));
}
