/** The report of one migration: what became of it, and how that was shown. */
import { Button, Stack } from '@mantine/core';
import { useCallback } from 'react';
import { MigrationId } from '../../../main/shared/migration.ts';
import type { MigrationReport } from '../../../main/shared/report.ts';
import { call } from '../../api.ts';
import { BackLink } from '../../parts/BackLink.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Under } from '../../parts/Under.tsx';
import { go, pathOf } from '../../router.ts';
import type { ScreenProps } from '../../screen-props.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { t } from '../../texts/t.ts';
import { SaveButtons } from '../reports/SaveButtons.tsx';
import { writerOf } from '../reports/save-report.ts';
import { BeforeAfter } from './BeforeAfter.tsx';
import { Head, ReportFigures, VerdictBox } from './Head.tsx';
import { Disks, Hashes, LeftBehind, Mapping, Stops, Timeline } from './move-parts.tsx';
import { Accepted, Boot, Checks, Findings } from './proof-parts.tsx';
import classes from './Report.module.css';

export function Report({ params }: ScreenProps) {
  const id = MigrationId.safeParse(params['id']).data;
  if (id === undefined)
    return (
      <Empty
        title={t('report.noSuch')}
        why={t('report.noSuchWhy')}
        action={<Button onClick={() => go('/reports')}>{t('report.back')}</Button>}
      />
    );
  return <Known id={id} />;
}

function Known({ id }: { readonly id: MigrationId }) {
  const { of, load } = useAnswer(
    useCallback(async (signal: AbortSignal) => await call('reports.show', { id }, signal), [id]),
  );
  return (
    <>
      <BackLink to="/reports">{t('report.back')}</BackLink>
      <Faces of={of} onRetry={load}>
        {(report) => <Whole report={report} />}
      </Faces>
    </>
  );
}

function Whole({ report }: { readonly report: MigrationReport }) {
  const { migration: id, title } = report;
  return (
    <Stack gap="md" className={classes['report'] ?? ''}>
      <div>
        <PageHead
          title={title}
          actions={
            <Button variant="default" size="xs" component="a" href={`#${pathOf('migrations', id)}`}>
              {t('report.goMigration')}
            </Button>
          }
        />
        <Head report={report} />
      </div>
      <VerdictBox report={report} />
      <SaveButtons write={writerOf({ id })} about={title} />
      <ReportFigures report={report} />
      <BeforeAfter report={report} />
      <Disks report={report} />
      <Checks report={report} />
      <Boot report={report} />
      <Findings report={report} />
      <Accepted report={report} />
      <Mapping report={report} />
      <Timeline report={report} />
      <Stops report={report} />
      <Hashes report={report} />
      <LeftBehind report={report} />
      <Under>{t('report.writtenBy', { ...report.versions, id })}</Under>
    </Stack>
  );
}
