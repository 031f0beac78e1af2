/** Chooses which migrations the reports are about. */
import { Group, NativeSelect, TextInput } from '@mantine/core';
import { PlanId } from '../../../main/shared/schedule.ts';
import { plans } from '../../state/connections.ts';
import { t } from '../../texts/t.ts';
import { isBackwards, periods, useScope } from './scope.ts';

export function ScopePicker() {
  const scope = useScope();
  const known = plans.use();
  const all = known.state === 'known' ? known.value : [];
  const waves = [...new Set(all.find(({ id }) => id === scope.plan)?.machines.map(({ wave }) => wave) ?? [])];
  const put = useScope.setState;

  return (
    <Group gap="sm" align="flex-start">
      <NativeSelect
        label={t('reports.plan')}
        data={[{ value: '', label: t('reports.anyPlan') }, ...all.map(({ id, name }) => ({ value: id, label: name }))]}
        value={scope.plan ?? ''}
        onChange={({ currentTarget: { value } }) => put({ plan: PlanId.safeParse(value).data ?? null, wave: null })}
        w={210}
      />
      {waves.length > 1 && (
        <NativeSelect
          label={t('reports.wave')}
          data={[
            { value: '', label: t('reports.anyWave') },
            ...waves
              .sort((a, b) => a - b)
              .map((wave) => ({ value: String(wave), label: t('reports.waveN', { wave }) })),
          ]}
          value={scope.wave === null ? '' : String(scope.wave)}
          onChange={({ currentTarget: { value } }) => put({ wave: value === '' ? null : Number(value) })}
          w={150}
        />
      )}
      <NativeSelect
        label={t('reports.period')}
        data={periods.map((period) => ({ value: period, label: t(`reports.period.${period}`) }))}
        value={scope.period}
        onChange={({ currentTarget: { value } }) => put({ period: periods.find((one) => one === value) ?? 'all' })}
        w={200}
      />
      {scope.period === 'days' && (
        <>
          <TextInput
            type="date"
            label={t('reports.first')}
            value={scope.first}
            onChange={({ currentTarget: { value } }) => put({ first: value })}
          />
          <TextInput
            type="date"
            label={t('reports.last')}
            value={scope.last}
            error={isBackwards(scope) ? t('reports.backwards') : undefined}
            onChange={({ currentTarget: { value } }) => put({ last: value })}
          />
        </>
      )}
    </Group>
  );
}
