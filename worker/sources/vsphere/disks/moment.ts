/** Names the moment at which a machine's disks stand still, and sees at the end whether they have stood still since. */
import { createHash } from 'node:crypto';
import type { InventoryVm } from '../../../../main/shared/inventory.ts';
import { GoneError } from '../errors.ts';
import type { VsphereSession } from '../session.ts';
import type { ManagedRef } from '../values.ts';
import { NotStillError, SnapshotGoneError } from './errors.ts';
import { disksAmong } from './frozen.ts';

const POWER = 'runtime.powerState';
const DEVICES = 'config.hardware.device';
const VERSION = 'config.changeVersion';

/**
 * Of a machine that is off. Disks of one content ID read the same while nobody writes to them (VirtualDiskFlatVer2BackingInfo), and it is
 * another one as soon as somebody has. Of a disk that has none, only the version of the machine's configuration tells.
 * @throws NotStillError where it is not off
 */
export async function momentOf(session: VsphereSession, vm: InventoryVm, signal: AbortSignal): Promise<string> {
  const ref: ManagedRef = { type: 'VirtualMachine', id: vm.ref };
  const found = await session.properties(ref, [POWER, DEVICES, VERSION], signal);
  if (found.get(POWER) !== 'poweredOff')
    throw new NotStillError(vm.name, 'no longer off, as it was when its copy began');
  const disks = disksAmong(found.get(DEVICES)).map(({ key, sizeBytes, contentId }) => [key, sizeBytes, contentId]);
  const version = disks.some((disk) => disk.includes(null)) ? found.get(VERSION) : null;
  const hash = createHash('sha256').update(JSON.stringify([disks, version]));
  return `off:${hash.digest('hex').slice(0, 32)}`;
}

/** @throws NotStillError where the machine runs, or has run since that moment */
export async function mustBeAt(
  moment: string,
  session: VsphereSession,
  vm: InventoryVm,
  signal: AbortSignal,
): Promise<void> {
  if ((await momentOf(session, vm, signal)) === moment) return;
  throw new NotStillError(vm.name, 'off, but its disks are no longer as they were when its copy began');
}

/** What a removed snapshot had frozen is written to again. @throws SnapshotGoneError */
export async function mustBeThere(
  snapshot: ManagedRef,
  session: VsphereSession,
  vm: InventoryVm,
  signal: AbortSignal,
): Promise<void> {
  try {
    await session.properties(snapshot, [VERSION], signal);
  } catch (error) {
    throw error instanceof GoneError ? new SnapshotGoneError(vm.name, { cause: error }) : error;
  }
}
