/** Opens a machine's disks so that they stand still: as they are while it is off, of a checkpoint while it runs. */
import { createHash } from 'node:crypto';
import type { InventoryVm } from '../../../../main/shared/inventory.ts';
import type { PlannedDisk } from '../../../../main/shared/migration.ts';
import type { DiskImage } from '../../../disk/image.ts';
import type { Ledger, OpenDisks, RandomDisk } from '../../../drivers.ts';
import type { PluggedAnswer } from '../answers.ts';
import { CHECKPOINT_KEY, MERGE_TIMEOUT_MS, removeCheckpoint, takeCheckpoint } from '../checkpoints.ts';
import { CheckpointGoneError, UnreadableDiskError, WrongStateError } from '../errors.ts';
import type { HypervHosts } from '../hosts.ts';
import { keyOf, labelOf } from '../inventory/machine.ts';
import { onceFree } from '../refusals.ts';
import { openDisk, type OpenPath } from './chain.ts';
import type { HostFiles } from './files.ts';
import { withoutUnheld } from './held-ranges.ts';

/** @throws UnreadableDiskError where a disk cannot be read as planned; GutsError */
export async function openVmDisks(
  hosts: HypervHosts,
  files: HostFiles,
  vm: InventoryVm,
  planned: readonly PlannedDisk[],
  ledger: Ledger,
  signal: AbortSignal,
): Promise<OpenDisks> {
  const { machine, session } = await hosts.find(vm.ref, signal);
  if (machine.state !== 'Running' && machine.state !== 'Off')
    throw new WrongStateError(
      machine.name,
      machine.state.toLowerCase(),
      'Its disks lack what its memory still holds: resume the machine, then shut it down or let Guts do it.',
    );
  if (machine.state === 'Running' && (vm.power === 'off' || ledger.items.some(({ kind }) => kind === 'power')))
    throw new WrongStateError(machine.name, 'running again, though it was off to be copied', AGAIN);
  const checkpoint = machine.state === 'Running' ? await takeCheckpoint(hosts, machine, ledger, signal) : null;
  let isKept = false;
  const undo = async (): Promise<void> => {
    const item = ledger.items.find(({ key }) => key === CHECKPOINT_KEY);
    if (checkpoint === null || isKept || item === undefined) return;
    await removeCheckpoint(hosts, item, AbortSignal.timeout(MERGE_TIMEOUT_MS + 60_000));
    await ledger.settle(CHECKPOINT_KEY);
  };
  try {
    const still: readonly PluggedAnswer[] = checkpoint?.disks ?? machine.disks;
    const isOff = checkpoint === null;
    const disks = disksAmong({ name: machine.name, host: session.host, disks: still, isOff }, files, planned);
    const moment = checkpoint?.id ?? (await momentOf(machine.disks, disks, signal));
    return {
      disks,
      all: still.map((disk) => ({ key: keyOf(disk), label: labelOf(disk), sizeBytes: disk.files[0]?.size ?? 0 })),
      snapshot: moment,
      complete: async (stop) => {
        if (checkpoint === null) await mustBeOff(hosts, vm, machine.disks, stop);
        else await mustBeThere(hosts, vm, checkpoint.id, stop);
        for (const disk of disks) await disk.mustBeSame(stop);
      },
      keepSnapshot: () => void (isKept = true),
      [Symbol.asyncDispose]: undo,
    };
  } catch (error) {
    await undo().catch(() => {}); // what could not be undone is in the ledger; the first error is the one to tell
    throw error;
  }
}

/** @throws WrongStateError where the machine is not off; UnreadableDiskError; GutsError */
export async function momentOfVm(
  hosts: HypervHosts,
  files: HostFiles,
  vm: InventoryVm,
  planned: readonly PlannedDisk[],
  signal: AbortSignal,
): Promise<string> {
  const { machine, session } = await hosts.find(vm.ref, signal);
  const { name, disks } = machine;
  if (machine.state !== 'Off')
    throw new WrongStateError(name, `${machine.state.toLowerCase()}, though it was off to be copied`, AGAIN);
  return await momentOf(disks, disksAmong({ name, host: session.host, disks, isOff: true }, files, planned), signal);
}

interface StillMachine {
  readonly name: string;
  readonly host: string;
  readonly disks: readonly PluggedAnswer[];
  /** Nobody has its files open to write to them, so that their times are what they stay. */
  readonly isOff: boolean;
}

function disksAmong(still: StillMachine, files: HostFiles, planned: readonly PlannedDisk[]): StillDisk[] {
  return planned.map(({ key, label }) => {
    const disk = still.disks.find((one) => keyOf(one) === key);
    if (disk === undefined || disk.files.length === 0)
      throw new UnreadableDiskError(
        `“${still.name}” has no ${label} whose file can be opened.`,
        'Refresh the source: the disk was removed, or its file is missing on the host.',
      );
    const open = async (path: string, stop: AbortSignal) =>
      await onceFree(async () => await files.open(still.host, path, stop), stop);
    return readable(still.name, label, files.wayTo(disk.path), disk, open, still.isOff);
  });
}

