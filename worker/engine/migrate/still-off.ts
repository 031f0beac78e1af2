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
    super(
      `“${name}” was off to be moved, and has been started or changed since: its copy lacks what was written then.`,
    );
  }
}

/** @throws RunsAgainError where a machine that is to be copied while it is off runs */
export function demandOff({ name, power }: InventoryVm, { whileRunning }: MigrationOptions): void {
  if (whileRunning === 'shutDown' && power === 'on') throw new RunsAgainError(name);
}

/** Looks whether the machine has run since it was copied, also where it is off again; one that is copied as it runs may. */
export async function hasRunSince(move: MigrationInHand): Promise<boolean> {
  const { vm, options } = move.state.record.request;
  if (options.whileRunning === 'snapshot') return false;
  const { source } = await move.sides();
  try {
    const found = await describeSame(source, vm, move.context.signal);
    return found.power !== 'off' || (await hasOtherDisks(move, found));
  } catch (error) {
    const isGone =
      error instanceof AnotherMachineError || (error instanceof GutsError && error.code === 'source.vm-missing');
    if (isGone) return false; // the copy is all there is
    throw error;
  }
}

/** Journals of before moments were written down know none, and then only the machine's power tells. */
async function hasOtherDisks(move: MigrationInHand, found: InventoryVm): Promise<boolean> {
  const { record, snapshots } = move.state;
  const moments = record.disks.flatMap(({ key }) => snapshots.get(key) ?? []); // of copies that went, they say nothing
  if (moments.length === 0) return false;
  const { source } = await move.sides();
  const now = await source.momentOf(found, move.plan.disks, move.context.signal);
  return moments.some((moment) => moment !== now);
}
