/** The reports of migrations that are over, of a plan or of a period: a line for each, sums, and files of all of them. */
import { Button, Stack } from '@mantine/core';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { isOver } from '../../../main/shared/stages.ts';
import type { SummaryLine, SummaryReport } from '../../../main/shared/summary-report.ts';
import { call } from '../../api.ts';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { DataTable } from '../../parts/table/DataTable.tsx';
import { go, pathOf } from '../../router.ts';
import { onEvent } from '../../state/live.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { t } from '../../texts/t.ts';
import { reportColumns } from './columns.tsx';
import { ReportTabs } from './ReportTabs.tsx';
import { SaveButtons } from './SaveButtons.tsx';
import { writerOf } from './save-report.ts';
import { everything, inputOf, isBackwards, useScope, type Scope } from './scope.ts';
import { ScopePicker } from './ScopePicker.tsx';
import { Totals } from './Totals.tsx';

/** Several that end at once are asked for once. */
const GATHER_MS = 1000;
/** The server puts no more reports into one. */
const MOST_DETAILS = 500;

export function Reports() {
  const scope = useScope();
  const now = useLastEnd();
  const isWrong = isBackwards(scope);
  const ask = useCallback(
    async (signal: AbortSignal): Promise<SummaryReport> => await call('reports.summary', inputOf(scope, now), signal),
    [scope, now],
  );
  const { of, load } = useAnswer(ask);

  return (
    <ReportTabs current="reports">
      <Stack gap="md">
        <ScopePicker />
        {!isWrong && (
          <Faces of={of} onRetry={load}>
            {(summary) => <Full summary={summary} scope={scope} now={now} />}
          </Faces>
        )}
      </Stack>
    </ReportTabs>
  );
}

function Full({
  summary,
  scope,
  now,
}: {
  readonly summary: SummaryReport;
  readonly scope: Scope;
  readonly now: number;
}) {
  const columns = useMemo(() => reportColumns(), []);
  const { lines, notBegun } = summary;
  const of = { scope: { ...inputOf(scope, now), details: lines.length <= MOST_DETAILS } };
  if (lines.length === 0 && notBegun.length === 0) return <Nothing scope={scope} />;
  return (
    <Stack gap="md">
      <Totals summary={summary} />
      <SaveButtons write={writerOf(of)} about={summary.scope.plan ?? ''} />
      <DataTable
        id="reports"
        label={t('reports.title')}
        columns={columns}
        rows={lines}
        keyOf={keyOf}
        onOpen={open}
        firstSort={{ column: 'ended', isDown: true }}
        empty={<Nothing scope={scope} />}
      />
    </Stack>
  );
}

const keyOf = ({ migration }: SummaryLine): string => migration;
const open = ({ migration }: SummaryLine): void => go(pathOf('reports', migration));

/** Nothing is over yet, or nothing of what was chosen. */
function Nothing({ scope }: { readonly scope: Scope }) {
  const isAll = scope.plan === null && scope.period === 'all';
  if (isAll)
    return (
      <Empty
        title={t('reports.none')}
        why={t('reports.noneWhy')}
        action={<Button onClick={() => go('/migrations')}>{t('reports.goMigrations')}</Button>}
      />
    );
  return (
    <Empty
      title={t('reports.noneHere')}
      why={t('reports.noneHereWhy')}
      action={<Button onClick={() => useScope.setState(everything)}>{t('reports.showAll')}</Button>}
    />
  );
}

/** When a migration was last heard to be over, or gone: then there is something new to ask for. */
function useLastEnd(): number {
  const [at, setAt] = useState(Date.now);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      timer = undefined;
      setAt(Date.now());
    };
    const end = onEvent((event) => {
      const isNews = (event.kind === 'migration' && isOver(event.stage)) || event.kind === 'migration.deleted';
      if (isNews) timer ??= setTimeout(look, GATHER_MS);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, []);
  return at;
}
