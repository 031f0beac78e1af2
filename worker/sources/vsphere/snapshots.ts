/** Makes and removes snapshots that carry our tag, and finds those that a lost answer or a killed process left. */
import { z } from 'zod';
import { GoneError } from './errors.ts';
import { patiently } from './retry.ts';
import type { VsphereSession } from './session.ts';
import { waitForProperties } from './tasks.ts';
import { type ManagedRef, ManagedRefValue, listOf } from './values.ts';

export interface FoundSnapshot {
  readonly ref: ManagedRef;
  readonly name: string;
}

interface SnapshotTree {
  readonly snapshot: ManagedRef;
  readonly name: string;
  readonly childSnapshotList: readonly SnapshotTree[];
}
const SnapshotTree: z.ZodType<SnapshotTree> = z.object({
  snapshot: ManagedRefValue,
  name: z.string(),
  get childSnapshotList() {
    return listOf(SnapshotTree);
  },
});
const Tree = z.object({ rootSnapshotList: listOf(SnapshotTree) });
const Tasks = listOf(ManagedRefValue);

/**
 * A snapshot of the disks alone, without memory and without asking the guest: crash-consistent.
 * @param name the ledger's, by which it is found again when the answer is lost
 */
export async function createSnapshot(
  session: VsphereSession,
  vm: ManagedRef,
  name: string,
  signal: AbortSignal,
): Promise<ManagedRef> {
  const description = 'Made by Guts to read the disks of this machine; removed when that is done.';
  const args = { name, description, memory: false, quiesce: false };
  return await patiently(signal, async () => {
    const [there] = await findSnapshots(session, vm, (found) => found === name, signal);
    if (there !== undefined) return there.ref; // an earlier try made it, and its answer was lost
    const task = ManagedRefValue.parse(await session.call('CreateSnapshot_Task', vm, args, signal));
    return ManagedRefValue.parse(await session.waitForTask(task, signal));
  });
}

/** Removes it and folds its changes into the disks below; one that is gone already is fine. */
export async function removeSnapshot(
  session: VsphereSession,
  snapshot: ManagedRef,
  signal: AbortSignal,
): Promise<void> {
  const args = { removeChildren: false, consolidate: true };
  await patiently(signal, async () => {
    try {
      const task = ManagedRefValue.parse(await session.call('RemoveSnapshot_Task', snapshot, args, signal));
      await session.waitForTask(task, signal);
    } catch (error) {
      if (!(error instanceof GoneError)) throw error;
    }
  });
}

/** The machine's snapshots whose name is wanted; one that is just being made is waited for. */
export async function findSnapshots(
  session: VsphereSession,
  vm: ManagedRef,
  isWanted: (name: string) => boolean,
  signal: AbortSignal,
): Promise<FoundSnapshot[]> {
  await makingEnds(session, vm, signal);
  const tree = (await session.properties(vm, ['snapshot'], signal)).get('snapshot') ?? {};
  return flat(Tree.parse(tree).rootSnapshotList).filter(({ name }) => isWanted(name));
}

const flat = (tree: readonly SnapshotTree[]): FoundSnapshot[] =>
  tree.flatMap(({ snapshot, name, childSnapshotList }) => [{ ref: snapshot, name }, ...flat(childSnapshotList)]);

/** What a process that is gone has started may still be at work. */
async function makingEnds(session: VsphereSession, vm: ManagedRef, signal: AbortSignal): Promise<void> {
  const paths = ['info.state', 'info.descriptionId'];
  const hasEnded = (info: ReadonlyMap<string, unknown>): boolean =>
    info.get('info.descriptionId') !== 'VirtualMachine.createSnapshot' ||
    info.get('info.state') === 'success' ||
    info.get('info.state') === 'error';
  for (const task of Tasks.parse((await session.properties(vm, ['recentTask'], signal)).get('recentTask'))) {
    try {
      if (hasEnded(await session.properties(task, paths, signal))) continue;
      await waitForProperties(session, task, paths, hasEnded, signal);
    } catch (error) {
      if (!(error instanceof GoneError)) throw error; // servers forget tasks after a while
    }
  }
}
