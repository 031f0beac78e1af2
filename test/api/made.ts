/** Migrations and plans as they are right after they were written down. */
import { defaultOptions, MigrationId, MigrationOptions } from '../../main/shared/migration.ts';
import type { DestinationId, SourceId } from '../../main/shared/connections.ts';
import type { ParsedOf } from '../../main/shared/operations.ts';
import type { Plan } from '../../main/shared/plans.ts';
import type { Rehearsal } from '../../main/shared/rehearsal.ts';
import { defaultSchedule, PlanId, type ScheduledMigration } from '../../main/shared/schedule.ts';
import { randomLetters } from '../../main/store/connections.ts';

interface Wish {
  readonly source: SourceId;
  readonly destination: DestinationId;
  readonly vm: string;
  readonly options: ParsedOf<'migrations.create'>['options'];
}

export function madeMigration({ source, destination, vm, options }: Wish): ScheduledMigration {
  const at = new Date().toISOString();
  return {
    request: {
      id: MigrationId.parse(`mig_${randomLetters()}`),
      source,
      destination,
      vm: { ref: 'vm-1', name: vm },
      options: MigrationOptions.parse({ ...defaultOptions, ...options }),
      createdAt: at,
    },
    stage: 'planned',
    isRunning: false,
    stages: [{ stage: 'planned', at }],
    stoppedAt: null,
    stops: [],
    findings: [],
    plan: null,
    disks: [],
    ledger: [],
    outcome: null,
    error: null,
    schedule: defaultSchedule,
    isQueued: false,
    waitsFor: null,
    placement: null,
    slowedBy: null,
    progress: [],
  };
}

type PlanFields = Omit<ParsedOf<'plans.create'>, 'source' | 'destination'> & {
  readonly source: SourceId;
  readonly destination: DestinationId;
};

export function madePlan({ machines, ...fields }: PlanFields): Plan {
  return {
    ...fields,
    id: PlanId.parse(`pln_${randomLetters()}`),
    machines: machines.map(({ vm, wave, options }) => ({ vm: { ref: vm, name: vm }, wave, options, migration: null })),
    createdAt: new Date().toISOString(),
    startedAt: null,
  };
}

/** Of which all is well. */
export function madeRehearsal({ id, name }: Plan, wave: number | null, isOffline: boolean): Rehearsal {
  return {
    rehearsalVersion: 1,
    takenAt: new Date().toISOString(),
    plan: { id, name },
    wave,
    source: 'vc1',
    destination: 'prod',
    project: { id: 'p1', name: 'migration' },
    isOffline,
    verdict: 'go',
    findings: [],
    notHeld: [],
    passed: ['NEW-01'],
    quota: [],
    flavors: [],
    subnets: [],
    storage: null,
    twins: [],
    times: { bytes: 0, bytesPerSecond: null, from: null, atOnce: 4, seconds: null, window: null, notBefore: null },
    torn: [],
    leftovers: [],
    machines: [],
    request: null,
  };
}
