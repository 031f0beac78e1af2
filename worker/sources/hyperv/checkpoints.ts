/** Takes a checkpoint of a machine that runs, and has it merged away again. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { LedgerItem } from '../../../main/shared/migration.ts';
import type { Ledger } from '../../drivers.ts';
import { CheckpointMade, CheckpointRemoved, type MachineAnswer, type PluggedAnswer } from './answers.ts';
import { CheckpointRefusedError, HypervCommandError, MachineMissingError, MergeUnfinishedError } from './errors.ts';
import type { HypervHosts } from './hosts.ts';
import { keyOf } from './inventory/machine.ts';
import { despiteRefusals } from './refusals.ts';

/** The ledger's key for the checkpoint of a running machine. */
export const CHECKPOINT_KEY = 'snapshot';
const LOOK_EVERY_MS = 2000;
/** Merging a busy machine's changes back takes its time. */
export const MERGE_TIMEOUT_MS = 30 * 60_000;

/** Of each disk by its key: the file that it wrote to before the checkpoint, and writes to again when that is merged. */
const PathsBefore = z.record(z.string(), z.string());

export interface Checkpoint {
  readonly id: string;
  /** The disks as they stand still in it. */
  readonly disks: readonly PluggedAnswer[];
}

/**
 * Of the machine's own type: a production checkpoint asks the guest to bring its disks in order.
 * @throws CheckpointRefusedError, GutsError
 */
export async function takeCheckpoint(
  hosts: HypervHosts,
  machine: MachineAnswer,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<Checkpoint> {
  const now = JSON.stringify(Object.fromEntries(machine.disks.map((disk) => [keyOf(disk), disk.path])));
  // One that an earlier run kept is taken up again: its disks write to other files already.
  const paths = ledger.items.find(({ key }) => key === CHECKPOINT_KEY)?.facts['paths'] ?? now;
  const item = {
    key: CHECKPOINT_KEY,
    side: 'source',
    kind: 'snapshot',
    name: ledger.tag,
    facts: { vm: machine.id, paths },
  } as const;
  try {
    return await ledger.make(item, async () => {
      const args = { machine: machine.id, name: ledger.tag, action: 'create' };
      return await hosts.ask('checkpoint', args, CheckpointMade, signal);
    });
  } catch (error) {
    if (error instanceof HypervCommandError) throw new CheckpointRefusedError(machine.name, error.message);
    throw error;
  }
}

/** Returns when the host has merged it, also when it never came to be, and when its machine is gone. */
export async function removeCheckpoint(
  hosts: HypervHosts,
  { name, facts }: Pick<LedgerItem, 'name' | 'facts'>,
  signal: AbortSignal,
): Promise<void> {
  const machine = facts['vm'] ?? '';
  const before = PathsBefore.safeParse(parsedJson(facts['paths'])).data ?? {};
  const deadline = performance.now() + MERGE_TIMEOUT_MS;
  try {
    for (;;) {
      const args = { machine, name, action: 'remove' };
      const { left, doing, disks } = await despiteRefusals(
        async () => await hosts.ask('checkpoint', args, CheckpointRemoved, signal),
        signal,
      );
      // One that was ordered comes to be even where whoever ordered it was cancelled, and is not seen before it is there.
      const mayCome = doing === 'CreatingSnapshot';
      if (left === 0 && !mayCome && disks.every((disk) => isMerged(disk, before))) return;
      if (performance.now() >= deadline) throw new MergeUnfinishedError(machine);
      await pause(LOOK_EVERY_MS, undefined, { signal });
    }
  } catch (error) {
    if (!(error instanceof MachineMissingError)) throw error;
  }
}

/** A disk that was changed by hand meanwhile is no longer ours to wait for. */
function isMerged(disk: PluggedAnswer, before: Readonly<Record<string, string>>): boolean {
  const path = before[keyOf(disk)];
  if (path === undefined || path.toLowerCase() === disk.path.toLowerCase()) return true;
  // Where nothing of it can be looked into, the host is at it: a file that is merged cannot be opened.
  if (disk.files.length === 0) return false;
  // What it writes to now still stands on the file of before, so the host has not got that far.
  return !disk.files.some((file) => file.path.toLowerCase() === path.toLowerCase());
}

function parsedJson(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
