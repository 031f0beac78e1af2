/** OS-02: an operating system that nobody names. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { NO_MACHINE } from './beside.ts';

export const unknownGuest: Rule<LocalRouteFacts> = {
  id: 'OS-02',
  group: 'guest',
  severity: 'informs',
  isBeside: ({ vm }) => (vm === null ? NO_MACHINE : null),
  finds: ({ vm }) => (vm !== null && isUnknown(vm.guestOsId) ? [vm.name] : []),
  says: 'The source does not say which operating system is inside.',
  remedy: 'Check that the guest has virtio drivers before you rely on it.',
  manual:
    'The package does not say which operating system is inside, so nobody can tell whether it has drivers for virtio. Look before you rely on it.',
};

/** vSphere's and CIM's ways of saying that it is something else; `other3xLinux64Guest` and the like do say what it is. */
function isUnknown(guestOsId: string | null): boolean {
  return guestOsId === null || /^(other(guest)?(-?64)?|cim:(0|1|102))$/i.test(guestOsId);
}
