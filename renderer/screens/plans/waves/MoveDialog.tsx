/** Puts machines of a plan into another wave. */
import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { Plan, PlannedMachine } from '../../../../main/shared/plans.ts';
import { ConfirmDialog } from '../../../parts/ConfirmDialog.tsx';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { moveTo, waveNumbers, waveText } from './waves.ts';

interface MoveDialogProps {
  readonly plan: Plan;
  readonly machines: readonly PlannedMachine[];
  readonly onClose: () => void;
}

export function MoveDialog({ plan, machines, onClose }: MoveDialogProps) {
  const known = waveNumbers(plan);
  const next = Math.max(0, ...known) + 1;
  const others = known.filter((wave) => machines.some((one) => one.wave !== wave));
  const [wave, setWave] = useState(others[0] ?? next);
  const count = { count: machines.length, number: numberText(machines.length) };
  return (
    <ConfirmDialog
      title={t('waves.move', count)}
      doIt={t('waves.moveTo', { ...count, wave: numberText(wave) })}
      isDangerous={false}
      onDo={async () =>
        await moveTo(
          plan,
          machines.map(({ vm }) => ({ vm: vm.ref, wave })),
        )
      }
      onClose={onClose}
    >
      <NativeSelect
        label={t('plans.wave')}
        value={String(wave)}
        data={[
          ...others.map((one) => ({ value: String(one), label: waveText(plan, one) })),
          { value: String(next), label: t('waves.new', { wave: numberText(next) }) },
        ]}
        onChange={({ currentTarget }) => setWave(Number(currentTarget.value))}
      />
    </ConfirmDialog>
  );
}
