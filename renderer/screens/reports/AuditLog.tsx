/** Who changed what and when, newest first: for administrators. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { AuditEntry } from '../../../main/shared/access.ts';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import type { OutputOf } from '../../../main/shared/operations.ts';
import { call } from '../../api.ts';
import { Badge } from '../../parts/Badge.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import type { Column } from '../../parts/table/column.ts';
import { DataTable } from '../../parts/table/DataTable.tsx';
import { mayAs, useSession } from '../../state/session.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { exactText, momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { ReportTabs } from './ReportTabs.tsx';

const AT_ONCE = 500;

export function AuditLog() {
  const isAdmin = mayAs(useSession(), 'admin');
  return (
    <ReportTabs current="audit">
      {isAdmin ? <Entries /> : <Empty title={t('audit.notYours')} why={t('may.onlyAdmin')} />}
    </ReportTabs>
  );
}

type AuditPage = OutputOf<'audit.list'>;
const firstPage = async (signal: AbortSignal): Promise<AuditPage> =>
  await call('audit.list', { limit: AT_ONCE }, signal);

function Entries() {
  const { of, load } = useAnswer(firstPage);
  return (
    <Faces of={of} onRetry={load}>
      {(first) => <Table key={first.entries[0]?.number ?? 0} first={first} onRefresh={load} />}
    </Faces>
  );
}

function Table({ first, onRefresh }: { readonly first: AuditPage; readonly onRefresh: () => void }) {
  const columns = useMemo(() => auditColumns(), []);
  const [{ entries, next }, setKnown] = useState(first);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const older = (): void => {
    if (next === null) return;
    setIsBusy(true);
    setError(null);
    call('audit.list', { limit: AT_ONCE, marker: next })
      .then(
        (page) => setKnown({ entries: [...entries, ...page.entries], next: page.next }),
        (thrown: unknown) => setError(toErrorInfo(thrown)),
      )
      .finally(() => setIsBusy(false));
  };
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text c="dimmed">{t('audit.why')}</Text>
        <Button variant="default" size="xs" onClick={onRefresh}>
          {t('audit.refresh')}
        </Button>
      </Group>
      <DataTable
        id="audit"
        label={t('reports.tabAudit')}
        columns={columns}
        rows={entries}
        keyOf={keyOf}
        firstSort={{ column: 'at', isDown: true }}
        empty={<Empty title={t('audit.none')} why={t('audit.noneWhy')} />}
      />
      {error !== null && <ErrorCard error={error} onRetry={older} />}
      {next !== null && (
        <Group justify="center">
          <Button variant="default" loading={isBusy} onClick={older}>
            {t('audit.older', { count: AT_ONCE })}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

const keyOf = ({ number }: AuditEntry): string => String(number);
const aboutText = ({ about }: AuditEntry): string =>
  Object.entries(about)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

const auditColumns = (): readonly Column<AuditEntry>[] => [
  {
    id: 'at',
    title: t('audit.at'),
    value: ({ number }) => number, // as they were written, whatever the clock did
    text: ({ at }) => momentText(at),
    cell: ({ at }) => <time title={exactText(at)}>{momentText(at)}</time>,
    width: 160,
  },
  { id: 'who', title: t('audit.who'), value: ({ who }) => who, width: 120 },
  { id: 'what', title: t('audit.what'), value: ({ what }) => what, width: 180 },
  { id: 'about', title: t('audit.about'), value: aboutText, width: 300 },
  {
    id: 'result',
    title: t('audit.result'),
    value: ({ result }) => result,
    cell: ({ result }) => (
      <Badge tone={result === 'done' ? 'good' : 'bad'}>{result === 'done' ? t('audit.done') : result}</Badge>
    ),
    width: 120,
  },
];
