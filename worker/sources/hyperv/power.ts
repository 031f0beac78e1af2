/** Stops a machine gently, and starts again one that ran before. */
import { setTimeout as pause } from 'node:timers/promises';
import type { InventoryVm } from '../../../main/shared/inventory.ts';
import type { LedgerItem, MigrationOptions } from '../../../main/shared/migration.ts';
import type { Ledger } from '../../drivers.ts';
import { PowerAnswer, type Trouble } from './answers.ts';
import { MayYetShutDownError } from '../may-yet-shut-down.ts';
import { HypervCommandError, MachineMissingError, WillNotShutDownError } from './errors.ts';
import { stateOf, type HypervHosts } from './hosts.ts';
import { despiteRefusals } from './refusals.ts';

const LOOK_EVERY_MS = 2000;
/** A guest that was asked to shut down is given so long to go off after all, or to be seen staying. */
const LATE_SHUTDOWN_MS = 5 * 60_000;
/** Looks in a row at which a guest's heart beats, before it counts as one that stays. */
const BEATS = 3;

/**
 * Has the machine off when it returns; a machine that does not run is left alone. That it ran is in the ledger before
 * anything happens to it.
 * @throws WillNotShutDownError when the guest does not stop in time, or cannot be asked, and the plug may not be pulled
 */
export async function shutDown(
  hosts: HypervHosts,
  { ref, name }: InventoryVm,
  options: MigrationOptions,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  const now = await stateOf(hosts, ref, signal);
  if (now.state !== 'Running') return;
  const asked = ledger.items.find(({ kind }) => kind === 'power'); // by a run before, which may be why no heart beats now
  const heartbeat = asked === undefined || beats(now.heartbeat) ? now.heartbeat : (asked.facts['heartbeat'] ?? 'Ok');
  const item = {
    key: 'power',
    side: 'source',
    kind: 'power',
    name,
    facts: { vm: ref, power: 'on', heartbeat },
  } as const;
  await ledger.make(item, async () => {
    const obstacle = await askGuest(hosts, ref, options.shutDownTimeoutSeconds, signal);
    if (obstacle !== null) {
      if (!options.mayPullPlug) throw new WillNotShutDownError(name, obstacle);
      await switchTo(hosts, ref, 'turnOff', 'Off', signal);
    }
    return { id: ref };
  });
}

/**
 * Starts the machine again if it ran before and does not now. It may be asked for more than once.
 * @param lateMs how long a guest that was asked to shut down is waited for
 * @throws MayYetShutDownError where it is neither off by then nor seen to stay
 */
export async function putBackPower(
  hosts: HypervHosts,
  item: LedgerItem,
  signal: AbortSignal,
  lateMs = LATE_SHUTDOWN_MS,
): Promise<void> {
  const { facts } = item;
  const ref = facts['vm'] ?? '';
  if (facts['power'] !== 'on') return;
  try {
    if (await stays(hosts, ref, item, lateMs, signal)) return;
    await despiteRefusals(async () => await switchTo(hosts, ref, 'start', 'Running', signal), signal);
  } catch (error) {
    if (!(error instanceof MachineMissingError)) throw error; // somebody deleted it: nothing is left to put back
  }
}

/** @returns why the guest is still there; null when it is off */
async function askGuest(
  hosts: HypervHosts,
  ref: string,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<string | null> {
  const deadline = performance.now() + timeoutSeconds * 1000;
  const late = AbortSignal.timeout(timeoutSeconds * 1000);
  let trouble: Trouble | null = null;
  try {
    // It returns when the guest is off, or when the host has waited for long enough.
    const said = await hosts.ask(
      'power',
      { machine: ref, to: 'shutDown' },
      PowerAnswer,
      AbortSignal.any([signal, late]),
    );
    if (said.state === 'Off') return null;
    ({ trouble } = said);
  } catch (error) {
    if (signal.aborted || !late.aborted) throw error;
  }
  for (;;) {
    const { state, heartbeat } = await stateOf(hosts, ref, signal);
    if (state === 'Off') return null;
    // One that refused and whose heart beats on does not stop any more; one whose heart has stopped is on its way.
    const isOnItsWay = trouble === null || !beats(heartbeat);
    if (performance.now() >= deadline || !isOnItsWay) break;
    await pause(LOOK_EVERY_MS, undefined, { signal });
  }
  if (trouble === null) return `it still ran ${timeoutSeconds} s after it was asked to`;
  return trouble.message.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
}

/** Whether it runs, and goes on doing so: a guest that was asked to shut down may be about to. */
async function stays(
  hosts: HypervHosts,
  ref: string,
  { name, facts }: LedgerItem,
  lateMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + lateMs;
  const canBeSeen = beats(facts['heartbeat'] ?? 'Ok'); // what an earlier version wrote down does not say
  for (let seen = 0; ;) {
    const { state, heartbeat } = await stateOf(hosts, ref, signal);
    if (state === 'Off') return false;
    seen = state === 'Running' && beats(heartbeat) ? seen + 1 : 0;
    if (seen >= BEATS) return true;
    if (performance.now() >= deadline) {
      if (state === 'Running' && canBeSeen) throw new MayYetShutDownError(name);
      return state === 'Running';
    }
    await pause(LOOK_EVERY_MS / 2, undefined, { signal });
  }
}

const beats = (heartbeat: string): boolean => heartbeat.startsWith('Ok');

/** Switches the machine; what somebody else did in the meantime counts as well. */
async function switchTo(
  hosts: HypervHosts,
  ref: string,
  to: 'turnOff' | 'start',
  wanted: 'Off' | 'Running',
  signal: AbortSignal,
): Promise<void> {
  const said = await hosts.ask('power', { machine: ref, to }, PowerAnswer, signal);
  if (said.state === wanted) return;
  throw new HypervCommandError(
    'The host',
    said.trouble ?? { message: `the machine is ${said.state} and not ${wanted}`, id: '' },
  );
}
