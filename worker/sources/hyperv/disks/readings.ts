/** Whether a machine's disks can be read by their own files, which is the one way there is, and if not, why. */
import type { InventoryDisk, InventoryVm } from '../../../../main/shared/inventory.ts';
import type { MigrationOptions } from '../../../../main/shared/migration.ts';
import type { SourceDriver } from '../../../drivers.ts';

const REASON =
  'The disk’s file says which of its blocks hold anything: nothing else is read, and after a cut it goes on at the byte.';

export function readingsOf(vm: InventoryVm, options: MigrationOptions): ReturnType<SourceDriver['readings']> {
  const wish = options.reading;
  const own = { reading: 'file', obstacle: obstacleOf(vm, options), reason: REASON } as const;
  if (wish === 'auto' || wish === 'file') return [own];
  return [own, { reading: wish, obstacle: 'a Hyper-V host has no such way', reason: '' }];
}

function obstacleOf(vm: InventoryVm, { whileRunning }: MigrationOptions): string | null {
  for (const disk of vm.disks) {
    const obstacle = diskObstacle(disk);
    if (obstacle !== null) return `${disk.label} ${obstacle}`;
  }
  if (vm.power === 'on' && whileRunning === 'snapshot' && vm.hyperv?.checkpointType === 'Disabled')
    return 'checkpoints of the machine are turned off, so it can only be read while it is off';
  return null;
}

function diskObstacle({ rawDevice, isMultiWriter, problem }: InventoryDisk): string | null {
  if (rawDevice !== null) return 'is a disk of the host that is passed through, and no file';
  if (isMultiWriter) return 'is shared with other machines';
  return problem ?? null;
}
