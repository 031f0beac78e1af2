/** What runs, and how fast all of it goes together. */
import { RunningRows } from '../../parts/RunningRows.tsx';
import { totalRate, useMigrations } from '../../state/migrations.ts';
import { isIn } from '../../state/standing.ts';
import { rateText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Overview.module.css';

const MOST = 8;

export function Running() {
  const running = useMigrations(({ rows }) => rows.filter(isIn.running).length);
  const rate = useMigrations(totalRate);
  return (
    <section className="guts-card" aria-label={t('facet.running')}>
      <h2 className={classes['title']}>
        {t('facet.running')} {running > 0 && <span className={classes['count']}>{running}</span>}
        {rate > 0 && <span className={classes['rate']}>{rateText(rate)}</span>}
      </h2>
      {running === 0 ? <p className={classes['fine']}>{t('shell.nothingRuns')}</p> : <RunningRows most={MOST} />}
    </section>
  );
}
