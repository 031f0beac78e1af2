/** Leads from a move that has ended without its server to the plan's editor, where it can be wished for otherwise. */
import type { ButtonProps } from '@mantine/core';
import type { ScheduledMigration } from '../../../main/shared/schedule.ts';
import { MayButton } from '../../parts/MayButton.tsx';
import { go } from '../../router.ts';
import { handOverAgain } from '../../state/draft-machines.ts';
import { t } from '../../texts/t.ts';

interface AnewButtonProps extends Pick<ButtonProps, 'size'> {
  readonly one: Pick<ScheduledMigration, 'request' | 'stage' | 'isRunning' | 'isQueued'>;
}

export function AnewButton({ one: { request, stage, isRunning, isQueued }, ...look }: AnewButtonProps) {
  const isEnded = stage === 'failed' || stage === 'cancelled';
  if (!isEnded || isRunning || isQueued) return null;
  return (
    <MayButton
      {...look}
      takes="operator"
      variant="default"
      onClick={() => {
        handOverAgain(request);
        go('/plans/new');
      }}
    >
      {t('migration.planAnew')}
    </MayButton>
  );
}
