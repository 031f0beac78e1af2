/** When the migrations of a plan may start, in words, and when that is next. */
import { elsewhereOf, timesOf, type Plan } from '../../../main/shared/plans.ts';
import type { TimeWindow } from '../../../main/shared/schedule.ts';
import { BadWindowError, closingOf, nextOpening } from '../../../main/shared/windows.ts';
import { weekDays, wordsOf, type WeekDay } from '../../../main/shared/window-words.ts';
import { usePreferences } from '../../state/preferences.ts';
import { momentText, numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';

/** “Mon, Tue, Wed from 22:00 for 6 h (Europe/Berlin)”. */
export function windowText(window: TimeWindow): string {
  const { opens, minutes, timeZone } = window;
  const words = wordsOf(window);
  const span = minutes % 60 === 0 ? `${numberText(minutes / 60)} h` : `${numberText(minutes)} min`;
  if (words === null) return t('plans.windowCron', { opens, span, zone: timeZone });
  const days = words.days.length === weekDays.length ? t('plans.daily') : words.days.map(dayText).join(', ');
  return t('plans.windowWords', { days, from: words.from, span, zone: timeZone });
}

/** A Sunday, and so on. */
const SUNDAY = Date.UTC(2026, 10, 22);

/** “Mon”. */
export const dayText = (day: WeekDay): string =>
  new Intl.DateTimeFormat(usePreferences.getState().language === 'de' ? 'de' : 'en', {
    weekday: 'short',
    timeZone: 'UTC',
  }).format(new Date(SUNDAY + day * 86_400_000));

/** From when on something of it may start; null is at once. Never is told by a window that does not open any more. */
export function nextStart(
  { window, notBefore }: Pick<Plan, 'window' | 'notBefore'>,
  nowMs: number,
): Date | null | 'never' {
  const after = Math.max(nowMs, notBefore === null ? 0 : Date.parse(notBefore));
  const atEarliest = after > nowMs ? new Date(after) : null;
  if (window === null) return atEarliest;
  try {
    if (closingOf(window, after) !== null) return atEarliest;
    const opensMs = nextOpening(window, after);
    return opensMs === null ? 'never' : new Date(opensMs);
  } catch (error) {
    if (error instanceof BadWindowError) return 'never'; // the server refuses such windows; a draft may still have one
    throw error;
  }
}

/** A plan or a draft of one, as far as its times go. */
interface Timed extends Pick<Plan, 'window' | 'notBefore' | 'waves' | 'elsewhere'> {
  readonly machines: readonly { readonly wave: number; readonly migration: string | null }[];
}

/** Those of the first wave that still waits; of the plan itself, where none does. */
export function timesToCome(plan: Timed): Pick<Plan, 'window' | 'notBefore'> {
  const waiting = plan.machines.flatMap(({ wave, migration }) =>
    migration === null && elsewhereOf(plan, wave) === undefined ? [wave] : [],
  );
  return timesOf(plan, Math.min(...waiting));
}

/** As of now. */
export function nextStartText(plan: Pick<Plan, 'window' | 'notBefore'>): string {
  const next = nextStart(plan, Date.now());
  if (next === 'never') return t('plans.never');
  return next === null ? t('plans.atOnce') : momentText(next);
}

/** The window, and before it the first moment where that is still to come. */
export function whenText(times: Pick<Plan, 'window' | 'notBefore'>): string {
  if (times.window === null) return nextStartText(times);
  const isLater = times.notBefore !== null && Date.parse(times.notBefore) > Date.now();
  return [...(isLater ? [nextStartText(times)] : []), windowText(times.window)].join('; ');
}
