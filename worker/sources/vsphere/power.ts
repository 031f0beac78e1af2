/** Stops a machine gently, and starts again one that ran before. */
import { z } from 'zod';
import type { LedgerItem, MigrationOptions } from '../../../main/shared/migration.ts';
import { GutsError } from '../../../main/shared/errors.ts';
import type { InventoryVm } from '../../../main/shared/inventory.ts';
import { type MachineRef, uuidsOf } from '../../../main/shared/machine-ref.ts';
import type { Ledger } from '../../drivers.ts';
import { demandSame } from '../../same-machine.ts';
import { WillNotShutDownError, GoneError, ToolsUnavailableError, WrongPowerStateError } from './errors.ts';
import { patiently } from './retry.ts';
import type { VsphereSession } from './session.ts';
import { waitForProperties } from './tasks.ts';
import { type ManagedRef, ManagedRefValue } from './values.ts';

/** A guest that began to shut down after all is given so long before it is started again. */
const LATE_SHUTDOWN_MS = 5 * 60_000;
const POWER = 'runtime.powerState';
const vmOf = (id: string): ManagedRef => ({ type: 'VirtualMachine', id });

const PowerState = z.enum(['poweredOn', 'poweredOff', 'suspended']);
type PowerState = z.infer<typeof PowerState>;

/**
 * Has the machine off when it returns; a machine that does not run is left alone. That it ran is in the ledger before
 * anything happens to it.
 * @throws WillNotShutDownError when the guest does not stop in time, or cannot be asked, and the plug may not be pulled
 */
export async function shutDown(
  session: VsphereSession,
  { ref, name, ...identity }: Pick<InventoryVm, 'ref' | 'name' | 'instanceUuid' | 'biosUuid'>,
  options: MigrationOptions,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  const vm = vmOf(ref);
  if ((await powerOf(session, vm, signal)) !== 'poweredOn') return;
  const [uuid] = uuidsOf(identity);
  const facts = { vm: ref, power: 'on', ...(uuid === undefined ? {} : { uuid }) };
  const item = { key: 'power', side: 'source', kind: 'power', name, facts } as const;
  await ledger.make(item, async () => {
    const obstacle = await askGuest(session, vm, options.shutDownTimeoutSeconds, signal);
    if (obstacle !== null) {
      if (!options.mayPullPlug) throw new WillNotShutDownError(name, obstacle.reason, { cause: obstacle.cause });
      await switchTo(session, vm, 'poweredOff', signal);
    }
    return { id: ref };
  });
}

/**
 * Starts the machine again if it ran before and does not now. It may be asked for more than once.
 * @throws AnotherMachineError where its reference is that of another one by now
 */
export async function putBackPower(
  session: VsphereSession,
  { name, facts }: LedgerItem,
  signal: AbortSignal,
): Promise<void> {
  const vm = vmOf(facts['vm'] ?? '');
  if (facts['power'] !== 'on') return;
  try {
    await demandSameAt(session, { ref: vm.id, name, uuid: facts['uuid'] }, signal);
    const guest = await session.properties(vm, ['guest.guestState'], signal);
    if (guest.get('guest.guestState') === 'shuttingDown') await becomesOff(session, vm, LATE_SHUTDOWN_MS, signal);
    await switchTo(session, vm, 'poweredOn', signal);
  } catch (error) {
    if (!(error instanceof GoneError)) throw error; // somebody deleted it: nothing is left to put back
  }
}

async function demandSameAt(session: VsphereSession, wanted: MachineRef, signal: AbortSignal): Promise<void> {
  if (wanted.uuid === undefined) return; // written down by an earlier version
  const found = await session.properties(vmOf(wanted.ref), ['name', 'config.instanceUuid', 'config.uuid'], signal);
  const textAt = (name: string): string | null => z.string().safeParse(found.get(name)).data ?? null;
  const identity = { instanceUuid: textAt('config.instanceUuid'), biosUuid: textAt('config.uuid') };
  demandSame(wanted, { name: textAt('name') ?? '', ...identity });
}

/** @returns why the guest is still there; null when it is off */
async function askGuest(
  session: VsphereSession,
  vm: ManagedRef,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<{ readonly reason: string; readonly cause?: unknown } | null> {
  try {
    await session.call('ShutdownGuest', vm, {}, signal);
  } catch (error) {
    if (error instanceof ToolsUnavailableError)
      return { reason: 'VMware Tools do not run in it, so it cannot be asked', cause: error };
    if (error instanceof WrongPowerStateError && (await powerOf(session, vm, signal)) === 'poweredOff') return null;
    if (!(error instanceof GutsError) || !error.retryable) throw error;
    // The answer was lost. It is asked once more; if it had heard, its tools may be gone already.
    await session.call('ShutdownGuest', vm, {}, signal).catch(() => {});
  }
  const isOff = await becomesOff(session, vm, timeoutSeconds * 1000, signal);
  return isOff ? null : { reason: `it still ran ${timeoutSeconds} s after it was asked to` };
}

/** @returns whether it was off in time */
async function becomesOff(
  session: VsphereSession,
  vm: ManagedRef,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const isOff = (properties: ReadonlyMap<string, unknown>): boolean => properties.get(POWER) === 'poweredOff';
  try {
    await waitForProperties(session, vm, [POWER], isOff, AbortSignal.any([signal, deadline]));
    return true;
  } catch (error) {
    if (signal.aborted || !deadline.aborted) throw error;
    return (await powerOf(session, vm, signal)) === 'poweredOff';
  }
}

/** Switches the machine; what somebody else did in the meantime, or a lost answer hid, counts as well. */
async function switchTo(
  session: VsphereSession,
  vm: ManagedRef,
  to: 'poweredOn' | 'poweredOff',
  signal: AbortSignal,
): Promise<void> {
  await patiently(signal, async () => {
    if ((await powerOf(session, vm, signal)) === to) return;
    try {
      const method = to === 'poweredOn' ? 'PowerOnVM_Task' : 'PowerOffVM_Task';
      await session.waitForTask(ManagedRefValue.parse(await session.call(method, vm, {}, signal)), signal);
    } catch (error) {
      if (!(error instanceof WrongPowerStateError) || (await powerOf(session, vm, signal)) !== to) throw error;
    }
  });
}

async function powerOf(session: VsphereSession, vm: ManagedRef, signal: AbortSignal): Promise<PowerState> {
  return PowerState.parse((await session.properties(vm, [POWER], signal)).get(POWER));
}
