/** Opens the activity, and says how much runs. */
import { UnstyledButton } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { useMigrations } from '../state/migrations.ts';
import { isIn } from '../state/standing.ts';
import { numberText } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import classes from './Activity.module.css';
import { toggleActivity } from './activity-open.ts';

export function ActivityButton() {
  const running = useMigrations(({ rows }) => rows.filter(isIn.running).length);
  return (
    <UnstyledButton
      className={classes['button'] ?? ''}
      aria-keyshortcuts="Control+J"
      aria-haspopup="dialog"
      onClick={toggleActivity}
    >
      <IconActivity size={16} aria-hidden="true" />
      {t('activity.title')}
      {running > 0 && (
        <span className={classes['count']} title={t('shell.running', { count: running })}>
          {numberText(running)}
        </span>
      )}
    </UnstyledButton>
  );
}
