/** NEW-21: a clock that the host sets. */
import { untold } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const clockOfHost: Rule<MachineFacts> = {
  id: 'NEW-21',
  group: 'guest',
  severity: 'informs',
  isBeside: ({ vm }) => untold(vm),
  finds: ({ vm }) => (vm.traits?.takesHostTime === true ? [vm.name] : []),
  says: 'The source’s host sets the guest’s clock, and nothing of the cloud does.',
  remedy: 'Give the guest a time server (NTP, chrony, w32time): Kerberos refuses what is five minutes off.',
  manual:
    'The host sets the guest’s clock, by VMware Tools or an integration service. A cloud’s host does not: give the guest a time server before, since Kerberos refuses what is five minutes off.',
};
