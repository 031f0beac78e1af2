/** Firmware and devices. */
import type { CloudFacts } from '../../../../main/shared/cloud.ts';
import { cloud, disk, flavor, machine } from '../../../plan/sample.ts';
import type { MoveCases, MoveChange } from '../move-change.ts';

const secure = machine({ secureBoot: true, firmware: 'uefi' });
const able = ['COMPUTE_STORAGE_BUS_VIRTIO', 'COMPUTE_NET_VIF_MODEL_VIRTIO', 'COMPUTE_SECURITY_UEFI_SECURE_BOOT'];
const onIde = (unit: number) =>
  disk({ key: `${unit}`, controller: { kind: 'ide', model: 'ide', bus: 0, unit, isShared: false } });
const special = (extraSpecs: Record<string, string>, change: Partial<CloudFacts> = {}): MoveChange => ({
  cloud: cloud({ flavors: [{ ...flavor('special', 2, 4096, 40), extraSpecs }], ...change }),
  options: { flavor: 'special' },
});

export const cases: MoveCases = {
  'DEV-01': {
    found: [{ given: { vm: machine({ secureBoot: true, firmware: 'uefi' }) }, about: ['web'] }],
    quiet: [{}, { vm: machine({ firmware: 'uefi' }) }],
  },
  'DEV-02': { found: [{ given: { vm: machine({ hasTpm: true }) }, about: ['web'] }], quiet: [{}] },
  'DEV-02a': {
    found: [
      { given: { vm: machine({ hasTpm: true, isEncrypted: true }) }, about: ['the machine’s home, not its disks'] },
    ],
    quiet: [
      { vm: machine({ hasTpm: true }) },
      { vm: machine({ hasTpm: true, isEncrypted: true, disks: [disk({ isEncrypted: true })] }) },
    ],
    beside: [{ given: { vm: machine({ isEncrypted: true }) }, why: 'no TPM is known of the machine' }],
  },
  'DEV-03': {
    found: [{ given: { vm: machine({ passthrough: ['PCI device 0'] }) }, about: ['PCI device 0'] }],
    quiet: [{}],
  },
  'NEW-18': {
    found: [
      {
        given: { vm: secure, cloud: cloud({ hostTraits: able.slice(0, 2) }) },
        about: ['Secure Boot: no host has COMPUTE_SECURITY_UEFI_SECURE_BOOT'],
      },
      {
        given: { cloud: cloud({ hostTraits: able }), options: { profile: 'compatible' } },
        about: [
          'disks on sata: no host has COMPUTE_STORAGE_BUS_SATA',
          'network cards e1000: no host has COMPUTE_NET_VIF_MODEL_E1000',
        ],
      },
      {
        given: {
          vm: machine({ guestOsId: 'windows9Server64Guest', disks: [0, 1, 2, 3].map((unit) => onIde(unit)) }),
          cloud: cloud({ hostTraits: ['COMPUTE_STORAGE_BUS_IDE'] }),
        },
        about: ['disks on sata: no host has COMPUTE_STORAGE_BUS_SATA'],
      },
      {
        given: special({ 'hw:tpm_version': '2.0', 'trait:CUSTOM_GPU': 'required' }, { hostTraits: able }),
        about: [
          'flavor “special” (hw:tpm_version=2.0): no host has COMPUTE_SECURITY_TPM_2_0',
          'flavor “special” (trait:CUSTOM_GPU=required): no host has CUSTOM_GPU',
        ],
      },
      {
        given: { ...special({ 'os:secure_boot': 'disabled' }), vm: secure },
        about: ['Secure Boot: flavor “special” says os:secure_boot=disabled'],
      },
    ],
    quiet: [
      { vm: secure, cloud: cloud({ hostTraits: able }) },
      { cloud: cloud({ hostTraits: [] }) }, // an old cloud, whose hosts say nothing of buses
      special({ 'trait:CUSTOM_GPU': 'forbidden', 'os:secure_boot': 'disabled' }, { hostTraits: able }),
      {
        ...special({ 'hw:tpm_version': '1.2' }, { hostTraits: [...able, 'COMPUTE_SECURITY_TPM_1_2'] }),
      },
      { cloud: cloud({ flavors: [], mayCreateFlavors: true, hostTraits: able }), options: { createFlavor: true } },
    ],
    beside: [
      { given: { vm: secure }, why: 'only administrators are shown what the cloud’s hosts can do' },
      {
        given: { ...special({ 'os:secure_boot': 'required' }), vm: secure },
        why: 'only administrators are shown what the cloud’s hosts can do',
      },
    ],
  },
};
