/** What a wave has for itself: a name, a window, a first moment. */
import { Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Plan } from '../../../../main/shared/plans.ts';
import { ConfirmDialog } from '../../../parts/ConfirmDialog.tsx';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { isoOf, localOf } from '../wizard/local-moment.ts';
import { windowProblems } from '../wizard/problems.ts';
import { WindowFields } from '../wizard/WindowFields.tsx';
import { ownOf, saveWave } from './waves.ts';

const MOST_LETTERS = 63;

interface WaveDialogProps {
  readonly plan: Plan;
  readonly wave: number;
  readonly onClose: () => void;
}

export function WaveDialog({ plan, wave, onClose }: WaveDialogProps) {
  const [own, setOwn] = useState(() => ownOf(plan, wave));
  const problems = windowProblems(own.window);
  const problemAt = (field: string): string | null => problems.find((one) => one.field === field)?.says ?? null;
  const isMoved = plan.machines.some((one) => one.wave === wave && one.migration !== null);
  return (
    <ConfirmDialog
      title={t('waves.edit', { wave: numberText(wave) })}
      size="lg"
      doIt={t('waves.save')}
      isDangerous={false}
      isOff={problems.length > 0}
      onDo={async () => {
        const name = own.name?.trim() ?? '';
        await saveWave(plan, { ...own, name: name === '' ? null : name });
      }}
      onClose={onClose}
    >
      <Stack gap="sm">
        {isMoved && <Text>{t('waves.started')}</Text>}
        <TextInput
          label={t('waves.name')}
          value={own.name ?? ''}
          maxLength={MOST_LETTERS}
          onChange={({ currentTarget }) => setOwn({ ...own, name: currentTarget.value })}
        />
        <WindowFields window={own.window} onChange={(window) => setOwn({ ...own, window })} problemAt={problemAt} />
        <TextInput
          type="datetime-local"
          label={t('wizard.notBefore')}
          description={t('wizard.notBeforeWhy')}
          value={localOf(own.notBefore)}
          onChange={({ currentTarget }) => setOwn({ ...own, notBefore: isoOf(currentTarget.value) })}
        />
        <Text size="sm" className="guts-quiet">
          {t('waves.elseAsPlan')}
        </Text>
      </Stack>
    </ConfirmDialog>
  );
}
