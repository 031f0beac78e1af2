/** Guests whose tools do not run, and which of the rules about that tells of one: never two. */
import { kindOf } from '../../main/shared/inventory.ts';
import type { MachineFacts } from './machine-facts.ts';

type Asked = Pick<MachineFacts, 'vm' | 'options'>;

export const isSilent = ({ vm }: Pick<Asked, 'vm'>): boolean => vm.power === 'on' && vm.guest.tools !== 'running';

/** It is to be shut down for its move, and nothing but the plug would do it. */
export const onlyPlugStops = ({ vm, options }: Asked): boolean =>
  isSilent({ vm }) && options.whileRunning === 'shutDown' && !options.mayPullPlug;

/** Their state, by what they are called where the machine is. */
export const toolsState = (vm: MachineFacts['vm']): string =>
  `${kindOf(vm) === 'hyperv' ? 'integration services' : 'tools'} ${vm.guest.tools}`;
