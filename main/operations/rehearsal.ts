/** Rehearses a wave of a plan: gathers what is known of it here, and has an engine hold it against the cloud. */
import type { Parts, Some } from './handlers.ts';
import { GutsError } from '../shared/errors.ts';
import type { InventoryDatastore, InventoryNetwork, InventoryVm } from '../shared/inventory.ts';
import { defaultOptions, type MigrationId, type MigrationRecord } from '../shared/migration.ts';
import { nextWindow } from '../shared/next-window.ts';
import { elsewhereOf, timesOf, type Plan, type PlannedMachine } from '../shared/plans.ts';
import { measuredRate, type Measured } from '../shared/proposals/forecast.ts';
import { tornGroups } from '../shared/proposals/torn-groups.ts';
import type { MachineToRehearse, RehearseJob } from '../shared/rehearse-job.ts';
import type { SchedulerSettings } from '../shared/schedule.ts';
import { isAtRest, isOver } from '../shared/stages.ts';
import { siteRulesIn } from '../site-rules.ts';
import { Breather } from '../store/breather.ts';
import type { InventoryRow, InventoryView } from '../store/inventory-view.ts';
import { definedOf } from './defined.ts';
import { inventoryOf } from './inventory.ts';

/** So many of the newest are measured. */
const MOST_MEASURED = 10;

export class NoSuchWaveError extends GutsError {
  readonly code = 'plan.no-such-wave';
  readonly remedy: string;

  constructor({ name, machines }: Plan, wave: number) {
    super(`The plan “${name}” has no wave ${wave}.`);
    const waves = [...new Set(machines.map((one) => one.wave))].sort((a, b) => a - b);
    this.remedy = waves.length === 0 ? 'Put machines into the plan first.' : `Take one of these: ${waves.join(', ')}.`;
  }
}

interface Book {
  /** @throws where there is no such plan */
  find(nameOrId: string): Plan;
}

export function rehearsalHandlers(
  parts: Parts,
  scheduler: { readonly settings: SchedulerSettings },
  plans: Book,
): Some<'plans.rehearse'> {
  const { connections, engines, migrations, signIns, dataDir } = parts;
  return {
    'plans.rehearse': async ({ plan: nameOrId, wave = null, offline, bytesPerSecond }, { signal }) => {
      const plan = plans.find(nameOrId);
      if (wave !== null && !plan.machines.some((machine) => machine.wave === wave))
        throw new NoSuchWaveError(plan, wave);
      const source = await connections.find('source', plan.source);
      const inventory = await inventoryOf(parts, source, signal);
      const records = await migrations.all();
      const job: RehearseJob = {
        kind: 'rehearse',
        takenAt: new Date().toISOString(),
        plan: { id: plan.id, name: plan.name },
        wave,
        sourceName: source.name,
        source: offline ? null : await signIns.source(source.id),
        knownAt: inventory.takenAt,
        destination: await signIns.destination(plan.destination),
        ...(await machinesOf(plan, wave, inventory, new Map(records.map((one) => [one.request.id, one])))),
        ...timesFor(plan, wave),
        pace: paceOf(plan, records, scheduler.settings, bytesPerSecond ?? null),
        torn: tornGroups(
          inventory.told.filter(({ kind }) => kind === 'vm'),
          (ref) => plan.machines.some(({ vm, wave: own }) => vm.ref === ref && (wave === null || own === wave)),
          (ref) => plan.machines.find(({ vm }) => vm.ref === ref)?.wave ?? null,
        ),
        site: await siteRulesIn(parts),
        dataDir,
      };
      return await engines.run(job, signal);
    },
  };
}

/** All waves of a plan together begin when its first may. */
function timesFor(plan: Plan, wave: number | null): Pick<RehearseJob, 'window' | 'notBefore'> {
  const first = Math.min(...plan.machines.map((machine) => machine.wave), Number.MAX_SAFE_INTEGER);
  const { window, notBefore } = timesOf(plan, wave ?? first);
  return { window: window === null ? null : nextWindow(window, notBefore, Date.now()), notBefore };
}

