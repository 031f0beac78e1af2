/** A plan file that was opened: what is in it or wrong with it, and between which two sides it shall be. */
import { Stack, Text, Title } from '@mantine/core';
import type { FileProblem } from '../../../main/shared/file-problems.ts';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { destinations, sources } from '../../state/connections.ts';
import { t } from '../../texts/t.ts';
import { usePlanFile } from './plan-file.ts';
import { PlanFileButton } from './PlanFileButton.tsx';
import { PlanFileForm } from './PlanFileForm.tsx';
import classes from './Welcome.module.css';

/** A file may be wrong all through. */
const MOST_PROBLEMS = 50;

export function OpenPlan() {
  const opened = usePlanFile();
  const from = sources.use();
  const to = destinations.use();
  if (opened.state === 'none')
    return (
      <Empty
        title={t('openPlan.title')}
        why={t('openPlan.why')}
        action={<PlanFileButton>{t('openPlan.choose')}</PlanFileButton>}
      />
    );

  return (
    <Stack maw="46rem">
      <PageHead
        title={t('openPlan.title')}
        actions={<PlanFileButton variant="default">{t('openPlan.chooseOther')}</PlanFileButton>}
      />
      {opened.state === 'wrong' ? (
        <Wrong file={opened.file} problems={opened.problems} />
      ) : (
        <Faces of={from} onRetry={() => void sources.load()}>
          {(all) => (
            <Faces of={to} onRetry={() => void destinations.load()}>
              {(clouds) => <PlanFileForm key={opened.file} {...opened} sources={all} clouds={clouds} />}
            </Faces>
          )}
        </Faces>
      )}
    </Stack>
  );
}

function Wrong({ file, problems }: { readonly file: string; readonly problems: readonly FileProblem[] }) {
  const left = problems.length - MOST_PROBLEMS;
  return (
    <section className="guts-card" role="alert">
      <Title order={2} size="h5">
        {t('openPlan.wrong', { file })}
      </Title>
      <Text mb="sm">{t('openPlan.wrongWhy')}</Text>
      <table className={classes['problems']}>
        <thead>
          <tr>
            <th scope="col">{t('openPlan.place')}</th>
            <th scope="col">{t('openPlan.problem')}</th>
          </tr>
        </thead>
        <tbody>
          {problems.slice(0, MOST_PROBLEMS).map(({ line, column, field, says }) => (
            <tr key={`${line} ${column} ${field} ${says}`}>
              <td>
                {t('openPlan.line', { line, column })}
                <br />
                {field !== '' && <code>{field}</code>}
              </td>
              <td>{says}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && <Text mt="sm">{t('openPlan.more', { count: left })}</Text>}
    </section>
  );
}
