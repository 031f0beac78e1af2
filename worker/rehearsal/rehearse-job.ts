/** Rehearses a wave: signs in once to each side, looks at each of its machines with the same facts of the cloud, and sums up. */
import { toErrorInfo } from '../../main/shared/errors.ts';
import type { CloudFacts } from '../../main/shared/cloud.ts';
import type { TidyResult } from '../../main/shared/move-jobs.ts';
import { isCounted, type Rehearsal } from '../../main/shared/rehearsal.ts';
import type { MachineToRehearse, RehearseJob } from '../../main/shared/rehearse-job.ts';
import type { DestinationDriver, SourceDriver } from '../drivers.ts';
import { Shelf } from '../engine/migrate/shelf.ts';
import { tidySide } from '../engine/migrate/tidy.ts';
import { plan } from '../move/plan-job.ts';
import { openDestination, openSource } from '../move/sides.ts';
import { planMigration } from '../plan/plan.ts';
import type { Looked } from './demand.ts';
import { rehearsalOf } from './sum.ts';

/** Machines that the source is asked for at the same time. */
const AT_ONCE = 8;
/** What only the source can say of a machine: it is not asked here. */
const NEEDS_SOURCE = ['DSK-24', 'SRC-04'];

/** @throws what signing in and asking throws; a machine that cannot be looked at is told with its reason */
export async function rehearse(job: RehearseJob, signal: AbortSignal): Promise<Rehearsal> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  try {
    await using destination = await openDestination(job.destination, stop);
    const asking = Promise.all([destination.facts(stop), leftoversOf(job, destination, stop)]);
    asking.catch(() => {}); // it is waited for below
    await using source = job.source === null ? null : await openSource(job.source, stop);
    const [cloud, leftovers] = await asking;
    const looked = await lookAtAll(job, source, cloud, stop);
    return rehearsalOf(job, looked, cloud, leftovers);
  } catch (error) {
    failed.abort(error); // nobody waits for the rest
    throw error;
  }
}

async function leftoversOf(
  { destination: { connection }, dataDir }: RehearseJob,
  destination: DestinationDriver,
  signal: AbortSignal,
): Promise<TidyResult['leftovers']> {
  const onlyLook = { remove: false, alsoUnknown: false };
  return await tidySide(connection.name, destination, new Shelf(dataDir), onlyLook, signal);
}

async function lookAtAll(
  job: RehearseJob,
  source: SourceDriver | null,
  cloud: CloudFacts,
  signal: AbortSignal,
): Promise<Looked[]> {
  const looked: Looked[] = [];
  const left = job.machines.entries();
  const lane = async (): Promise<void> => {
    for (const [at, machine] of left) {
      signal.throwIfAborted();
      looked[at] = await lookAt(job, machine, source, cloud, signal);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return looked;
}

/** What goes before the wave, or has begun already, was looked at elsewhere: only what it takes is of interest. */
async function lookAt(
  job: RehearseJob,
  machine: MachineToRehearse,
  source: SourceDriver | null,
  cloud: CloudFacts,
  signal: AbortSignal,
): Promise<Looked> {
  const { known, state, isEarlier } = machine;
  if (!isCounted(machine)) return { machine, vm: known, plan: null, findings: [], obstacle: null };
  if (source === null || state === 'underWay' || isEarlier) {
    if (known === null) return gone(machine, state === 'underWay' || isEarlier);
    const { plan, findings } = planned(job, machine, known, cloud);
    return { machine, vm: known, plan, findings: state === 'toDo' && !isEarlier ? findings : [], obstacle: null };
  }
  try {
    const both = { source, destination: { facts: async () => await Promise.resolve(cloud) } };
    const asked = { ...machine, ...(machine.migration === null ? {} : { id: machine.migration }) };
    const { vm, plan: made, findings } = await plan(asked, both, signal, job.site);
    return { machine, vm, plan: made, findings, obstacle: null };
  } catch (error) {
    signal.throwIfAborted();
    return { machine, vm: known, plan: null, findings: [], obstacle: toErrorInfo(error).message };
  }
}

const gone = (machine: MachineToRehearse, isOfNoInterest: boolean): Looked => ({
  machine,
  vm: null,
  plan: null,
  findings: [],
  obstacle: isOfNoInterest ? null : 'The inventory does not have it any more.',
});

/** By what the inventory has; some way to read its disks is taken for granted. */
function planned(
  { networks, datastores, site, knownAt }: RehearseJob,
  { options }: MachineToRehearse,
  vm: NonNullable<MachineToRehearse['known']>,
  cloud: CloudFacts,
): Pick<Looked, 'plan' | 'findings'> {
  const reading = options.reading === 'auto' ? 'lease' : options.reading;
  const checked = planMigration({
    vm,
    networks: networks.filter(({ ref }) => vm.nics.some(({ network }) => network === ref)),
    datastores: datastores.filter(({ ref }) => vm.disks.some(({ datastore }) => datastore === ref)),
    host: null,
    cloud,
    options,
    takenAt: knownAt,
    readings: [{ reading, obstacle: null, reason: '' }],
    missingPrivileges: [],
    ...(site === undefined ? {} : { site }),
  });
  return { plan: checked.plan, findings: checked.findings.filter(({ id }) => !NEEDS_SOURCE.includes(id)) };
}
