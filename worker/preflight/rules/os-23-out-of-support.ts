/** OS-23: a guest whose maker mends nothing in it any more. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { endedBy } from '../support-ends.ts';

export const outOfSupport: Rule<MachineFacts> = {
  id: 'OS-23',
  group: 'guest',
  severity: 'warns',
  finds: ({ vm, today = new Date().toISOString() }) => {
    const end = endedBy(vm, today);
    return end === null ? [] : [`${end.name}: ended on ${end.day}`];
  },
  says: 'The maker’s regular support for the guest’s system has ended: nobody mends it where it does not run in the cloud.',
  remedy:
    'Upgrade the guest before or soon after, buy what its maker offers beyond that, or try a copy of it in the cloud first.',
  manual:
    'By the day of the check, the maker of the guest’s system mends nothing in it any more for those who pay nothing extra; Guts has a list of these days, by versions. The machine may well run in the cloud: new virtual hardware, newer hosts and drivers are simply nothing that anybody has tried with it. Paid support beyond that day (ESU, ELS, ESM, LTSS), and releases with a longer one of their own (LTSC), are not seen from outside. Where the source does not say which version it is, nothing is found.',
};
