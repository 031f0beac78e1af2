/** What a cutover will do, in order; how fresh the copy is, how long it will be off, and what to look at afterwards. */
import { useEffect, useState } from 'react';
import type { MigrationRow } from '../../../../main/shared/migration-row.ts';
import { call } from '../../../api.ts';
import { useNow } from '../../../parts/use-now.ts';
import { exactText, spanText, timeText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import classes from './Acting.module.css';

export function CutoverSteps({ rows }: { readonly rows: readonly MigrationRow[] }) {
  const lastSync = useLastSync(rows);
  const now = useNow(1000);
  const steps = (['stop', 'sync', 'start', 'verify'] as const).map((step) => t(`cutover.${step}`));
  const checks = (['signIn', 'network', 'service', 'source'] as const).map((check) => t(`cutover.check.${check}`));
  return (
    <div className={classes['goes']}>
      <section>
        <h3>{t('cutover.order')}</h3>
        <ol>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </section>
      <dl className={classes['facts']}>
        <dt>{t('cutover.lastSync')}</dt>
        <dd>
          {lastSync === null ? (
            t('cutover.unknown')
          ) : (
            <time dateTime={lastSync} title={exactText(lastSync)}>
              {t('cutover.ago', { time: timeText(lastSync), span: spanText((now - Date.parse(lastSync)) / 1000) })}
            </time>
          )}
        </dd>
        <dt>{t('cutover.downtime')}</dt>
        <dd>{t('cutover.downtimeWhy')}</dd>
      </dl>
      <section>
        <h3>{t('cutover.after')}</h3>
        <ul>
          {checks.map((check) => (
            <li key={check}>{check}</li>
          ))}
        </ul>
      </section>
    </div>
  );
}

/** When the oldest of the copies was last brought up to date; null where that is not known. */
function useLastSync(rows: readonly MigrationRow[]): string | null {
  const [oldest, setOldest] = useState<string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const ask = async ({ id }: MigrationRow): Promise<string | undefined> => {
      const one = await call('migrations.show', { id }, stop.signal).catch(() => null);
      return one?.stages.findLast(({ stage }) => stage === 'readyForCutover')?.at;
    };
    void Promise.all(rows.map(ask)).then((moments) => {
      const known = moments.flatMap((at) => at ?? []).sort();
      if (!stop.signal.aborted) setOldest(known[0] ?? null);
    });
    return () => stop.abort();
  }, [rows]);
  return oldest;
}
