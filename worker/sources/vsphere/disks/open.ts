/** Opens a machine's disks in the ways that the plan chose, and puts everything back behind it. */
import type { InventoryDisk, InventoryVm } from '../../../../main/shared/inventory.ts';
import type { PlannedDisk } from '../../../../main/shared/migration.ts';
import type { Span } from '../../../disk/image.ts';
import type { Ledger, OpenDisks, ReadableDisk } from '../../../drivers.ts';
import { FileFaultError } from '../errors.ts';
import type { VsphereSession } from '../session.ts';
import { createSnapshot, removeSnapshot } from '../snapshots.ts';
import { ManagedRefValue, type ManagedRef } from '../values.ts';
import { allocatedAreas } from './areas.ts';
import { NotStillError, UnreadableDiskError } from './errors.ts';
import { mustStandAlone, openFolderImage } from './folder.ts';
import { likelyDataBytes, mostDataBytes } from './likely-data.ts';
import { frozenDisks, type FrozenDisk } from './frozen.ts';
import { Lease, type DataOfDisk } from './lease.ts';
import { momentOf, mustBeAt, mustBeThere } from './moment.ts';

/** The ledger's key for the snapshot of a running machine. */
export const SNAPSHOT_KEY = 'snapshot';
/** Folding a busy machine's changes back takes its time. */
const REMOVE_TIMEOUT_MS = 30 * 60_000;

interface Frozen {
  readonly vm: InventoryVm;
  readonly vmRef: ManagedRef;
  /** Null for a machine that is off. */
  readonly snapshot: ManagedRef | null;
  readonly disks: readonly FrozenDisk[];
}

/**
 * A running machine gets a snapshot first. Where change tracking has nothing to say of a disk, all of it is read.
 * @throws UnreadableDiskError where a disk cannot be read as planned; GutsError
 */
export async function openVmDisks(
  session: VsphereSession,
  vm: InventoryVm,
  planned: readonly PlannedDisk[],
  ledger: Ledger,
  signal: AbortSignal,
): Promise<OpenDisks> {
  const undo = new Undoing();
  try {
    const vmRef: ManagedRef = { type: 'VirtualMachine', id: vm.ref };
    const snapshot = await snapshotOf(session, vm, vmRef, ledger, signal);
    let isKept = false;
    if (snapshot !== null) {
      undo.add(async () => {
        if (isKept) return;
        await removeSnapshot(session, snapshot, AbortSignal.timeout(REMOVE_TIMEOUT_MS));
        await ledger.settle(SNAPSHOT_KEY);
      });
    }
    const moment = snapshot?.id ?? (await momentOf(session, vm, signal)); // before its disks are looked at
    const frozen = { vm, vmRef, snapshot, disks: await frozenDisks(session, snapshot ?? vmRef, signal) };
    const needsLease = planned.some(({ reading }) => reading.value === 'lease');
    const lease = needsLease ? await Lease.open(session, { ref: snapshot ?? vmRef, vm, ledger }, signal) : null;
    if (lease !== null) undo.add(async () => await lease[Symbol.asyncDispose]());
    const disks: ReadableDisk[] = [];
    for (const { key, label, reading } of planned) {
      const disk = vm.disks.find((one) => one.key === key);
      const still = frozen.disks.find((one) => one.key === key);
      if (disk === undefined || still === undefined || (snapshot !== null && still.isIndependent)) {
        throw new UnreadableDiskError(
          `“${vm.name}” has no ${label} that stands still.`,
          'Refresh the source. Snapshots leave independent disks out: let Guts shut the machine down first.',
        );
      }
      if (lease !== null && reading.value === 'lease') {
        const areas = vm.changeTracking ? await areasUnlessFault(session, vmRef, snapshot, still, signal) : null;
        disks.push(lease.streamOf(disk, dataOf(vm, disk, areas)));
      } else disks.push(await byRanges(session, frozen, disk, still, reading.value === 'areas', signal));
    }
    return {
      disks,
      all: frozen.disks,
      snapshot: moment,
      complete: async (stop) => {
        if (snapshot === null) await mustBeAt(moment, session, vm, stop);
        else await mustBeThere(snapshot, session, vm, stop);
        await lease?.complete(stop); // which lets others at the machine again
      },
      keepSnapshot: () => void (isKept = true),
      [Symbol.asyncDispose]: async () => await undo.all(),
    };
  } catch (error) {
    await undo.all().catch(() => {}); // what could not be undone is in the ledger; the first error is the one to tell
    throw error;
  }
}

