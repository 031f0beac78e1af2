/** A reference may be another machine's by the time it is used, where a host or a vCenter was set up anew: that one is left alone. */
import { GutsError } from '../main/shared/errors.ts';
import type { InventoryVm } from '../main/shared/inventory.ts';
import { isSameMachine, type MachineRef } from '../main/shared/machine-ref.ts';
import type { SourceDriver } from './drivers.ts';

export class AnotherMachineError extends GutsError {
  readonly code = 'source.another-machine';
  readonly remedy =
    'The source was probably set up anew, or the machine registered anew: refresh the source, look for the machine there, and plan it once more.';

  constructor({ ref, name }: MachineRef, found: string) {
    super(`“${ref}” at the source is not “${name}” any more, but another machine, “${found}”, which is left alone.`);
  }
}

/** @throws AnotherMachineError */
export function demandSame(wanted: MachineRef, found: Pick<InventoryVm, 'name' | 'instanceUuid' | 'biosUuid'>): void {
  if (!isSameMachine(wanted.uuid, found)) throw new AnotherMachineError(wanted, found.name);
}

/** The machine as it is now. @throws AnotherMachineError; GutsError `source.vm-missing` */
export async function describeSame(
  source: Pick<SourceDriver, 'describe'>,
  wanted: MachineRef,
  signal: AbortSignal,
): Promise<InventoryVm> {
  const vm = await source.describe(wanted.ref, signal);
  demandSame(wanted, vm);
  return vm;
}
