/** Stops a machine gently, and starts again one that ran before. */
import { setTimeout as pause } from 'node:timers/promises';
import type { InventoryVm } from '../../../main/shared/inventory.ts';
import type { LedgerItem, MigrationOptions } from '../../../main/shared/migration.ts';
import type { Ledger } from '../../drivers.ts';
import { PowerAnswer, type Trouble } from './answers.ts';
import { HypervCommandError, MachineMissingError, WillNotShutDownError } from './errors.ts';
import { stateOf, type HypervHosts } from './hosts.ts';
import { despiteRefusals } from './refusals.ts';

const LOOK_EVERY_MS = 2000;
/** A guest that began to shut down after all is given so long before it is started again. */
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
  if ((await stateOf(hosts, ref, signal)).state !== 'Running') return;
  const item = { key: 'power', side: 'source', kind: 'power', name, facts: { vm: ref, power: 'on' } } as const;
  await ledger.make(item, async () => {
    const obstacle = await askGuest(hosts, ref, options.shutDownTimeoutSeconds, signal);
    if (obstacle !== null) {
      if (!options.mayPullPlug) throw new WillNotShutDownError(name, obstacle);
      await switchTo(hosts, ref, 'turnOff', 'Off', signal);
    }
    return { id: ref };
  });
}

/** Starts the machine again if it ran before and does not now. It may be asked for more than once. */
export async function putBackPower(hosts: HypervHosts, { facts }: LedgerItem, signal: AbortSignal): Promise<void> {
  const ref = facts['vm'] ?? '';
  if (facts['power'] !== 'on') return;
  try {
    if (await stays(hosts, ref, signal)) return;
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
    const isOnItsWay = trouble === null || heartbeat === '' || !heartbeat.startsWith('Ok');
    if (performance.now() >= deadline || !isOnItsWay) break;
    await pause(LOOK_EVERY_MS, undefined, { signal });
  }
  if (trouble === null) return `it still ran ${timeoutSeconds} s after it was asked to`;
  return trouble.message.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
}

/** Whether it runs, and goes on doing so: a guest that was asked to shut down may be about to. */
async function stays(hosts: HypervHosts, ref: string, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + LATE_SHUTDOWN_MS;
  for (let beats = 0; ;) {
    const { state, heartbeat } = await stateOf(hosts, ref, signal);
    if (state === 'Off') return false;
    beats = state === 'Running' && heartbeat.startsWith('Ok') ? beats + 1 : 0;
    if (beats >= BEATS || performance.now() >= deadline) return state === 'Running';
    await pause(LOOK_EVERY_MS / 2, undefined, { signal });
  }
}

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
