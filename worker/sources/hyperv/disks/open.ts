/** Opens a machine's disks so that they stand still: as they are while it is off, of a checkpoint while it runs. */
import type { InventoryVm } from '../../../../main/shared/inventory.ts';
import type { PlannedDisk } from '../../../../main/shared/migration.ts';
import { DamagedImageError } from '../../../disk/errors.ts';
import type { DiskImage } from '../../../disk/image.ts';
import type { Ledger, OpenDisks, RandomDisk } from '../../../drivers.ts';
import type { DiskFileAnswer, PluggedAnswer } from '../answers.ts';
import { CHECKPOINT_KEY, removeCheckpoint, takeCheckpoint } from '../checkpoints.ts';
import { CheckpointGoneError, UnreadableDiskError, WrongStateError } from '../errors.ts';
import { stateOf, type HypervHosts } from '../hosts.ts';
import { keyOf } from '../inventory/machine.ts';
import { openChain } from './chain.ts';
import type { HostFiles } from './files.ts';

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
  const checkpoint = machine.state === 'Running' ? await takeCheckpoint(hosts, machine, ledger, signal) : null;
  let isKept = false;
  const undo = async (): Promise<void> => {
    const item = ledger.items.find(({ key }) => key === CHECKPOINT_KEY);
    if (checkpoint === null || isKept || item === undefined) return;
    await removeCheckpoint(hosts, item, AbortSignal.timeout(31 * 60_000));
    await ledger.settle(CHECKPOINT_KEY);
  };
  try {
    const still: readonly PluggedAnswer[] = checkpoint?.disks ?? machine.disks;
    const disks = planned.map(({ key, label }) => {
      const disk = still.find((one) => keyOf(one) === key);
      if (disk === undefined || disk.files.length === 0)
        throw new UnreadableDiskError(
          `“${machine.name}” has no ${label} whose file can be opened.`,
          'Refresh the source: the disk was removed, or its file is missing on the host.',
        );
      const open = async (path: string, stop: AbortSignal) => await files.open(session.host, path, stop);
      return readable(`${machine.name}: ${label}`, disk, files.wayTo(disk.path), open);
    });
    return {
      disks,
      snapshot: checkpoint?.id ?? null,
      complete: async (stop) => {
        if (checkpoint === null) await mustBeOff(hosts, vm, stop);
        else await mustBeThere(hosts, vm, checkpoint.id, stop);
      },
      keepSnapshot: () => void (isKept = true),
      [Symbol.asyncDispose]: undo,
    };
  } catch (error) {
    await undo().catch(() => {}); // what could not be undone is in the ledger; the first error is the one to tell
    throw error;
  }
}

/** What was read of a machine that somebody started meanwhile is of no moment at all. */
async function mustBeOff(hosts: HypervHosts, { ref, name }: InventoryVm, signal: AbortSignal): Promise<void> {
  const { state } = await stateOf(hosts, ref, signal);
  if (state !== 'Off')
    throw new WrongStateError(
      name,
      `${state.toLowerCase()}, though it was off when its copy began`,
      'Whatever started it, the copy is of no use: shut it down, and try again.',
    );
}

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

function readable(name: string, disk: PluggedAnswer, way: string, open: Parameters<typeof openChain>[1]): RandomDisk {
  const [top] = disk.files;
  const sizeBytes = top?.size ?? 0;
  const stored = disk.files.reduce((sum, { fileSize }) => sum + fileSize, 0);
  const isFull = disk.files.some(({ type }) => type === 'Fixed');
  return {
    kind: 'extents',
    way,
    key: keyOf(disk),
    name,
    sizeBytes,
    likelyDataBytes: Math.min(sizeBytes, stored),
    mostDataBytes: isFull ? null : Math.min(sizeBytes, stored),
    openImage: async (signal) => await opened(name, disk.files, open, signal),
  };
}

async function opened(
  name: string,
  files: readonly DiskFileAnswer[],
  open: Parameters<typeof openChain>[1],
  signal: AbortSignal,
): Promise<DiskImage> {
  const image = await openChain(
    files.map(({ path }) => path),
    open,
    signal,
  );
  const { virtualSizeBytes } = image.facts;
  if (virtualSizeBytes === files[0]?.size) return image;
  await image[Symbol.asyncDispose]();
  throw new DamagedImageError(
    `The file of “${name}” is a disk of ${virtualSizeBytes} bytes, but the host says ${files[0]?.size ?? 0}.`,
  );
}
