/** What a plan is about, in a line or two, and where its reports are. */
import { Anchor, Group, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { MigrationRow } from '../../../main/shared/migration-row.ts';
import type { Plan } from '../../../main/shared/plans.ts';
import { isOver } from '../../../main/shared/stages.ts';
import { destinations, sources } from '../../state/connections.ts';
import { numberText, sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { everything, useScope } from '../reports/scope.ts';
import { namesOf } from './plan-columns.tsx';
import { bytesOf, toStart, wavesOf } from './plan-lines.ts';
import { useMigrations } from '../../state/migrations.ts';
import { useSizes } from './sizes.ts';
import { timesToCome, whenText } from './when-text.ts';

export function PlanFacts({ plan, rows }: { readonly plan: Plan; readonly rows: readonly MigrationRow[] }) {
  const from = namesOf(sources.use()).get(plan.source) ?? plan.source;
  const to = namesOf(destinations.use()).get(plan.destination) ?? plan.destination;
  const byId = useMigrations((state) => state.byId);
  const alone = useMemo(() => [plan], [plan]);
  const sizes = useSizes(alone);
  const bytes = bytesOf(plan, byId, sizes.get(plan.source) ?? null);
  const when = whenText(timesToCome(plan));
  const hasReports = rows.some(({ stage }) => isOver(stage));
  const facts: readonly (readonly [string, string])[] = [
    [t('plans.route'), `${from} → ${to}`],
    [t('plans.vms'), numberText(plan.machines.length)],
    [t('plans.size'), bytes === null ? t('plans.sizeUnknown') : sizeText(bytes)],
    [t('plans.waves'), numberText(wavesOf(plan))],
    ...(toStart(plan) === 0 ? [] : [[t('plans.next'), when] as const]),
  ];
  return (
    <Group gap="xl" className="guts-card" align="flex-start">
      {facts.map(([name, value]) => (
        <div key={name}>
          <Text size="sm" className="guts-quiet">
            {name}
          </Text>
          <Text>{value}</Text>
        </div>
      ))}
      {hasReports && (
        <Anchor href="#/reports" underline="always" onClick={() => useScope.setState({ ...everything, plan: plan.id })}>
          {t('plans.reports')}
        </Anchor>
      )}
    </Group>
  );
}
