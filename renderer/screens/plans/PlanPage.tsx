/** One plan: its machines by wave, how far each is, and what can be done with all of them. */
import { Button, Group, Stack } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import type { MigrationRow } from '../../../main/shared/migration-row.ts';
import { wavesHere, type Plan, type PlannedMachine } from '../../../main/shared/plans.ts';
import { isDesktop } from '../../bridge.ts';
import { Badge } from '../../parts/Badge.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { MayButton, useWhyNot } from '../../parts/MayButton.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { DataTable } from '../../parts/table/DataTable.tsx';
import { go, pathOf } from '../../router.ts';
import { plans } from '../../state/connections.ts';
import { useShownEngine } from '../../state/engines.ts';
import { useMigrations } from '../../state/migrations.ts';
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { actOnPlan, exportPlan } from './acts.ts';
import { GivenNote, WavesNotes } from './GivenNote.tsx';
import { HandoverDialog, type HandoverDialogProps } from './HandoverDialog.tsx';
import { machineColumns, type MachineLine } from './machine-columns.tsx';
import { PlanDialog, startText, type PlanQuestion } from './PlanDialog.tsx';
import { PlanFacts } from './PlanFacts.tsx';
import { SaveTemplateDialog } from './templates/SaveTemplateDialog.tsx';
import { MoveDialog } from './waves/MoveDialog.tsx';
import { WavesCard } from './waves/WavesCard.tsx';
import { waveNumbers } from './waves/waves.ts';
import { standingOf, standingText, standingTones, toStart } from './plan-lines.ts';

export function PlanPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const known = plans.use();
  return (
    <Faces of={known} onRetry={() => void plans.load()}>
      {(all) => {
        const plan = all.find(({ id }) => id === params['plan']);
        return plan === undefined ? <Unknown /> : <Known plan={plan} />;
      }}
    </Faces>
  );
}

export function Unknown() {
  return (
    <Empty
      title={t('plans.unknown')}
      why={t('plans.unknownWhy')}
      action={<Button onClick={() => go('/plans')}>{t('plans.toPlans')}</Button>}
    />
  );
}

const keyOf = ({ machine }: MachineLine): string => machine.vm.ref;
const open = ({ machine }: MachineLine): void => {
  if (machine.migration !== null) go(pathOf('migrations', machine.migration));
};

