/** When the next machines start by themselves. */
import { pathOf } from '../../router.ts';
import { plans } from '../../state/connections.ts';
import { useMigrations } from '../../state/migrations.ts';
import { exactText, momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { useNow } from '../../parts/use-now.ts';
import { useNames } from '../migrations/use-names.ts';
import { nextWindowsOf } from './next-windows.ts';
import classes from './Overview.module.css';

const MOST = 5;
const LOOK_EVERY_MS = 30_000;

export function NextWindows() {
  const rows = useMigrations((state) => state.rows);
  const known = plans.use();
  const names = useNames();
  const now = useNow(LOOK_EVERY_MS);
  const windows = nextWindowsOf(rows, known.state === 'known' ? known.value : [], now);
  return (
    <section className="guts-card" aria-label={t('overview.windows')}>
      <h2 className={classes['title']}>{t('overview.windows')}</h2>
      {windows.length === 0 ? (
        <p className={classes['fine']}>{t('overview.noWindows')}</p>
      ) : (
        <ul className={classes['needs']}>
          {windows.slice(0, MOST).map(({ atMs, plan, vms, isUnstarted }) => (
            <li key={`${plan} ${atMs}`}>
              <div>
                <time dateTime={new Date(atMs).toISOString()} title={exactText(atMs)}>
                  {momentText(atMs)}
                </time>{' '}
                {plan === null ? null : <a href={`#${pathOf('plans', plan)}`}>{names.plan(plan)}</a>}
                <small className="guts-quiet">
                  {isUnstarted ? t('overview.unstarted', { count: vms }) : t('overview.starts', { count: vms })}
                </small>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