/** Those of the wave, and of the waves before it: what these take is taken by then. */
async function machinesOf(
  plan: Plan,
  wave: number | null,
  inventory: InventoryView,
  records: ReadonlyMap<MigrationId, MigrationRecord>,
): Promise<Pick<RehearseJob, 'machines' | 'networks' | 'datastores'>> {
  const breather = new Breather();
  const wanted = plan.machines.filter((machine) => wave === null || machine.wave <= wave);
  const rows = new Map(inventory.told.filter(({ kind }) => kind === 'vm').map((row) => [row.ref, row]));
  const machines: MachineToRehearse[] = [];
  for (const machine of wanted) {
    if (breather.isDue) await breather.breathe();
    const record = machine.migration === null ? undefined : records.get(machine.migration);
    machines.push({
      ...standing(plan, machine, record),
      vm: machine.vm,
      wave: machine.wave,
      isEarlier: wave !== null && machine.wave < wave,
      options: record?.request.options ?? {
        ...defaultOptions,
        ...definedOf(plan.options),
        ...definedOf(machine.options),
      },
      known: vmOf(inventory, rows.get(machine.vm.ref)),
    });
  }
  const networks: InventoryNetwork[] = [];
  const datastores: InventoryDatastore[] = [];
  for (const row of inventory.told) {
    if (row.kind === 'vm' || row.kind === 'host') continue;
    const one = inventory.thing(row);
    if (one.kind === 'network') networks.push(one.thing);
    if (one.kind === 'datastore') datastores.push(one.thing);
  }
  return { machines, networks, datastores };
}

/** One that failed or was cancelled begins anew; one that waits in the queue has made nothing yet. */
function standing(
  plan: Plan,
  machine: PlannedMachine,
  record: MigrationRecord | undefined,
): Pick<MachineToRehearse, 'state' | 'made' | 'migration'> {
  const { migration } = machine;
  if (record === undefined || record.stage === 'given')
    return { state: standingElsewhere(plan, machine, record), made: [], migration: null };
  const { stage, ledger, isRunning } = record;
  const isBegun = isRunning || !(isOver(stage) || (isAtRest(stage) && ledger.length === 0));
  return {
    state: stage === 'done' ? 'moved' : isBegun ? 'underWay' : 'toDo',
    made: isBegun ? ledger.filter(({ side, id }) => side === 'destination' && id !== null).map(({ kind }) => kind) : [],
    migration,
  };
}

/** Of one that is not here, or not any more: as far as the Guts that has it has told. */
function standingElsewhere(
  plan: Plan,
  { wave }: PlannedMachine,
  record: MigrationRecord | undefined,
): MachineToRehearse['state'] {
  const isOpen = elsewhereOf(plan, wave)?.isOpen ?? (plan.given === undefined ? null : true);
  if (isOpen !== null) return isOpen ? 'elsewhere' : 'moved';
  return record === undefined ? 'toDo' : 'moved'; // it stayed where it ended when the plan came back
}

function vmOf(inventory: InventoryView, row: InventoryRow | undefined): InventoryVm | null {
  const one = row === undefined ? null : inventory.thing(row);
  return one?.kind === 'vm' ? one.thing : null;
}

function paceOf(
  { source, destination }: Plan,
  records: readonly MigrationRecord[],
  { slots }: SchedulerSettings,
  given: number | null,
): RehearseJob['pace'] {
  const atOnce = Math.min(slots.global, slots.perSource, slots.perDestination);
  if (given !== null) return { bytesPerSecond: given, from: 'given', atOnce };
  const measured: Measured[] = [];
  for (const record of records) {
    if (measured.length === MOST_MEASURED) break;
    if (record.request.source !== source || record.request.destination !== destination) continue;
    const one = measuredOf(record);
    if (one !== null) measured.push(one);
  }
  const rate = measuredRate(measured);
  return { bytesPerSecond: rate, from: rate === null ? null : 'measured', atOnce };
}

/** From when it left the queue. */
function measuredOf({ stages, plan }: MigrationRecord): Measured | null {
  const began = stages.find(({ stage }) => stage === 'preparing')?.at;
  const ended = stages.find(({ stage }) => stage === 'done')?.at;
  if (began === undefined || ended === undefined || plan === null) return null;
  const bytes = plan.disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { bytes, seconds: (Date.parse(ended) - Date.parse(began)) / 1000 };
}
