/** Which migrations the reports are about: of a plan, of a wave, of a period; kept while the window is open. */
import { create } from 'zustand';
import type { PlanId } from '../../../main/shared/schedule.ts';
import type { ReportScope } from '../../../main/shared/report-wish.ts';

export const periods = ['all', 'week', 'month', 'days'] as const;
export type Period = (typeof periods)[number];

export interface Scope {
  readonly plan: PlanId | null;
  readonly wave: number | null;
  readonly period: Period;
  /** First and last day, as `2026-11-21`; empty is open. They count where the period is `days`. */
  readonly first: string;
  readonly last: string;
}

export const everything: Scope = { plan: null, wave: null, period: 'all', first: '', last: '' };
export const useScope = create<Scope>()(() => everything);

const DAY_MS = 86_400_000;
const WHOLE_DAYS: Readonly<Record<Exclude<Period, 'days'>, number | null>> = { all: null, week: 7, month: 30 };

/** @param now that of the last look: the same as long as nobody looks again */
export function inputOf(scope: Scope, now: number): Omit<ReportScope, 'details'> {
  const { plan, wave } = scope;
  const { from, to } = spanOf(scope, now);
  return {
    ...(plan === null ? {} : { plan }),
    ...(plan === null || wave === null ? {} : { wave }),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
  };
}

/** Whether the days are none, or end before they begin. */
export const isBackwards = ({ period, first, last }: Scope): boolean =>
  period === 'days' && first !== '' && last !== '' && last < first;

function spanOf({ period, first, last }: Scope, now: number): { from: string | null; to: string | null } {
  if (period !== 'days') {
    const days = WHOLE_DAYS[period];
    return { from: days === null ? null : new Date(now - days * DAY_MS).toISOString(), to: null };
  }
  return { from: first === '' ? null : startOf(first, 0), to: last === '' ? null : startOf(last, 1) };
}

/** Midnight here, so many days later. */
function startOf(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}
