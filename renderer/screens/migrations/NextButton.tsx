/** The button of a row: the one thing that a person most likely wants of it now. */
import { memo } from 'react';
import type { MigrationId } from '../../../main/shared/migration.ts';
import { useMigrations } from '../../state/migrations.ts';
import { needsYou } from '../../../main/shared/needs-you.ts';
import { t } from '../../texts/t.ts';
import type { Acting } from './acting/useActing.tsx';
import { wishText } from './acting/wish-text.ts';
import { nextFor } from './acting/wishes.ts';
import classes from './Migrations.module.css';

interface NextButtonProps {
  readonly id: MigrationId;
  readonly isOff: string | null;
  readonly onWish: Acting['wish'];
}

export const NextButton = memo(function NextButton({ id, isOff, onWish }: NextButtonProps) {
  const row = useMigrations(({ byId }) => byId[id]);
  const next = row === undefined ? null : nextFor(row);
  if (row === undefined || next === null) return null;
  return (
    <button
      type="button"
      className={classes['next']}
      data-urgent={needsYou(row) || undefined}
      aria-label={wishText(next, [row])}
      title={isOff ?? t(`effect.${next}`)}
      aria-disabled={isOff !== null}
      onClick={() => (isOff === null ? onWish(next, [row]) : undefined)}
    >
      {t(`wish.short.${next}`)}
    </button>
  );
});
