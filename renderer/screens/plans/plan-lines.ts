/** A plan as a line of the table: how far it is, by the migrations that were made of it. */
import type { MigrationRow } from '../../../main/shared/migration-row.ts';
import type { MigrationId } from '../../../main/shared/migration.ts';
import { elsewhereOf, type Plan } from '../../../main/shared/plans.ts';
import { isOver } from '../../../main/shared/stages.ts';
import type { Tone } from '../../parts/Badge.tsx';
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';

type Rows = Readonly<Record<MigrationId, MigrationRow>>;

export interface PlanStanding {
  readonly kind: 'draft' | 'ready' | 'running' | 'partly' | 'done' | 'doneWithFailures' | 'given';
  readonly done: number;
  readonly failed: number;
  readonly of: number;
}

export function standingOf(plan: Plan, byId: Rows): PlanStanding {
  const { machines, given, elsewhere = [] } = plan;
  const of = machines.length;
  const made = machines.flatMap(({ migration }) => migration ?? []);
  const all = made.flatMap((id) => byId[id] ?? []);
  const rows = given === undefined ? all.filter(({ stage }) => stage !== 'given') : all; // of those others tell
  const over = rows.filter(({ stage }) => isOver(stage));
  const done = over.filter(({ stage }) => stage === 'done').length;
  const failed = over.length - done;
  const counts = { done, failed, of };
  if (given !== undefined) return { kind: 'given', ...counts };
  if (of === 0) return { kind: 'draft', ...counts };
  const isOpenElsewhere = elsewhere.some(({ isOpen }) => isOpen);
  if (made.length === 0 && !isOpenElsewhere) return { kind: 'ready', ...counts };
  if (over.length < rows.length || isOpenElsewhere) return { kind: 'running', ...counts };
  if (toStart(plan) > 0) return { kind: 'partly', ...counts };
  return { kind: failed > 0 ? 'doneWithFailures' : 'done', ...counts };
}

export const standingTones: Readonly<Record<PlanStanding['kind'], Tone>> = {
  draft: 'still',
  ready: 'info',
  running: 'work',
  partly: 'wait',
  done: 'good',
  doneWithFailures: 'bad',
  given: 'still',
};

export const standingText = ({ kind, done, failed, of }: PlanStanding): string =>
  t(`plans.state.${kind}`, { done: numberText(done), failed: numberText(failed), of: numberText(of) });

/** How many of it were not started yet, and can be from here. */
export const toStart = (plan: Pick<Plan, 'machines' | 'given' | 'elsewhere'>): number =>
  plan.given === undefined
    ? plan.machines.filter(({ migration, wave }) => migration === null && elsewhereOf(plan, wave) === undefined).length
    : 0;

export const wavesOf = ({ machines }: Pick<Plan, 'machines'>): number => new Set(machines.map(({ wave }) => wave)).size;

/** Of machines that were planned by their migrations, of others by the inventory; null as long as one is not known. */
export function bytesOf({ machines }: Plan, byId: Rows, sizes: ReadonlyMap<string, number> | null): number | null {
  let sum = 0;
  for (const { vm, migration } of machines) {
    const planned = migration === null ? 0 : (byId[migration]?.sizeBytes ?? 0);
    const size = planned > 0 ? planned : sizes?.get(vm.ref);
    if (size === undefined) return null;
    sum += size;
  }
  return sum;
}
