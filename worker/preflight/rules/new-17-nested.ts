/** NEW-17: a guest that may run machines of its own. */
import { untold } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const nested: Rule<MachineFacts> = {
  id: 'NEW-17',
  group: 'hardware',
  severity: 'warns',
  isBeside: ({ vm }) => untold(vm),
  finds: ({ vm }) => (vm.traits?.isNesting === true ? [vm.name] : []),
  says: 'The guest may run machines of its own, which most clouds do not let servers do.',
  remedy:
    'Ask whether the cloud’s hosts allow nested virtualisation, where the guest uses it (Docker Desktop, WSL 2, Hyper-V, Credential Guard).',
  manual:
    'Hardware virtualisation is handed to the guest. Whether a server gets it is up to the cloud’s hosts; WSL 2, Hyper-V in a guest and Credential Guard need it.',
};
