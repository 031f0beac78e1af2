/** Ctrl+J: everything that runs, and what has happened lately, newest first; each leads to its thing. */
import { Drawer, Text } from '@mantine/core';
import { RunningRows } from '../parts/RunningRows.tsx';
import { useActivity } from '../state/activity.ts';
import { totalRate, useMigrations } from '../state/migrations.ts';
import { isIn } from '../state/standing.ts';
import { rateText } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import classes from './Activity.module.css';
import { ActivityEntry } from './ActivityEntry.tsx';
import { RunningReadings } from './RunningReadings.tsx';
import { closeActivity, useActivityOpen } from './activity-open.ts';

const MOST_RUNNING = 8;
const MOST_ENTRIES = 100;

export function Activity() {
  const isOpen = useActivityOpen((state) => state.isOpen);
  return (
    <Drawer
      opened={isOpen}
      onClose={closeActivity}
      position="right"
      size="26rem"
      title={t('activity.title')}
      closeButtonProps={{ 'aria-label': t('dialog.close') }}
    >
      {isOpen && <Content />}
    </Drawer>
  );
}

function Content() {
  const entries = useActivity((state) => state.entries);
  const running = useMigrations(({ rows }) => rows.filter(isIn.running).length);
  const rate = useMigrations(totalRate);
  return (
    <>
      <section aria-label={t('activity.running')}>
        <h3 className={classes['title']}>
          {t('activity.running')} {rate > 0 && <small className="guts-quiet">{rateText(rate)}</small>}
        </h3>
        <RunningReadings />
        {running === 0 ? (
          <Text c="dimmed" size="sm">
            {t('shell.nothingRuns')}
          </Text>
        ) : (
          <RunningRows most={MOST_RUNNING} onOpen={closeActivity} />
        )}
      </section>
      <section aria-label={t('activity.lately')}>
        <h3 className={classes['title']}>{t('activity.lately')}</h3>
        {entries.length === 0 ? (
          <Text c="dimmed" size="sm">
            {t('activity.nothing')}
          </Text>
        ) : (
          <ol className={classes['entries']}>
            {entries.slice(0, MOST_ENTRIES).map((entry) => (
              <ActivityEntry key={entry.key} entry={entry} />
            ))}
          </ol>
        )}
      </section>
    </>
  );
}
