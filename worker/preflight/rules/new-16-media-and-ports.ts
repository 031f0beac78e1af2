/** NEW-16: what lies in a drive or hangs on a port. */
import { untold } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const mediaAndPorts: Rule<MachineFacts> = {
  id: 'NEW-16',
  group: 'hardware',
  severity: 'informs',
  isBeside: ({ vm }) => untold(vm),
  finds: ({ vm: { traits } }) => [...(traits?.media ?? []), ...(traits?.ports ?? [])],
  says: 'Media in a drive, and what hangs on serial and parallel ports, stay behind.',
  remedy: 'Copy what the guest still needs of a medium; a server’s serial port is its console in the cloud.',
  manual:
    'An ISO image, CD or floppy is in a drive, or something hangs on a serial or parallel port. None of it moves. A server’s first serial port is its console log in the cloud.',
};
