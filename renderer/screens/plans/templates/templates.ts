/** What is done with templates of plans, and what each holds, in words. */
import { defaultOptions, type MigrationOptions } from '../../../../main/shared/migration.ts';
import type { Plan, PlanTemplate } from '../../../../main/shared/plans.ts';
import { call } from '../../../api.ts';
import { toast } from '../../../parts/toast.ts';
import { planTemplates } from '../../../state/connections.ts';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { windowText } from '../when-text.ts';
import { ownTimesTexts, waveText } from '../waves/waves.ts';
import { fieldLabel, isFieldName } from '../wizard/field-names.ts';

/** Names are the same in capitals. */
export const templateNamed = (all: readonly PlanTemplate[], name: string): PlanTemplate | null =>
  all.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? null;

export async function saveTemplate(plan: Plan, name: string, replace: boolean): Promise<void> {
  await call('planTemplates.save', { name, plan: plan.id, replace });
  await planTemplates.load();
  toast(t('templates.saved', { name }));
}

export async function deleteTemplate({ name }: PlanTemplate): Promise<void> {
  await call('planTemplates.delete', { template: name });
  await planTemplates.load();
  toast(t('templates.deleted', { name }));
}

/** “Wave 2 (databases): Sat from 08:00 for 6 h (Europe/Berlin)”, for each that has something for itself. */
export const ownWaveTexts = ({ waves }: Pick<Plan, 'waves'>): readonly string[] =>
  [...waves]
    .sort((a, b) => a.number - b.number)
    .map((wave) => {
      const name = waveText({ waves }, wave.number);
      const times = ownTimesTexts(wave);
      return times.length === 0 ? name : t('templates.wave', { name, times: times.join('; ') });
    });

/** When its plans may start, as far as the waves say nothing else. */
export const timesText = ({ window }: PlanTemplate): string =>
  window === null ? t('templates.anyTime') : windowText(window);

/** What it says beside its sides and its times. */
export function settingsTexts({ options, priority }: PlanTemplate): readonly string[] {
  const said = Object.entries(options)
    .filter(([field, value]) => field !== 'accept' && isOwn(field, value))
    .map(([field]) => field);
  const others = said.filter((field) => field !== 'networks' && !isFieldName(field)).length;
  return [
    ...(priority === 0 ? [] : [t('templates.priority', { priority: numberText(priority) })]),
    ...(said.includes('networks') ? [t('wizard.networks')] : []),
    ...((options.accept ?? 'all').length > 0 ? [t('templates.accepted')] : []),
    ...said.filter(isFieldName).map(fieldLabel),
    ...(others === 0 ? [] : [t('templates.others', { count: others, number: numberText(others) })]),
  ];
}

/** Not as it is where nobody says anything. */
const isOwn = (field: string, value: unknown): boolean =>
  value !== undefined && JSON.stringify(value) !== JSON.stringify(defaultOptions[field as keyof MigrationOptions]);
