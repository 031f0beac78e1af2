/** Whether a machine is to be copied while it runs, and of which moment that copy is. */
import type { MachineFacts } from './machine-facts.ts';

/** Checkpoints for which the guest writes out what it holds. */
const PRODUCTION = /^production/i;

type Asked = Pick<MachineFacts, 'vm' | 'options'>;

export const isCopiedRunning = ({ vm, options }: Asked): boolean =>
  vm.power === 'on' && options.whileRunning === 'snapshot';

/** The copy is of a moment at which the guest had finished writing. */
export const isOfProductionCheckpoint = ({ vm, options }: Asked): boolean =>
  isCopiedRunning({ vm, options }) && PRODUCTION.test(vm.hyperv?.checkpointType ?? '');
