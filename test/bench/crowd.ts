/** The inventory of a large data centre: machines with two disks in folders and clusters, and what is around them. */
import type { InventoryPage, InventoryVm } from '../../main/shared/inventory.ts';
import { page, smallInventory, vm } from '../store/samples.ts';

const POWERS: readonly InventoryVm['power'][] = ['on', 'on', 'on', 'off'];

export function crowd(count: number): InventoryPage {
  const { networks, datastores, hosts } = smallInventory;
  return page({ networks, datastores, hosts, vms: Array.from({ length: count }, (_, i) => machine(i)) });
}

function machine(i: number): InventoryVm {
  const name = `${['web', 'db', 'app', 'mail'][i % 4]}-${i}`;
  const plain = vm(`vm-${i}`, name);
  const [disk] = plain.disks;
  const disks = disk === undefined ? [] : [disk, { ...disk, key: '2001', label: 'Hard disk 2' }];
  return {
    ...plain,
    disks,
    folder: `DC0/vm/team-${i % 100}`,
    cluster: `C${i % 12}`,
    power: POWERS[i % POWERS.length] ?? 'on',
    tags: [`Wave:${i % 5}`],
  };
}
