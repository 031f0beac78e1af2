/** Stops a machine gently, and starts again one that ran before. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { LedgerItem, MigrationOptions } from '../../../main/shared/migration.ts';
import { GutsError } from '../../../main/shared/errors.ts';
import type { InventoryVm } from '../../../main/shared/inventory.ts';
import { type MachineRef, uuidsOf } from '../../../main/shared/machine-ref.ts';
import type { Ledger } from '../../drivers.ts';
import { demandSame } from '../../same-machine.ts';
import { MayYetShutDownError } from '../may-yet-shut-down.ts';
import { WillNotShutDownError, GoneError, ToolsUnavailableError, WrongPowerStateError } from './errors.ts';
import { patiently } from './retry.ts';
import type { VsphereSession } from './session.ts';
import { waitForProperties } from './tasks.ts';
import { type ManagedRef, ManagedRefValue } from './values.ts';

/** A guest that was asked to shut down is given so long to go off after all, or to be seen staying. */
const LATE_SHUTDOWN_MS = 5 * 60_000;
const LOOK_EVERY_MS = 1000;
/** Looks in a row at which its tools say that it runs, before a guest counts as one that stays: it hears the wish in that time. */
const LOOKS = 10;
/** A boot that is so much later is another one; the time of one and the same may be told a little differently. */
const ANOTHER_BOOT_MS = 60_000;
const POWER = 'runtime.powerState';
const GUEST = 'guest.guestState';
const BOOTED = 'runtime.bootTime';
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
  const before = await session.properties(vm, [POWER, GUEST, BOOTED], signal);
  if (before.get(POWER) !== 'poweredOn') return;
  const [uuid] = uuidsOf(identity);
  const seen = { guest: guestOf(before, ledger), bootedAt: textAt(before, BOOTED) ?? '' };
  const facts = { vm: ref, power: 'on', ...seen, ...(uuid === undefined ? {} : { uuid }) };
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

/** How its tools told of the guest before it was asked first: a run before may have, and be why they are gone. */
function guestOf(now: ReadonlyMap<string, unknown>, { items }: Ledger): string {
  const guest = textAt(now, GUEST) ?? '';
  const asked = items.find(({ kind }) => kind === 'power');
  return guest === 'notRunning' && asked !== undefined ? (asked.facts['guest'] ?? '') : guest;
}

/**
 * Starts the machine again if it ran before and does not now. It may be asked for more than once.
 * @param lateMs how long a guest that was asked to shut down is waited for
 * @throws MayYetShutDownError where it is neither off by then nor seen to stay
 * @throws AnotherMachineError where its reference is that of another one by now
 */
export async function putBackPower(
  session: VsphereSession,
  item: LedgerItem,
  signal: AbortSignal,
  lateMs = LATE_SHUTDOWN_MS,
): Promise<void> {
  const { name, facts } = item;
  const vm = vmOf(facts['vm'] ?? '');
  if (facts['power'] !== 'on') return;
  try {
    await demandSameAt(session, { ref: vm.id, name, uuid: facts['uuid'] }, signal);
    if (await stays(session, vm, item, lateMs, signal)) return;
    await switchTo(session, vm, 'poweredOn', signal);
  } catch (error) {
    if (!(error instanceof GoneError)) throw error; // somebody deleted it: nothing is left to put back
  }
}

/**
 * Whether it runs, and goes on doing so: a guest that was asked to shut down hears that only after a while, and its tools are gone long
 * before it is off.
 */
async function stays(
  session: VsphereSession,
  vm: ManagedRef,
  { name, facts }: LedgerItem,
  lateMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + lateMs;
  const wasNeverAsked = facts['guest'] === 'notRunning'; // its tools would have had to be told
  for (let looks = 0; ;) {
    const now = await session.properties(vm, [POWER, GUEST, BOOTED], signal);
    if (now.get(POWER) !== 'poweredOn') return false;
    looks = now.get(GUEST) === 'running' ? looks + 1 : 0;
    if (wasNeverAsked || looks === LOOKS || isAnotherBoot(facts['bootedAt'], textAt(now, BOOTED))) return true;
    if (performance.now() >= deadline) throw new MayYetShutDownError(name);
    await pause(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** It was started since, by whomever. */
const isAnotherBoot = (before = '', now = ''): boolean => Date.parse(now) - Date.parse(before) > ANOTHER_BOOT_MS;

async function demandSameAt(session: VsphereSession, wanted: MachineRef, signal: AbortSignal): Promise<void> {
  if (wanted.uuid === undefined) return; // written down by an earlier version
  const found = await session.properties(vmOf(wanted.ref), ['name', 'config.instanceUuid', 'config.uuid'], signal);
  const instanceUuid = textAt(found, 'config.instanceUuid') ?? null;
  const biosUuid = textAt(found, 'config.uuid') ?? null;
  demandSame(wanted, { name: textAt(found, 'name') ?? '', instanceUuid, biosUuid });
}

const textAt = (properties: ReadonlyMap<string, unknown>, path: string): string | undefined =>
  z.string().safeParse(properties.get(path)).data;

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
