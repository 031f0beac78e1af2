/** NEW-23b: Photon OS, which is mostly that of an appliance. */
import { applianceHintsOf } from '../appliances.ts';
import { named } from '../guest-system.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const photon: Rule<MachineFacts> = {
  id: 'NEW-23b',
  group: 'guest',
  severity: 'warns',
  finds: ({ vm }) => (/photon/i.test(vm.guestOsId ?? '') && applianceHintsOf(vm).length === 0 ? [named(vm)] : []),
  says: 'The guest is Photon OS: most machines with it are appliances of VMware, which do not run elsewhere.',
  remedy: 'Find out which product it is before you move it; Photon OS of your own runs on virtio.',
  manual:
    'The guest is Photon OS, and nothing says of which product. Appliances of VMware stand on it and do not run elsewhere; a Photon OS of your own does.',
};
