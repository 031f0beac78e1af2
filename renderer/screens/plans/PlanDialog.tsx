/** What can be done with plans from their table, and what is asked before. */
import { List, Text } from '@mantine/core';
import type { MigrationRow } from '../../../main/shared/migration-row.ts';
import type { Plan } from '../../../main/shared/plans.ts';
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx';
import type { RowAction } from '../../parts/table/column.ts';
import { go, goInstead, place, pathOf } from '../../router.ts';
import { t } from '../../texts/t.ts';
import { actOnPlan, deletePlan, duplicatePlan, exportPlan, startPlan } from './acts.ts';
import type { PlanLine } from './plan-columns.tsx';
import { toStart } from './plan-lines.ts';
import { nextStartText, timesToCome } from './when-text.ts';

export type PlanQuestion =
  | { readonly about: 'start' | 'delete'; readonly plan: Plan }
  | { readonly about: 'cancel'; readonly plan: Plan; readonly rows: readonly MigrationRow[] };

interface Ways {
  /** Why this caller may not change anything; null where they may. */
  readonly whyNot: string | null;
  readonly ask: (question: PlanQuestion) => void;
  readonly fail: (error: unknown) => void;
}

/** “Start 3 VMs”; of none, what it is about. */
export const startText = (count: number): string => (count === 0 ? t('plans.startPlan') : t('plans.start', { count }));

export function planActions(lines: readonly PlanLine[], { whyNot, ask, fail }: Ways): RowAction<PlanLine>[] {
  const [one, ...others] = lines;
  if (one === undefined) return [];
  const { plan } = one;
  const isMany = others.length > 0 ? t('plans.editMany') : null;
  const count = toStart(plan);
  return [
    {
      id: 'start',
      title: startText(count),
      isOff: whyNot ?? isMany ?? (count === 0 ? t('plans.nothingToStart') : null),
      run: () => ask({ about: 'start', plan }),
    },
    { id: 'open', title: t('plans.open'), isOff: isMany, run: () => go(pathOf('plans', plan.id)) },
    { id: 'edit', title: t('plans.edit'), isOff: whyNot ?? isMany, run: () => go(pathOf('plans', plan.id, 'edit')) },
    {
      id: 'duplicate',
      title: t('plans.duplicate'),
      isOff: whyNot ?? isMany,
      run: () => void duplicatePlan(plan).catch(fail),
    },
    { id: 'export', title: t('plans.export'), isOff: isMany, run: () => void exportPlan(plan).catch(fail) },
    {
      id: 'delete',
      title: t('plans.delete'),
      isDangerous: true,
      isOff: whyNot ?? isMany,
      run: () => ask({ about: 'delete', plan }),
    },
  ];
}

export function PlanDialog({ question, onClose }: { readonly question: PlanQuestion; readonly onClose: () => void }) {
  const { about, plan } = question;
  if (about === 'delete')
    return (
      <ConfirmDialog
        title={t('plans.deleteAbout', { name: plan.name })}
        doIt={t('plans.delete')}
        onDo={async () => {
          await deletePlan(plan);
          if (place() !== '/plans') goInstead('/plans');
        }}
        onClose={onClose}
      >
        <Text>{t('plans.deleteWhat')}</Text>
      </ConfirmDialog>
    );
  if (about === 'cancel')
    return (
      <ConfirmDialog
        title={t('plans.cancelAbout', { count: question.rows.length, name: plan.name })}
        doIt={t('plans.cancelAbout', { count: question.rows.length, name: plan.name })}
        keep={t('acting.keep', { count: question.rows.length })}
        onDo={async () => await actOnPlan(plan, 'cancel')}
        onClose={onClose}
      >
        <Text>{t('plans.cancelWhat')}</Text>
      </ConfirmDialog>
    );
  const count = toStart(plan);
  const isSnapshot = plan.options.whileRunning === 'snapshot';
  return (
    <ConfirmDialog
      title={t('plans.startAbout', { name: plan.name })}
      doIt={t('plans.start', { count })}
      isDangerous={false}
      onDo={async () => await startPlan(plan)}
      onClose={onClose}
    >
      <List spacing="xs">
        <List.Item>{t('plans.startWhat', { count })}</List.Item>
        <List.Item>{t('plans.startWhen', { when: nextStartText(timesToCome(plan)) })}</List.Item>
        <List.Item>{t(isSnapshot ? 'plans.startSnapshot' : 'plans.startShutDown')}</List.Item>
        <List.Item>{t('plans.startUndo')}</List.Item>
      </List>
    </ConfirmDialog>
  );
}
