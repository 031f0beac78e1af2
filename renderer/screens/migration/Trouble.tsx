/** Why a migration has failed, or what it waits for: at the top, with the buttons that do what the remedy says. */
import { IconAlertTriangle } from '@tabler/icons-react';
import type { MigrationRow } from '../../../main/shared/migration-row.ts';
import type { ScheduledMigration } from '../../../main/shared/schedule.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { timeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { ConnectionRemedy } from '../connections/ConnectionRemedy.tsx';
import { hasRemedy } from '../connections/RemedyButtons.tsx';
import type { Acting } from '../migrations/acting/useActing.tsx';
import { WishButton } from '../migrations/acting/WishButton.tsx';
import { nextFor } from '../migrations/acting/wishes.ts';
import { AnewButton } from './AnewButton.tsx';
import { LogButton } from './LogButton.tsx';
import classes from './Migration.module.css';
import { sourceText } from './source-text.ts';
import { stageBeforeFailure } from './steps.ts';

interface TroubleProps {
  readonly one: ScheduledMigration;
  readonly row: MigrationRow;
  readonly acting: Acting;
}

export function Trouble({ one, row, acting }: TroubleProps) {
  const { error, stage, stages, waitsFor, slowedBy, request } = one;
  const isTrouble = error !== null && (stage === 'failed' || stage === 'waiting');
  const before = stageBeforeFailure(stages);
  const at = stages.at(-1)?.at;
  const next = nextFor(row);

  if (isTrouble) {
    const actions = (
      <>
        <ConnectionRemedy error={error} source={row.source} destination={row.destination} />
        {next !== null && (
          <WishButton
            wish={next}
            row={row}
            acting={acting}
            size="xs"
            variant={hasRemedy(error) ? 'default' : 'filled'} // it would fail again before that
          />
        )}
        <AnewButton one={one} size="xs" />
        <LogButton of={row.id} />
      </>
    );
    const title =
      before === null ? 'migration.failed' : stage === 'failed' ? 'migration.failedAt' : 'migration.waitsAt';
    const words = { vm: request.vm.name, stage: before === null ? '' : t(`stage.${before}`) };
    return (
      <>
        <ErrorCard
          title={t(title, words)}
          error={error}
          aftermath={sourceText(one)}
          {...(at === undefined ? {} : { at })}
          actions={actions}
        />
        {waitsFor !== null && (
          <Waits
            says={waitsFor.says.startsWith(error.message) ? t('migration.triesAgain') : waitsFor.says}
            until={waitsFor.until}
          />
        )}
      </>
    );
  }
  if (waitsFor !== null) return <Waits says={waitsFor.says} until={waitsFor.until} />;
  return slowedBy === null ? null : <Waits says={t('migrations.slowedBy', { says: slowedBy.says })} until={null} />;
}

function Waits({ says, until }: { readonly says: string; readonly until: string | null }) {
  return (
    <p className={classes['waits']}>
      <IconAlertTriangle size={18} aria-hidden="true" />
      <span>
        {says} {until !== null && t('migration.until', { time: timeText(until) })}
      </span>
    </p>
  );
}
