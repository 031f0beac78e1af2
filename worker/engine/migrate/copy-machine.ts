/** Copies a machine's disks into images of the cloud, as far as they are not there yet. */
import { setTimeout as pause } from 'node:timers/promises';
import { firstOf, GutsError, toErrorInfo } from '../../../main/shared/errors.ts';
import { tagOf, type MovedDisk, type PlannedDisk } from '../../../main/shared/migration.ts';
import type { ReadableDisk } from '../../drivers.ts';
import { describeSame } from '../../same-machine.ts';
import { mustBeAsPlanned } from './as-planned.ts';
import { copyDisk, type DiskCopy } from './copy-disk.ts';
import type { MigrationInHand } from './in-hand.ts';
import { now } from './shelf.ts';
import { demandOff, hasRunSince } from './still-off.ts';

/** How often a disk is sent before the migration fails. */
const TRIES = 3;
const FIRST_PAUSE_MS = 1000;
/** Disks of one machine that are copied side by side. */
const DISKS_AT_ONCE = 2;

/** For each disk that is under way. */
export type CopyWay = Pick<DiskCopy, 'lanes' | 'limit'>;

/**
 * Each disk is written down as soon as it is copied, and all of them as whole once the source was looked at again.
 * @throws GutsError; what was copied by then stays
 */
export async function copyMachine(move: MigrationInHand, way: CopyWay): Promise<void> {
  const isThere = move.state.isWhole && missingDisks(move).length === 0;
  if (!isThere || (await hasRunSince(move))) await copyDisks(move, way);
  await move.undoKinds('lease', 'snapshot'); // of a run that was killed when all was copied
}

/** The disks of which the cloud has no whole copy. */
export function missingDisks({ state, ledger, plan }: MigrationInHand): PlannedDisk[] {
  const { disks } = state.record;
  const isThere = (key: string): boolean =>
    disks.some((disk) => disk.key === key) &&
    ledger.items.some((item) => item.key === imageKey(key) || item.key === `volume:${key}`);
  return plan.disks.filter(({ key }) => !isThere(key));
}

/** The source went on without them: what was made of the copies goes, and all is copied again. */
export async function dropCopies(move: MigrationInHand): Promise<void> {
  await move.undoKinds('server', 'volume', 'image');
  await move.write({ what: 'dropped', keys: move.state.record.disks.map(({ key }) => key) });
}

async function copyDisks(move: MigrationInHand, way: CopyWay): Promise<void> {
  const { context, ledger, plan, state } = move;
  const { signal } = context;
  const { source } = await move.sides();
  const { request } = state.record;
  const found = await describeSame(source, request.vm, signal);
  demandOff(found, request.options);
  // What the guest's tools told while it ran is still a good guess of what its disks hold.
  const disks = found.guest.disks.length > 0 ? found.guest.disks : (state.vm?.guest.disks ?? []);
  const vm = { ...found, guest: { ...found.guest, disks } };
  await using open = await source.openDisks(vm, plan.disks, ledger, signal);
  mustBeAsPlanned(vm.name, plan.disks, open.all); // it may have got one while it was shut down
  // Disks of two moments are not what a guest finds after a power cut.
  const isOfOld = ({ key }: MovedDisk): boolean => state.snapshots.get(key) !== open.snapshot;
  if (state.record.disks.some(isOfOld)) await dropCopies(move);
  const missing = missingDisks(move);
  const left = open.disks.filter(({ key }) => missing.some((disk) => disk.key === key));
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  const copyNext = async (): Promise<void> => {
    for (let disk = left.shift(); disk !== undefined && !stop.aborted; disk = left.shift()) {
      const { snapshot } = open;
      await copyOne(move, disk, way, stop)
        .then(async (copied) => await move.write({ what: 'copied', disk: copied, snapshot }))
        .catch((error: unknown) => failure.abort(error));
    }
  };
  try {
    await Promise.all(Array.from({ length: DISKS_AT_ONCE }, copyNext));
    stop.throwIfAborted();
    await open.complete(signal);
    await move.write({ what: 'whole', at: now() });
  } catch (error) {
    // Whoever goes on from here needs it, and whoever undoes finds it in the ledger.
    if (move.state.record.disks.length > 0) open.keepSnapshot();
    throw error;
  }
}

async function copyOne(
  move: MigrationInHand,
  disk: ReadableDisk,
  way: CopyWay,
  signal: AbortSignal,
): Promise<MovedDisk> {
  const { context, ledger, plan, state } = move;
  const { destination } = await move.sides();
  const diskIndex = plan.disks.findIndex(({ key }) => key === disk.key);
  const planned = plan.disks[diskIndex];
  if (planned === undefined) throw new Error(`disk ${disk.key} is not in the plan`);
  const spec = {
    key: imageKey(planned.key),
    name: `${tagOf(state.record.request.id)}-disk-${planned.key}`,
    format: planned.imageFormat.value,
    minDiskGiB: planned.sizeGiB,
    properties: plan.imageProperties,
  };
  const setbacks: NonNullable<MovedDisk['setbacks']> = [];
  for (;;) {
    try {
      await using upload = await destination.openImage(spec, ledger, signal);
      const moved = await copyDisk({
        disk,
        planned,
        upload,
        ...way,
        of: { diskIndex, disks: plan.disks.length },
        tell: context.tellProgress,
        signal,
      });
      const { reading, imageFormat } = planned;
      const { imageId } = upload;
      const told = setbacks.length === 0 ? {} : { setbacks };
      return { ...moved, ...told, reading: reading.value, imageFormat: imageFormat.value, imageId, volumeId: null };
    } catch (thrown) {
      const error = firstOf(thrown);
      const mayHelp = error instanceof GutsError && error.retryable;
      if (signal.aborted || !mayHelp || setbacks.length === TRIES - 1) throw error;
      setbacks.push({ at: new Date().toISOString(), error: toErrorInfo(error) });
      await pause(FIRST_PAUSE_MS * 4 ** (setbacks.length - 1), undefined, { signal });
    }
  }
}

/** Of the ledger's item for the image of a disk. */
const imageKey = (diskKey: string): string => `image:${diskKey}`;
