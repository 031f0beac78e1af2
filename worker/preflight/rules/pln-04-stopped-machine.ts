/** PLN-04: a machine of the wave that something of its own stops. */
import { stoppedMachines } from '../../../main/shared/rehearsal.ts';
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';

export const stoppedMachine: Rule<WaveFacts> = {
  id: 'PLN-04',
  group: 'plan',
  severity: 'blocks',
  finds: ({ machines, unaccepted }) => [
    ...stoppedMachines({ machines }).map(({ vm, findings, obstacle }) => {
      const ids = findings.filter(({ severity }) => severity === 'blocks').map(({ id }) => id);
      return `${vm.name}: ${obstacle ?? ids.join(', ')}`;
    }),
    ...machines.flatMap(({ vm }) => {
      const ids = unaccepted.get(vm.ref) ?? [];
      return ids.length === 0 ? [] : [`${vm.name}: ${ids.join(', ')} not accepted`];
    }),
  ],
  says: 'Machines of the wave cannot start: preflight stops them.',
  remedy: 'See to what is named for each machine (“guts check”), or take it out of the wave.',
  manual:
    'A machine of the wave has findings that block, warnings that were not accepted, or cannot be looked at. What to do stands with each finding; or take the machine out of the wave.',
};
