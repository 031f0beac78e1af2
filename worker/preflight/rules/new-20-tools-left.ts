/** NEW-20: VMware Tools, which stay in the guest. */
import { onlyVsphere } from '../beside.ts';
import { notWindows } from '../guest-system.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const toolsLeft: Rule<MachineFacts> = {
  id: 'NEW-20',
  group: 'guest',
  severity: 'informs',
  isBeside: ({ vm }) => onlyVsphere(vm) ?? notWindows(vm),
  finds: ({ vm }) => (vm.guest.tools === 'missing' ? [] : [`tools ${vm.guest.tools}`]),
  says: 'VMware Tools stay in the guest, and their uninstaller refuses to run where there is no VMware.',
  remedy: 'Remove them before the last copy, or clean them up in the cloud by hand.',
  manual:
    'VMware Tools stay in a Windows guest. They do no harm, but their uninstaller ends with error 1603 where there is no VMware. Remove them before, if you want them gone.',
};
