/** Keeps everything of a plan but its machines under a name; of a name that is taken it says so before. */
import { Stack, Text, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Plan } from '../../../../main/shared/plans.ts';
import { ConfirmDialog } from '../../../parts/ConfirmDialog.tsx';
import { Faces } from '../../../parts/Faces.tsx';
import { planTemplates } from '../../../state/connections.ts';
import { momentText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { saveTemplate, templateNamed } from './templates.ts';

const MOST_LETTERS = 63;

interface SaveTemplateDialogProps {
  readonly plan: Plan;
  readonly onClose: () => void;
}

export function SaveTemplateDialog({ plan, onClose }: SaveTemplateDialogProps) {
  const known = planTemplates.use();
  const [typed, setTyped] = useState(plan.name);
  useEffect(() => void planTemplates.load(), []);
  const name = typed.trim();
  const taken = known.state === 'known' ? templateNamed(known.value, name) : null;
  return (
    <ConfirmDialog
      title={t('templates.saveAbout', { name: plan.name })}
      doIt={taken === null ? t('templates.save') : t('templates.replace', { name: taken.name })}
      isDangerous={taken !== null}
      isOff={name === '' || known.state !== 'known'}
      onDo={async () => await saveTemplate(plan, name, taken !== null)}
      onClose={onClose}
    >
      <Stack gap="sm">
        <Text>{t('templates.saveWhat')}</Text>
        <Faces of={known} onRetry={() => void planTemplates.load()}>
          {() => (
            <>
              <TextInput
                label={t('templates.name')}
                required
                value={typed}
                maxLength={MOST_LETTERS}
                onChange={({ currentTarget }) => setTyped(currentTarget.value)}
              />
              <div aria-live="polite">
                {taken !== null && (
                  <Text>{t('templates.taken', { name: taken.name, time: momentText(taken.createdAt) })}</Text>
                )}
              </div>
            </>
          )}
        </Faces>
      </Stack>
    </ConfirmDialog>
  );
}
