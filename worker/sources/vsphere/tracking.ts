/** Turns on change tracking of a machine; a running one's disks are tracked from a snapshot on, which is removed at once. */
import { GutsError, toErrorInfo } from '../../../main/shared/errors.ts';
import type { InventoryVm } from '../../../main/shared/inventory.ts';
import type { ChangeTracking } from '../../drivers.ts';
import { patiently } from './retry.ts';
import type { VsphereSession } from './session.ts';
import { createSnapshot, findSnapshots, removeSnapshot } from './snapshots.ts';
import { type ManagedRef, ManagedRefValue } from './values.ts';

const PUTTING_BACK_MS = 5 * 60_000;

export const changeTrackingOf = (session: VsphereSession): ChangeTracking => ({
  calls: ({ ref, power, changeTracking }) => [
    ...(changeTracking ? [] : [`ReconfigVM_Task(${ref}, changeTrackingEnabled = true)`]),
    ...(power === 'on' ? [`CreateSnapshot_Task(${ref}, without memory)`, 'RemoveSnapshot_Task(that snapshot)'] : []),
  ],
  turnOn: async (vm, tag, signal) => await turnOn(session, vm, `${tag}-tracking`, signal),
});

async function turnOn(session: VsphereSession, vm: InventoryVm, name: string, signal: AbortSignal): Promise<void> {
  const ref: ManagedRef = { type: 'VirtualMachine', id: vm.ref };
  try {
    if (!vm.changeTracking) await track(session, ref, true, signal);
    if (vm.power !== 'on') return; // it begins with the next start
    await removeSnapshot(session, await createSnapshot(session, ref, name, signal), signal);
  } catch (error) {
    await putBack(session, vm, name).catch((cause: unknown) => {
      throw new NotPutBackError(vm.name, error, { cause });
    });
    throw error;
  }
}

/** Setting it to what it is already changes nothing, so it may be asked twice. */
async function track(session: VsphereSession, vm: ManagedRef, isOn: boolean, signal: AbortSignal): Promise<void> {
  await patiently(signal, async () => {
    const args = { spec: { changeTrackingEnabled: isOn } };
    const task = ManagedRefValue.parse(await session.call('ReconfigVM_Task', vm, args, signal));
    await session.waitForTask(task, signal);
  });
}

/** Whoever gave up waiting shall not keep it from being put back. */
async function putBack(session: VsphereSession, vm: InventoryVm, name: string): Promise<void> {
  const signal = AbortSignal.timeout(PUTTING_BACK_MS);
  const ref: ManagedRef = { type: 'VirtualMachine', id: vm.ref };
  const left = await findSnapshots(session, ref, (found) => found === name, signal);
  for (const snapshot of left) await removeSnapshot(session, snapshot.ref, signal);
  if (!vm.changeTracking) await track(session, ref, false, signal);
}

class NotPutBackError extends GutsError {
  readonly code = 'vsphere.tracking-not-put-back';
  readonly remedy =
    'Look at the machine’s snapshots, and remove the one whose name begins with “guts-”; change tracking may be on, which does no harm.';

  constructor(vmName: string, error: unknown, options: ErrorOptions) {
    super(
      `Change tracking of “${vmName}” was not turned on (${toErrorInfo(error).message}), and it could not be put back.`,
      options,
    );
  }
}
