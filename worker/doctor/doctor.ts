/** Looks at the whole way of a move from this machine, step by step, and leaves nothing behind. */
import { hostname } from 'node:os';
import { doctorGroups, worstOf, type DoctorReport, type DoctorStep } from '../../main/shared/doctor.ts';
import type { DoctorJob } from '../../main/shared/doctor-jobs.ts';
import type { DestinationSignIn, SourceSignIn } from '../../main/shared/connections.ts';
import type { JobContext } from '../engine/job-context.ts';
import { openDestination, openSource } from '../move/sides.ts';
import type { Undoer } from '../drivers.ts';
import { lookAtHyperv } from './hyperv.ts';
import { DoctorLedger } from './ledger.ts';
import { ownAddresses } from './local-networks.ts';
import { NOTHING, type SourceLook, type SourceSeen } from './look.ts';
import { lookAtOpenstack } from './openstack.ts';
import { Steps } from './steps.ts';
import { lookAtVsphere } from './vsphere.ts';

export async function doctor(
  job: DoctorJob,
  { signal, tellStep }: Pick<JobContext, 'signal' | 'tellStep'>,
): Promise<DoctorReport> {
  const beganMs = performance.now();
  const takenAt = new Date().toISOString();
  const steps = new Steps(tellStep, signal);
  const leftBehind: string[] = [];
  const left = (what: readonly string[]): void => void leftBehind.push(...what);
  const common = { steps, signal, dataDir: job.dataDir, left };
  const { source, destination } = job;
  let seen = NOTHING;
  let project: string | null = null;
  if (source !== null) {
    const { id } = source.connection;
    const ledger = new DoctorLedger(job.dataDir, id);
    try {
      const { vm, withSnapshot } = job;
      seen = await lookAtSource(source, { ...common, ledger, connection: id, vm, withSnapshot });
    } finally {
      left(await clearedOf(ledger, async (stop) => await openSource(source, stop)));
      await ledger.end();
    }
  }
  if (destination !== null) {
    const { id } = destination.connection;
    const ledger = new DoctorLedger(job.dataDir, id);
    try {
      project = await lookAtOpenstack(destination, { ...common, ledger, connection: id, writeTest: job.writeTest });
    } finally {
      left(await clearedOf(ledger, async (stop) => await openDestination(destination, stop)));
      await ledger.end();
    }
  }
  return {
    doctorVersion: 1,
    takenAt,
    seconds: (performance.now() - beganMs) / 1000,
    from: { host: hostname(), addresses: ownAddresses() },
    source: source === null ? null : { ...named(source), product: seen.product },
    destination: destination === null ? null : { ...named(destination), project },
    machine: seen.machine,
    steps: inOrder(steps.all),
    readings: [...seen.readings],
    chosen: seen.chosen,
    verdict: leftBehind.length > 0 ? 'bad' : worstOf(steps.all),
    leftBehind,
  };
}

async function lookAtSource({ connection, secret }: SourceSignIn, look: SourceLook): Promise<SourceSeen> {
  switch (connection.kind) {
    case 'vsphere':
      return await lookAtVsphere({ connection, secret }, look);
    case 'hyperv':
      return await lookAtHyperv({ connection, secret }, look);
  }
}

const SIGN_IN_PATIENCE_MS = 60_000;

/** What the look itself could not remove, as where its session was gone; signs in anew for it, also after a cancel. */
async function clearedOf(
  ledger: DoctorLedger,
  open: (signal: AbortSignal) => Promise<Undoer & AsyncDisposable>,
): Promise<string[]> {
  if (ledger.items.length === 0) return [];
  try {
    await using side = await open(AbortSignal.timeout(SIGN_IN_PATIENCE_MS));
    return await ledger.undoAll(side);
  } catch {
    return ledger.items.map(({ kind, name }) => `${kind} “${name}”: nobody lets Guts in to remove it.`);
  }
}

const named = ({ connection: { id, name } }: SourceSignIn | DestinationSignIn): { id: string; name: string } => ({
  id,
  name,
});

/** By group; within one as they were looked at. */
const inOrder = (steps: readonly DoctorStep[]): DoctorStep[] =>
  doctorGroups.flatMap((group) => steps.filter((step) => step.group === group));
