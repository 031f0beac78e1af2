/** VM-19: a machine that few hosts have room for. */
import { bytesText } from '../../../main/shared/figures.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const MANY_CPUS = 64;
const MUCH_MEMORY_BYTES = 512 * 2 ** 30;

export const hugeMachine: Rule<MachineFacts> = {
  id: 'VM-19',
  group: 'machine',
  severity: 'informs',
  finds: ({ vm }) => [
    ...(vm.cpus > MANY_CPUS ? [`${vm.cpus} vCPU`] : []),
    ...(vm.memoryBytes > MUCH_MEMORY_BYTES ? [bytesText(vm.memoryBytes)] : []),
  ],
  says: 'The machine is so large that few hosts of a cloud have room for it.',
  remedy:
    'Ask the cloud’s administrator whether a host can take it before its window, or choose a smaller flavor (--flavor).',
  manual:
    'The machine has more than 64 vCPU or more than 512 GiB of memory. A quota and a flavor for it do not mean that a host has that much free; ask the cloud’s administrator first.',
};
