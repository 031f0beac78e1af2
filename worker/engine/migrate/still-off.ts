/** A machine that is copied while it is off must stay off until its server takes over: one that ran again went on without its copy. */
import { GutsError } from '../../../main/shared/errors.ts';
import type { InventoryVm } from '../../../main/shared/inventory.ts';
import type { MigrationOptions } from '../../../main/shared/migration.ts';
import { AnotherMachineError, describeSame } from '../../same-machine.ts';
import type { MigrationInHand } from './in-hand.ts';

export class RunsAgainError extends GutsError {
  readonly code = 'migration.source-runs-again';
  readonly remedy =
    'Find out who or what started it: somebody, its host’s automatic start, high availability. See that it is not started again, then retry the migration: it is shut down and copied anew.';

  constructor(name: string) {
    super(`“${name}” was off to be moved, and is not any more: its copy lacks what it has written since.`);
  }
}

/** @throws RunsAgainError where a machine that is to be copied while it is off runs */
export function demandOff({ name, power }: InventoryVm, { whileRunning }: MigrationOptions): void {
  if (whileRunning === 'shutDown' && power === 'on') throw new RunsAgainError(name);
}

/** Looks whether the machine has run since it was copied; one that is copied as it runs may. */
export async function hasRunSince(move: MigrationInHand): Promise<boolean> {
  const { vm, options } = move.state.record.request;
  if (options.whileRunning === 'snapshot') return false;
  const { source } = await move.sides();
  try {
    return (await describeSame(source, vm, move.context.signal)).power !== 'off';
  } catch (error) {
    const isGone =
      error instanceof AnotherMachineError || (error instanceof GutsError && error.code === 'source.vm-missing');
    if (isGone) return false; // the copy is all there is
    throw error;
  }
}
