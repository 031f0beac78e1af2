/** NEW-23: a part of the vSphere that the machine comes from. */
import { applianceHintsOf } from '../appliances.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const vmwareAppliance: Rule<MachineFacts> = {
  id: 'NEW-23',
  group: 'guest',
  severity: 'blocks',
  finds: ({ vm }) => applianceHintsOf(vm),
  says: 'This is ESXi or an appliance of VMware, which runs on VMware’s hypervisor alone.',
  remedy: 'Leave the machine out; deploy what takes its place in the cloud.',
  manual:
    'The guest is ESXi, or what it was deployed from calls itself vCenter, NSX, Aria, Avi or the like. These run, and are supported, on VMware’s hypervisor alone, and most have no use without it. Only the guest’s system and what the package says of itself count, never the machine’s name.',
};
