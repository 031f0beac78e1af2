/** Why rules cannot be held against a machine, where several of them share the reason. */
import type { InventoryVm } from '../../main/shared/inventory.ts';
import type { MachineFacts } from './machine-facts.ts';

export const NOT_WISHED = 'you named none';

export const untold = ({ traits }: InventoryVm): string | null =>
  traits === undefined ? 'the source tells nothing of the kind' : null;

export const onlyVsphere = ({ hyperv }: InventoryVm): string | null =>
  hyperv === undefined ? null : 'only vSphere has it';

export const onlyHyperv = ({ hyperv }: InventoryVm): string | null =>
  hyperv === undefined ? 'only Hyper-V has it' : null;

export const besideHyperv = ({ vm }: Pick<MachineFacts, 'vm'>): string | null => onlyHyperv(vm);