/** What was read of a machine that somebody started meanwhile is of no moment at all. */
async function mustBeOff(
  hosts: HypervHosts,
  { ref, name }: InventoryVm,
  before: readonly PluggedAnswer[],
  signal: AbortSignal,
): Promise<void> {
  const { state, disks } = (await hosts.find(ref, signal)).machine;
  if (state !== 'Off')
    throw new WrongStateError(name, `${state.toLowerCase()}, though it was off when its copy began`, AGAIN);
  if (filesText(disks) !== filesText(before))
    throw new WrongStateError(name, 'off, but its disks have other files than when its copy began', AGAIN);
}

const AGAIN = 'Whatever started or changed it, the copy is of no use: see that it stays off, and try again.';

/** One of a file that grew is another, too. */
const filesText = (disks: readonly PluggedAnswer[]): string =>
  JSON.stringify(disks.map((disk) => [keyOf(disk), disk.files.map(({ path, fileSize }) => [path, fileSize])]));

/** What a removed checkpoint had frozen is written to again as it is merged. @throws CheckpointGoneError */
async function mustBeThere(
  hosts: HypervHosts,
  { ref, name }: InventoryVm,
  checkpointId: string,
  signal: AbortSignal,
): Promise<void> {
  const { machine } = await hosts.find(ref, signal);
  if (!machine.checkpoints.some(({ id }) => id.toLowerCase() === checkpointId.toLowerCase()))
    throw new CheckpointGoneError(name);
}

/**
 * A name for how the disks of a machine that is off stand: another one as soon as it has run, so that no disk of now goes with one of
 * before that.
 */
async function momentOf(
  plugged: readonly PluggedAnswer[],
  disks: readonly StillDisk[],
  signal: AbortSignal,
): Promise<string> {
  const identities: (string | null)[] = [];
  for (const disk of disks) identities.push(await disk.identity(signal));
  const hash = createHash('sha256').update(JSON.stringify([filesText(plugged), identities]));
  return `off:${hash.digest('hex').slice(0, 32)}`;
}

interface StillDisk extends RandomDisk {
  /** Of its file as it is now; null where its format has none that changes. */
  identity(signal: AbortSignal): Promise<string | null>;
  /** Looks whether what was read is still what the file holds. @throws WrongStateError where it was written to */
  mustBeSame(signal: AbortSignal): Promise<void>;
}

function readable(
  machine: string,
  label: string,
  way: string,
  disk: PluggedAnswer,
  open: OpenPath,
  isOff: boolean,
): StillDisk {
  const [top] = disk.files;
  const name = `${machine}: ${label}`;
  const sizeBytes = top?.size ?? 0;
  const stored = disk.files.reduce((sum, { fileSize }) => sum + fileSize, 0);
  const isFull = disk.files.some(({ type }) => type === 'Fixed');
  let identity: string | null = null;
  /** The image, with what it is known by now. */
  const look = async (signal: AbortSignal): Promise<{ readonly image: DiskImage; readonly seen: string | null }> => {
    const times: string[] = [];
    const noting: OpenPath = async (path, stop) => {
      const file = await open(path, stop);
      times.push(String(file.writtenAtNs));
      return file;
    };
    const whole = await openDisk(name, disk.files, noting, signal);
    // Whoever writes to a VHDX gives it another identity first ([MS-VHDX] 2.2.2, DataWriteGuid). A VHD keeps its own: there is the time of
    // its file, which is right as soon as whoever wrote has closed it, and which no reading changes.
    const isTimed = isOff && whole.facts.format === 'vhd';
    const seen = isTimed ? [whole.identity, ...times].join(' ') : whole.identity;
    return { image: isFull ? withoutUnheld(whole) : whole, seen };
  };
  const openImage = async (signal: AbortSignal): Promise<DiskImage> => {
    const { image, seen } = await look(signal);
    identity ??= seen;
    if (seen === identity) return image;
    await image[Symbol.asyncDispose]();
    throw new WrongStateError(machine, `no longer as it was when its copy began: ${label} was written to`, AGAIN);
  };
  return {
    kind: 'extents',
    way,
    key: keyOf(disk),
    name,
    sizeBytes,
    likelyDataBytes: Math.min(sizeBytes, stored),
    mostDataBytes: isFull ? null : Math.min(sizeBytes, stored),
    openImage,
    identity: async (signal) => {
      await (await openImage(signal))[Symbol.asyncDispose]();
      return identity;
    },
    mustBeSame: async (signal) => {
      if (identity !== null) await (await openImage(signal))[Symbol.asyncDispose]();
    },
  };
}
