/** What a package says of itself and of its machine. */
import { allWell, type LocalCases, withVm } from '../../local-sample.ts';

const differs = { code: 'container.manifest', message: '“disk1.vmdk” differs.', remedy: 'Copy it.', retryable: false };
const missing = { ...allWell, manifest: { state: 'missing' } } as const;
const noPackage = {
  given: { ...allWell, manifest: { state: 'none-expected' } },
  why: 'there is no package that would have a manifest',
} as const;
const noMachine = { given: { ...allWell, vm: null }, why: 'a disk image tells nothing of a machine' };
const card = { mac: '00:50:56:01:02:03', network: null, model: null, connected: true };

export const cases: LocalCases = {
  'SRC-23': {
    found: [
      { given: { ...allWell, manifest: { state: 'differs', error: differs } }, about: ['“disk1.vmdk” differs.'] },
    ],
    quiet: [allWell, missing],
    beside: [noPackage],
  },
  'SRC-23a': { found: [{ given: missing, about: ['shop-01'] }], quiet: [allWell], beside: [noPackage] },
  'NET-12': {
    found: [
      { given: withVm({ nics: [card] }), about: ['network card 1 (00:50:56:01:02:03)'] },
      { given: withVm({ nics: [{ ...card, mac: null }] }), about: ['network card 1'] },
    ],
    quiet: [allWell],
    beside: [noMachine],
  },
  'NEW-18': {
    found: [{ given: withVm({ firmware: 'uefi' }), about: ['shop-01'] }],
    quiet: [allWell],
    beside: [noMachine],
  },
  'DEV-01': {
    found: [{ given: withVm({ secureBoot: true }), about: ['shop-01'] }],
    quiet: [allWell],
    beside: [noMachine],
  },
  'OS-02': {
    found: ['otherGuest64', 'cim:1', null].map((guestOsId) => ({ given: withVm({ guestOsId }), about: ['shop-01'] })),
    quiet: [allWell, withVm({ guestOsId: 'other3xLinux64Guest' })],
    beside: [noMachine],
  },
};
