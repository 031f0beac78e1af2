/** NEW-11: Windows, which looks at its hardware. */
import { named, systemOf, UNKNOWN_SYSTEM } from '../guest-system.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const licences: Rule<MachineFacts> = {
  id: 'NEW-11',
  group: 'guest',
  severity: 'informs',
  isBeside: ({ vm }) => (systemOf(vm).family === 'unknown' ? UNKNOWN_SYSTEM : null),
  finds: ({ vm }) => (systemOf(vm).family === 'windows' ? [named(vm)] : []),
  says: 'Windows sees other hardware in the cloud and may want to be activated again; so may programs with licences that look at it.',
  remedy:
    'Have the key (MAK) or a key server (KMS) at hand, and ask makers of other licensed programs. AVMA works on Hyper-V alone.',
  manual:
    'Windows ties its activation to the hardware, and some programs tie theirs to a MAC, a disk’s serial or VMware. Have keys at hand; `AVMA` activates on hosts of Hyper-V alone.',
};
