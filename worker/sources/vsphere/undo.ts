/** Puts a source back as it was, from what the ledger says; and finds what nobody's ledger names any more. */
import { TAG_PREFIX, type LedgerItem } from '../../../main/shared/migration.ts';
import { abortLease } from './disks/lease.ts';
import { GoneError, VsphereError, BusyError } from './errors.ts';
import { mayAskAnew, objectsOf, propSet, View } from './inventory/collector.ts';
import { snapshotsOf } from './inventory/vm.ts';
import { putBackPower } from './power.ts';
import { patiently } from './retry.ts';
import type { VsphereSession } from './session.ts';
import { findSnapshots, removeSnapshot } from './snapshots.ts';
import { type ManagedRef, ManagedRefValue } from './values.ts';

const MOST_FAILURES = 3;

/** Returns when the item is gone or put back, also when it never came to be. @throws GutsError when it cannot */
export async function undo(session: VsphereSession, item: LedgerItem, signal: AbortSignal): Promise<void> {
  const vm: ManagedRef = { type: 'VirtualMachine', id: item.facts['vm'] ?? '' };
  switch (item.kind) {
    case 'power':
      await putBackPower(session, item, signal);
      return;
    case 'snapshot':
      await undoSnapshot(session, vm, item, signal);
      return;
    case 'lease':
      if (item.id !== null) await abortLease(session, { type: 'HttpNfcLease', id: item.id }, signal);
      await untilFree(session, vm, signal);
      return;
    default:
      throw new Error(`a ${item.kind} is nothing that a vSphere source makes`);
  }
}

/** Snapshots of all machines whose name begins with our tag's prefix. */
export async function leftovers(session: VsphereSession, signal: AbortSignal): Promise<LedgerItem[]> {
  for (let failures = 1; ; failures++) {
    try {
      return await taggedSnapshots(session, signal);
    } catch (error) {
      if (failures === MOST_FAILURES || !mayAskAnew(error)) throw error;
    }
  }
}

async function taggedSnapshots(session: VsphereSession, signal: AbortSignal): Promise<LedgerItem[]> {
  const found: LedgerItem[] = [];
  await using view = await View.open(session, signal);
  for await (const machines of objectsOf(session, propSet('VirtualMachine', ['snapshot']) + view.objectSet, signal)) {
    for (const machine of machines) {
      for (const { ref, name } of snapshotsOf(machine.properties.get('snapshot'))) {
        if (!name.startsWith(TAG_PREFIX)) continue;
        const facts = { vm: machine.id };
        found.push({ key: `snapshot:${ref}`, side: 'source', kind: 'snapshot', name, id: ref, facts });
      }
    }
  }
  return found;
}

/**
 * By its name, which is ours alone: its id may be that of somebody else's where a host or a vCenter was set up anew, and is not known
 * where the answer that would have told it was lost.
 */
async function undoSnapshot(
  session: VsphereSession,
  vm: ManagedRef,
  { name }: LedgerItem,
  signal: AbortSignal,
): Promise<void> {
  try {
    const ours = await findSnapshots(session, vm, (found) => found === name, signal);
    for (const { ref } of ours) await removeSnapshot(session, ref, signal);
  } catch (error) {
    if (!(error instanceof GoneError)) throw error; // with its machine
  }
}

/**
 * Waits until no lease holds the machine: one whose session is gone, or whose id never came back, ends only when it
 * times out. That it has is seen by getting another one, which is given back at once.
 */
async function untilFree(session: VsphereSession, vm: ManagedRef, signal: AbortSignal): Promise<void> {
  await patiently(signal, async () => {
    try {
      const lease = ManagedRefValue.parse(await session.call('ExportVm', vm, {}, signal));
      await abortLease(session, lease, signal);
    } catch (error) {
      if (error instanceof BusyError || !(error instanceof VsphereError)) throw error;
      // It runs, or is gone, or may not be exported: whatever it is, no lease is in its way.
    }
  });
}