/** What a machine that runs is frozen by; null where it is off. */
async function snapshotOf(
  session: VsphereSession,
  vm: InventoryVm,
  vmRef: ManagedRef,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<ManagedRef | null> {
  const power = (await session.properties(vmRef, ['runtime.powerState'], signal)).get('runtime.powerState');
  if (power === 'poweredOff') return null;
  if (power !== 'poweredOn') {
    throw new UnreadableDiskError(
      `“${vm.name}” is suspended: its disks lack what its memory still holds.`,
      'Resume the machine, then shut it down or let Guts do it.',
    );
  }
  if (vm.power === 'off' || ledger.items.some(({ kind }) => kind === 'power'))
    throw new NotStillError(vm.name, 'running again, though it was off to be copied');
  const item = {
    key: SNAPSHOT_KEY,
    side: 'source',
    kind: 'snapshot',
    name: ledger.tag,
    facts: { vm: vm.ref },
  } as const;
  const made = await ledger.make(item, async () =>
    ManagedRefValue.parse(await createSnapshot(session, vmRef, ledger.tag, signal)),
  );
  return { type: 'VirtualMachineSnapshot', id: made.id };
}

async function byRanges(
  session: VsphereSession,
  { vm, vmRef, snapshot }: Frozen,
  disk: InventoryDisk,
  still: FrozenDisk,
  onlyAllocated: boolean,
  signal: AbortSignal,
): Promise<ReadableDisk> {
  const name = `${vm.name}: ${disk.label}`;
  mustStandAlone(still, name);
  const areas = onlyAllocated ? await areasUnlessFault(session, vmRef, snapshot, still, signal) : null;
  const warnings =
    onlyAllocated && areas === null ? [`Change tracking had nothing to say of ${disk.label}: all of it is read.`] : [];
  return {
    kind: 'extents',
    way: 'over TLS',
    key: disk.key,
    name,
    sizeBytes: still.sizeBytes,
    ...dataOf(vm, disk, areas),
    openImage: async (stop) => await openFolderImage(session, still, name, areas, warnings, stop),
  };
}

/** Null where change tracking began anew or is broken: the disk itself is as good as ever. */
async function areasUnlessFault(
  ...[session, vm, snapshot, disk, signal]: Parameters<typeof allocatedAreas>
): Promise<Awaited<ReturnType<typeof allocatedAreas>> | null> {
  try {
    return await allocatedAreas(session, vm, snapshot, disk, signal);
  } catch (error) {
    if (error instanceof FileFaultError) return null;
    throw error;
  }
}

/** How much of a disk holds data: likely, and at the most. */
function dataOf(vm: InventoryVm, disk: InventoryDisk, areas: readonly Span[] | null): DataOfDisk {
  const allocatedBytes = areas === null ? null : bytesOf(areas);
  return {
    likelyDataBytes: likelyDataBytes(vm, disk, allocatedBytes),
    mostDataBytes: mostDataBytes(disk, allocatedBytes),
  };
}

const bytesOf = (areas: readonly Span[]): number => areas.reduce((sum, { length }) => sum + length, 0);

/** What was opened, to be closed in the opposite order, each even when another fails. */
class Undoing {
  readonly #steps: (() => Promise<void>)[] = [];

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  async all(): Promise<void> {
    const errors: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      await step().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw errors[0];
  }
}
