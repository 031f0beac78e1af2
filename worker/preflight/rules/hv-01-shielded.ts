/** HV-01: a shielded machine. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { besideHyperv } from '../beside.ts';

export const shielded: Rule<MachineFacts> = {
  id: 'HV-01',
  group: 'hyperv',
  severity: 'blocks',
  isBeside: besideHyperv,
  finds: ({ vm }) => (vm.hyperv?.isShielded === true ? [vm.name] : []),
  says: 'The machine is shielded: its host keeps everybody out, and its disks are locked to its TPM.',
  remedy:
    'Have its guardian take the shielding off (Set-VMSecurityPolicy -Shielded $false), unlock its disks, and check again.',
  manual:
    'The machine is shielded. Its disks are locked to its TPM, and its host keeps everybody out. Have its guardian take the shielding off, and unlock its disks.',
};
