/** What a plan says of its waves, and what is done with them. */
import type { Plan, PlannedWave } from '../../../../main/shared/plans.ts';
import { call } from '../../../api.ts';
import { toast } from '../../../parts/toast.ts';
import { plans } from '../../../state/connections.ts';
import { momentText, numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { windowText } from '../when-text.ts';

/** Those that have machines, or something for themselves. */
export const waveNumbers = ({ machines, waves }: Pick<Plan, 'machines' | 'waves'>): number[] =>
  [...new Set([...machines.map(({ wave }) => wave), ...waves.map(({ number }) => number)])].sort((a, b) => a - b);

/** What it has for itself. */
export const ownOf = ({ waves }: Pick<Plan, 'waves'>, number: number): PlannedWave =>
  waves.find((one) => one.number === number) ?? { number, name: null, window: null, notBefore: null };

/** “Wave 2 (databases)”. */
export function waveText(plan: Pick<Plan, 'waves'>, number: number): string {
  const wave = numberText(number);
  const { name } = ownOf(plan, number);
  return name === null ? t('plans.waveNumber', { wave }) : t('waves.named', { wave, name });
}

/** “2 (databases)”, where a sentence says that it is a wave. */
export function numberAndName(plan: Pick<Plan, 'waves'>, number: number): string {
  const { name } = ownOf(plan, number);
  return name === null ? numberText(number) : `${numberText(number)} (${name})`;
}

/** The times that it has for itself. */
export const ownTimesTexts = ({ window, notBefore }: Pick<PlannedWave, 'window' | 'notBefore'>): readonly string[] => [
  ...(window === null ? [] : [windowText(window)]),
  ...(notBefore === null ? [] : [t('waves.notBefore', { moment: momentText(notBefore) })]),
];

export async function saveWave({ id, waves }: Plan, wave: PlannedWave): Promise<void> {
  const others = waves.filter(({ number }) => number !== wave.number);
  const hasOwn = wave.name !== null || wave.window !== null || wave.notBefore !== null;
  await call('plans.change', { plan: id, waves: hasOwn ? [...others, wave] : others });
  await plans.load();
}

export async function moveTo(
  { id }: Plan,
  machines: readonly { readonly vm: string; readonly wave: number }[],
): Promise<void> {
  await call('plans.move', { plan: id, machines: [...machines] });
  await plans.load();
  toast(t('waves.moved', { count: machines.length, number: numberText(machines.length) }));
}
