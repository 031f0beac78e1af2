/** One part of the health page: its lines, and what can be done about them. */
import { Title } from '@mantine/core';
import { Badge } from '../../parts/Badge.tsx';
import { MayButton } from '../../parts/MayButton.tsx';
import { testConnection, type ConnectionTest } from '../../state/tests.ts';
import { t } from '../../texts/t.ts';
import { useConnectionActions } from '../connections/actions.tsx';
import type { ConnectionRow } from '../connections/rows.ts';
import { TestResult } from '../connections/TestResult.tsx';
import classes from './Health.module.css';
import type { HealthLine, HealthSection } from './judge.ts';

interface HealthCardProps {
  readonly section: HealthSection;
  readonly rows: readonly ConnectionRow[];
  readonly tests: Readonly<Record<string, ConnectionTest>>;
}

export function HealthCard({ section: { id, lines }, rows, tests }: HealthCardProps) {
  const { ask, dialog } = useConnectionActions();
  const rowOf = (line: HealthLine): ConnectionRow | undefined =>
    id === 'connections' ? rows.find((row) => row.id === line.id) : undefined;
  return (
    <section className="guts-card" aria-labelledby={`health-${id}`}>
      <Title order={2} size="h5" mb="xs" id={`health-${id}`}>
        {t(`health.section.${id}`)}
      </Title>
      <ul className={classes['lines']}>
        {lines.map((line) => {
          const row = rowOf(line);
          const failed = failureOf(row, tests);
          return (
            <li key={line.id} className={classes['line']}>
              <span className={classes['name']}>{line.name}</span>
              <Badge tone={line.tone}>{t(`health.tone.${line.tone}`)}</Badge>
              <span className={classes['says']}>{failed === null && line.says}</span>
              {row !== undefined && (
                <MayButton
                  takes="operator"
                  size="xs"
                  variant="default"
                  loading={line.tone === 'work'}
                  onClick={() => void testConnection(row.side, row.id)}
                >
                  {t('health.check', { name: row.name })}
                </MayButton>
              )}
              {row !== undefined && failed !== null && (
                <div className={classes['more']}>
                  <TestResult name={row.name} {...failed} onAsk={(deed) => ask(deed, row)} />
                </div>
              )}
            </li>
          );
        })}
      </ul>
      {dialog}
    </section>
  );
}

function failureOf(row: ConnectionRow | undefined, tests: HealthCardProps['tests']) {
  const test = row === undefined ? undefined : tests[row.id];
  const last = test?.isRunning === false ? test.last : null;
  return last?.outcome.side === 'failed' ? last : null;
}
