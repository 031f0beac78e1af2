/** The last seven days in four figures. */
import { useMigrations } from '../../state/migrations.ts';
import { numberText, sizeText, spanText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { useNow } from '../../parts/use-now.ts';
import { lastDaysOf, median } from './last-days.ts';
import classes from './Overview.module.css';

const LOOK_EVERY_MS = 60_000;

export function LastDays() {
  const rows = useMigrations((state) => state.rows);
  const now = useNow(LOOK_EVERY_MS);
  const { done, failed, bytes, downtimes } = lastDaysOf(rows, now);
  const middle = median(downtimes);
  const longest = downtimes.at(-1);
  const figures: readonly { readonly name: string; readonly value: string; readonly more?: string }[] = [
    { name: t('overview.done'), value: numberText(done) },
    { name: t('overview.failed'), value: numberText(failed) },
    { name: t('overview.moved'), value: sizeText(bytes) },
    {
      name: t('overview.downtime'),
      value: middle === null ? '–' : spanText(middle),
      ...(longest === undefined ? {} : { more: t('overview.longest', { span: spanText(longest) }) }),
    },
  ];
  return (
    <section className="guts-card" aria-label={t('overview.lastDays')}>
      <h2 className={classes['title']}>{t('overview.lastDays')}</h2>
      <dl className={classes['figures']}>
        {figures.map(({ name, value, more }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {value}
              {more !== undefined && <small className="guts-quiet">{more}</small>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
