/** What runs, in short: each with how far and how fast it is, and until when. */
import { memo } from 'react';
import type { MigrationId } from '../../main/shared/migration.ts';
import { arrivedBytes } from '../../main/shared/migration-row.ts';
import { pathOf } from '../router.ts';
import { rateById, useMigrations } from '../state/migrations.ts';
import { isIn } from '../state/standing.ts';
import { rateText } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import { leftText } from './pace-text.ts';
import { ProgressBar } from './ProgressBar.tsx';
import classes from './RunningRows.module.css';
import { StageBadge } from './StageBadge.tsx';

interface RunningRowsProps {
  readonly most: number;
  /** Where one was chosen. */
  readonly onOpen?: () => void;
}

export function RunningRows({ most, onOpen }: RunningRowsProps) {
  const rows = useMigrations((state) => state.rows);
  const running = rows.filter(isIn.running);
  return (
    <>
      <ul className={classes['rows']}>
        {running.slice(0, most).map(({ id }) => (
          <RunningRow key={id} id={id} {...(onOpen === undefined ? {} : { onOpen })} />
        ))}
      </ul>
      {running.length > most && (
        <a href="#/migrations" {...(onOpen === undefined ? {} : { onClick: onOpen })}>
          {t('running.more', { count: running.length - most })}
        </a>
      )}
    </>
  );
}

const RunningRow = memo(function RunningRow({
  id,
  onOpen,
}: {
  readonly id: MigrationId;
  readonly onOpen?: () => void;
}) {
  const row = useMigrations(({ byId }) => byId[id]);
  const rate = useMigrations(rateById(id));
  const left = useMigrations(({ pace }) => leftText(pace[id]));
  if (row === undefined) return null;
  const figures = [rate > 0 ? rateText(rate) : '', left].filter((text) => text !== '');
  return (
    <li>
      <div className={classes['head']}>
        <a href={`#${pathOf('migrations', id)}`} {...(onOpen === undefined ? {} : { onClick: onOpen })}>
          {row.vm.name}
        </a>
        <StageBadge row={row} />
        <span className={classes['figures']}>{figures.join(' · ')}</span>
      </div>
      {row.stage === 'copying' && row.sizeBytes > 0 && (
        <ProgressBar
          done={arrivedBytes(row)}
          of={row.sizeBytes}
          label={(percent) => t('migrations.progressOf', { vm: row.vm.name, percent })}
        />
      )}
    </li>
  );
});