function Known({ plan }: { readonly plan: Plan }) {
  const byId = useMigrations((state) => state.byId);
  const [question, setQuestion] = useState<PlanQuestion | null>(null);
  const [refused, setRefused] = useState<ErrorInfo | null>(null);
  const [moved, setMoved] = useState<readonly PlannedMachine[] | null>(null);
  const [isSaving, setIsSaving] = useState(false);
  const [handover, setHandover] = useState<Pick<HandoverDialogProps, 'engine' | 'waves'> | null>(null);
  const closeHandover = useCallback(() => setHandover(null), []);
  const shown = useShownEngine();
  const whyNot = useWhyNot('operator');
  const columns = useMemo(() => machineColumns(plan), [plan]);
  const lines = useMemo(
    () =>
      plan.machines.map((machine): MachineLine => ({
        machine,
        row: machine.migration === null ? null : (byId[machine.migration] ?? null),
      })),
    [plan, byId],
  );
  const standing = standingOf(plan, byId);
  const rows = lines.flatMap(({ row }) => row ?? []);
  const able = (action: 'pause' | 'resume' | 'cancel'): MigrationRow[] =>
    rows.filter((row) => row.actions.includes(action));
  const tell = async (work: () => Promise<void>): Promise<void> => {
    setRefused(null);
    await work().catch((error: unknown) => setRefused(toErrorInfo(error)));
  };
  const count = toStart(plan);
  const here = wavesHere(plan);
  const mayTakeBack = isDesktop() && shown === null;
  const off = (isThere: boolean, why: string): string | null => (isThere ? null : why);

  return (
    <Stack gap="sm">
      <PageHead
        title={plan.name}
        aside={<Badge tone={standingTones[standing.kind]}>{standingText(standing)}</Badge>}
        actions={
          <>
            <MayButton
              takes="operator"
              isOff={off(count > 0, t('plans.nothingToStart'))}
              onClick={() => setQuestion({ about: 'start', plan })}
            >
              {startText(count)}
            </MayButton>
            <MayButton
              takes="operator"
              variant="default"
              isOff={off(able('pause').length > 0, t('plans.noPause'))}
              onClick={() => void tell(async () => await actOnPlan(plan, 'pause'))}
            >
              {t('plans.pause')}
            </MayButton>
            <MayButton
              takes="operator"
              variant="default"
              isOff={off(able('resume').length > 0, t('plans.noResume'))}
              onClick={() => void tell(async () => await actOnPlan(plan, 'resume'))}
            >
              {t('plans.resume')}
            </MayButton>
            <MayButton
              takes="operator"
              variant="default"
              isOff={off(able('cancel').length > 0, t('plans.noCancel'))}
              onClick={() => setQuestion({ about: 'cancel', plan, rows: able('cancel') })}
            >
              {t('plans.cancel')}
            </MayButton>
            <MayButton takes="operator" variant="default" onClick={() => go(pathOf('plans', plan.id, 'rehearsal'))}>
              {t('rehearsal.open')}
            </MayButton>
            <MayButton takes="operator" variant="default" onClick={() => go(pathOf('plans', plan.id, 'edit'))}>
              {t('plans.edit')}
            </MayButton>
            <MayButton takes="operator" variant="default" onClick={() => setIsSaving(true)}>
              {t('templates.saveAs')}
            </MayButton>
            <Button variant="default" onClick={() => void tell(async () => await exportPlan(plan))}>
              {t('plans.export')}
            </Button>
            {isDesktop() && plan.given === undefined && (here.length > 0 || plan.machines.length === 0) && (
              <MayButton
                takes="operator"
                variant="default"
                onClick={() => setHandover({ engine: shown?.id ?? null, waves: here })}
              >
                {t(shown === null ? 'handover.give' : 'handover.take')}
              </MayButton>
            )}
          </>
        }
      />
      {refused !== null && <ErrorCard error={refused} />}
      {plan.given !== undefined && (
        <GivenNote
          given={plan.given}
          onTakeBack={mayTakeBack ? (engine) => setHandover({ engine, waves: waveNumbers(plan) }) : undefined}
        />
      )}
      <WavesNotes
        plan={plan}
        onTakeBack={mayTakeBack ? (engine, waves) => setHandover({ engine, waves }) : undefined}
      />
      <PlanFacts plan={plan} rows={rows} />
      <WavesCard plan={plan} />
      <DataTable
        id="plan-machines"
        label={t('plans.machines')}
        columns={columns}
        rows={lines}
        keyOf={keyOf}
        onOpen={open}
        actions={(some) => [
          {
            id: 'move',
            title: t('waves.move', { count: some.length, number: numberText(some.length) }),
            isOff: whyNot ?? (some.some(({ machine }) => machine.migration !== null) ? t('wizard.stays') : null),
            run: (chosen) => setMoved(chosen.map(({ machine }) => machine)),
          },
        ]}
        firstSort={{ column: 'wave', isDown: false }}
        empty={<Empty title={t('plans.state.draft')} why={t('plans.emptyWhy')} />}
      />
      <Group justify="flex-end">
        <MayButton
          takes="operator"
          variant="outline"
          color="danger"
          onClick={() => setQuestion({ about: 'delete', plan })}
        >
          {t('plans.delete')}
        </MayButton>
      </Group>
      {moved !== null && <MoveDialog plan={plan} machines={moved} onClose={() => setMoved(null)} />}
      {handover !== null && (
        <HandoverDialog
          plan={plan}
          direction={handover.engine === null ? 'give' : 'take'}
          engine={handover.engine}
          waves={handover.waves}
          onClose={closeHandover}
        />
      )}
      {isSaving && <SaveTemplateDialog plan={plan} onClose={() => setIsSaving(false)} />}
      {question !== null && <PlanDialog question={question} onClose={() => setQuestion(null)} />}
    </Stack>
  );
}
