/** VM-11: a guest without integration services. */
import { onlyHyperv } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { isSilent } from '../silent-guest.ts';

export const noIntegrationServices: Rule<MachineFacts> = {
  id: 'VM-11',
  group: 'hyperv',
  severity: 'warns',
  isBeside: ({ vm }) => onlyHyperv(vm),
  finds: ({ vm }) => (vm.guest.tools === 'missing' && !isSilent({ vm }) ? [vm.name] : []),
  says: 'The integration service that shuts the guest down is turned off or missing; the machine does not run now.',
  remedy:
    'Leave the machine off until its move is over, or turn its integration services on before it starts (Enable-VMIntegrationService).',
  manual:
    'The machine’s integration services are turned off, or its guest is so old that it has none. Once it is started, it can then not be asked to shut down, and tells neither its system nor its addresses. Of a machine that runs, VM-10 or VM-10b tells that.',
};
