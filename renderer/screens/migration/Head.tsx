/** One line of figures above a migration: how much has arrived, how fast, until when, from where to where. */
import type { MigrationRow } from '../../../main/shared/migration-row.ts';
import type { ScheduledMigration } from '../../../main/shared/schedule.ts';
import { isOver } from '../../../main/shared/stages.ts';
import { leftText } from '../../parts/pace-text.ts';
import { rateById, useMigrations } from '../../state/migrations.ts';
import { exactText, momentText, rateText, timeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { arrivedText } from '../migrations/cells.tsx';
import { useNames } from '../migrations/use-names.ts';
import classes from './Migration.module.css';

interface HeadProps {
  readonly one: ScheduledMigration;
  readonly row: MigrationRow;
}

export function Head({ one, row }: HeadProps) {
  const names = useNames();
  const rate = useMigrations(rateById(row.id));
  const left = useMigrations(({ pace }) => leftText(pace[row.id]));
  const arrived = arrivedText(row);
  const figures: readonly (readonly [string, string, string?])[] = [
    [t('migrations.way'), `${names.source(row.source)} → ${names.destination(row.destination)}`],
    ...(row.plan === null
      ? []
      : [[t('migrations.plan'), t('migrations.planWave', { plan: names.plan(row.plan), wave: row.wave })] as const]),
    ...(arrived === '' ? [] : [[t('migrations.copied'), arrived] as const]),
    ...(rate > 0 ? [[t('migrations.rate'), rateText(rate)] as const] : []),
    ...(left === '' ? [] : [[t('migrations.left'), left] as const]),
    ...(row.startedAt === null ? [] : [[t('migrations.started'), momentText(row.startedAt), row.startedAt] as const]),
    ...(one.stoppedAt === null || isOver(one.stage)
      ? []
      : [
          [t('migration.stopped'), t('migration.stoppedAt', { time: timeText(one.stoppedAt) }), one.stoppedAt] as const,
        ]),
  ];
  return (
    <dl className={classes['figures']}>
      {figures.map(([name, value, at]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={at === undefined ? undefined : exactText(at)}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
