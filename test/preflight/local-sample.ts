/** A package of which all is well, and room for it; tests change what they are about. */
import type { ImageFacts } from '../../main/shared/disk.ts';
import type { VmFacts } from '../../main/shared/vm.ts';
import type { DiskFact, LocalRouteFacts } from '../../worker/preflight/facts.ts';
import type { Cases } from './cases/cases.ts';
import { GiB } from '../support/disks.ts';

export type LocalCases = Cases<LocalRouteFacts>;

export const image: ImageFacts = {
  format: 'vmdk',
  variant: 'streamOptimized',
  virtualSizeBytes: 10 * GiB,
  allocatedBytes: 2 * GiB,
  sectorSizeBytes: 512,
  creator: null,
  chain: [{ name: 'disk1.vmdk', format: 'vmdk', variant: 'streamOptimized' }],
  warnings: [],
};
export const disk: DiskFact = { name: 'disk1.vmdk', storedBytes: 1 * GiB, image, error: null };
export const vm: VmFacts = {
  name: 'shop-01',
  cpus: 2,
  memoryBytes: 4 * GiB,
  firmware: 'bios',
  secureBoot: false,
  guestOsId: 'ubuntu64Guest',
  guestOsName: null,
  disks: [],
  nics: [{ mac: '00:50:56:01:02:03', network: 'VM Network', model: 'vmxnet3', connected: true }],
  source: 'ova',
  warnings: [],
};
export const allWell: LocalRouteFacts = {
  vm,
  disks: [disk],
  manifest: { state: 'present' },
  destination: { folder: '/srv/vms', freeBytes: 100 * GiB, existing: [], mayReplace: false },
};

export const withImage = (changes: Partial<ImageFacts>): LocalRouteFacts => ({
  ...allWell,
  disks: [{ ...disk, image: { ...image, ...changes } }],
});
export const withVm = (changes: Partial<VmFacts>): LocalRouteFacts => ({ ...allWell, vm: { ...vm, ...changes } });
export const withFree = (freeBytes: number | null, changes: Partial<ImageFacts> = {}): LocalRouteFacts => ({
  ...withImage(changes),
  destination: { ...allWell.destination, freeBytes },
});
export const failed = (code: string, message: string): LocalRouteFacts => ({
  ...allWell,
  disks: [
    disk,
    {
      name: 'disk2.vmdk',
      storedBytes: 5,
      image: null,
      error: { code, message, remedy: 'Export again.', retryable: false },
    },
  ],
});
