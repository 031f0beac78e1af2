/** What goes on only if somebody does something: each with why, and its button. */
import { IconCircleCheck } from '@tabler/icons-react';
import { saysText } from '../migrations/cells.tsx';
import { showOnly } from '../migrations/Facets.tsx';
import { migrationPath } from '../migrations/columns.tsx';
import { NextButton } from '../migrations/NextButton.tsx';
import type { Acting } from '../migrations/acting/useActing.tsx';
import { StageBadge } from '../../parts/StageBadge.tsx';
import { useMigrations } from '../../state/migrations.ts';
import { isIn } from '../../state/standing.ts';
import { t } from '../../texts/t.ts';
import classes from './Overview.module.css';

const MOST = 6;

export function NeedsYou({ acting }: { readonly acting: Acting }) {
  const rows = useMigrations((state) => state.rows);
  const those = rows.filter(isIn.needsYou);
  return (
    <section className="guts-card" aria-label={t('facet.needsYou')}>
      <h2 className={classes['title']}>
        {t('facet.needsYou')} {those.length > 0 && <span className={classes['count']}>{those.length}</span>}
      </h2>
      {those.length === 0 ? (
        <p className={classes['fine']}>
          <IconCircleCheck size={18} aria-hidden="true" /> {t('overview.nobody')}
        </p>
      ) : (
        <ul className={classes['needs']}>
          {those.slice(0, MOST).map((row) => (
            <li key={row.id}>
              <div>
                <a href={`#${migrationPath(row.id)}`}>{row.vm.name}</a> <StageBadge row={row} />
                <small className="guts-quiet">{saysText(row)}</small>
              </div>
              <NextButton id={row.id} isOff={acting.isOff} onWish={acting.wish} />
            </li>
          ))}
        </ul>
      )}
      {those.length > MOST && (
        <a href="#/migrations" onClick={() => showOnly('needsYou')}>
          {t('overview.moreNeeds', { count: those.length - MOST })}
        </a>
      )}
    </section>
  );
}
