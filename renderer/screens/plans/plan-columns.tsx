/** The columns of the table of plans, and the lines that it shows. */
import { useMemo } from 'react';
import type { Plan } from '../../../main/shared/plans.ts';
import { Badge } from '../../parts/Badge.tsx';
import type { Column } from '../../parts/table/column.ts';
import { destinations, sources } from '../../state/connections.ts';
import type { Loaded } from '../../state/loaded.ts';
import { useMigrations } from '../../state/migrations.ts';
import { momentText, numberText, sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { bytesOf, standingOf, standingText, standingTones, toStart, wavesOf, type PlanStanding } from './plan-lines.ts';
import { useSizes } from './sizes.ts';
import { nextStartText, timesToCome } from './when-text.ts';

export interface PlanLine {
  readonly plan: Plan;
  readonly from: string;
  readonly to: string;
  readonly bytes: number | null;
  readonly standing: PlanStanding;
  /** Empty where nothing of it is left to start. */
  readonly next: string;
}

export function usePlanLines(plans: readonly Plan[]): readonly PlanLine[] {
  const byId = useMigrations((state) => state.byId);
  const from = namesOf(sources.use());
  const to = namesOf(destinations.use());
  const sizes = useSizes(plans);
  return useMemo(
    () =>
      plans.map((plan): PlanLine => {
        const standing = standingOf(plan, byId);
        const isToCome = toStart(plan) > 0;
        return {
          plan,
          from: from.get(plan.source) ?? plan.source,
          to: to.get(plan.destination) ?? plan.destination,
          bytes: bytesOf(plan, byId, sizes.get(plan.source) ?? null),
          standing,
          next: isToCome ? nextStartText(timesToCome(plan)) : '',
        };
      }),
    [plans, byId, from, to, sizes],
  );
}

const none: ReadonlyMap<string, string> = new Map();
const kept = new WeakMap<object, ReadonlyMap<string, string>>();

/** Names by ids; the same map as long as the list is the same. */
export function namesOf(
  list: Loaded<readonly { readonly id: string; readonly name: string }[]>,
): ReadonlyMap<string, string> {
  if (list.state !== 'known') return none;
  const known = kept.get(list.value) ?? new Map(list.value.map(({ id, name }) => [id, name]));
  kept.set(list.value, known);
  return known;
}

export const planColumns = (): readonly Column<PlanLine>[] => [
  { id: 'name', title: t('plans.name'), value: ({ plan }) => plan.name, width: 160 },
  { id: 'route', title: t('plans.route'), value: ({ from, to }) => `${from} → ${to}`, width: 140 },
  {
    id: 'state',
    title: t('plans.stateTitle'),
    value: ({ standing }) => standingText(standing),
    cell: ({ standing }) => <Badge tone={standingTones[standing.kind]}>{standingText(standing)}</Badge>,
    width: 225,
  },
  {
    id: 'vms',
    title: t('plans.vms'),
    value: ({ plan }) => plan.machines.length,
    text: ({ plan }) => numberText(plan.machines.length),
    isNumber: true,
    width: 60,
  },
  {
    id: 'size',
    title: t('plans.size'),
    value: ({ bytes }) => bytes,
    text: ({ bytes }) => (bytes === null ? t('plans.sizeUnknown') : sizeText(bytes)),
    isNumber: true,
    width: 85,
  },
  {
    id: 'waves',
    title: t('plans.waves'),
    value: ({ plan }) => wavesOf(plan),
    text: ({ plan }) => numberText(wavesOf(plan)),
    isNumber: true,
    width: 70,
  },
  {
    id: 'next',
    title: t('plans.next'),
    value: ({ next }) => (next === '' ? null : next),
    text: ({ next }) => next,
    width: 130,
  },
  {
    id: 'priority',
    title: t('plans.priority'),
    value: ({ plan }) => plan.priority,
    text: ({ plan }) => numberText(plan.priority),
    isNumber: true,
    isExtra: true,
  },
  {
    id: 'created',
    title: t('plans.created'),
    value: ({ plan }) => plan.createdAt,
    text: ({ plan }) => momentText(plan.createdAt),
    isExtra: true,
    width: 170,
  },
];
