/** Which waves of a plan change hands: all of them, until somebody takes one out. */
import { Checkbox, Group } from '@mantine/core';
import type { Plan } from '../../../main/shared/plans.ts';
import { t } from '../../texts/t.ts';
import { waveText } from './waves/waves.ts';

interface WaveChoiceProps {
  readonly plan: Plan;
  readonly waves: readonly number[];
  readonly chosen: readonly number[];
  readonly onChange: (chosen: readonly number[]) => void;
}

export function WaveChoice({ plan, waves, chosen, onChange }: WaveChoiceProps) {
  return (
    <Checkbox.Group
      label={t('handover.waves')}
      description={t('handover.wavesWhy')}
      error={chosen.length === 0 ? t('handover.noWaves') : undefined}
      value={chosen.map(String)}
      onChange={(now) => onChange(waves.filter((wave) => now.includes(String(wave))))}
    >
      <Group gap="md" mt={6}>
        {waves.map((wave) => (
          <Checkbox key={wave} value={String(wave)} label={waveText(plan, wave)} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}
