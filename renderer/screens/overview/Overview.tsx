/** Where the window opens: what needs somebody, what runs, what comes next. */
import { Button } from '@mantine/core';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Empty, Loading } from '../../parts/Faces.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Throughput } from '../../parts/Throughput.tsx';
import { go } from '../../router.ts';
import { destinations, sources } from '../../state/connections.ts';
import { loadMigrations, useMigrations } from '../../state/migrations.ts';
import { isIn } from '../../state/standing.ts';
import { throughputOfAll } from '../../state/throughput.ts';
import { t } from '../../texts/t.ts';
import { useActing } from '../migrations/acting/useActing.tsx';
import { LastDays } from './LastDays.tsx';
import { NeedsYou } from './NeedsYou.tsx';
import { NextWindows } from './NextWindows.tsx';
import { Welcome } from '../welcome/Welcome.tsx';
import classes from './Overview.module.css';
import { Running } from './Running.tsx';

export function Overview() {
  const from = sources.use();
  const to = destinations.use();
  const state = useMigrations((migrations) => migrations.state);
  const error = useMigrations((migrations) => migrations.error);
  const count = useMigrations(({ rows }) => rows.length);

  if (error !== null) return <ErrorCard error={error} onRetry={() => void loadMigrations()} />;
  if (from.state === 'loading' || to.state === 'loading' || state === 'loading') return <Loading />;
  if (isNone(from) && isNone(to) && count === 0) return <Welcome />;
  if (count === 0)
    return (
      <>
        <PageHead title={t('shell.overview')} />
        <Empty
          title={t('migrations.empty')}
          why={t('overview.emptyWhy')}
          action={<Button onClick={() => go('/plans/new')}>{t('migrations.newPlan')}</Button>}
        />
      </>
    );
  return <Full />;
}

function Full() {
  const acting = useActing();
  const isRunning = useMigrations(({ rows }) => rows.some(isIn.running));
  return (
    <>
      <PageHead title={t('shell.overview')} />
      {acting.notice}
      <div className={classes['tiles']}>
        <div>
          <NeedsYou acting={acting} />
          <Running />
        </div>
        <div>
          <Throughput title={t('overview.throughput')} series={throughputOfAll()} isLive={isRunning} />
          <NextWindows />
          <LastDays />
        </div>
      </div>
    </>
  );
}

const isNone = (known: { readonly state: string; readonly value?: readonly unknown[] }): boolean =>
  known.state === 'known' && known.value?.length === 0;
