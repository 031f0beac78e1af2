/** Waves that Guts proposes for machines that were not started yet, and why; they are taken as they are, or not at all. */
import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { InputOf, OutputOf } from '../../../../main/shared/operations.ts';
import type { Plan } from '../../../../main/shared/plans.ts';
import { hints } from '../../../../main/shared/proposals/applications.ts';
import { toErrorInfo, type ErrorInfo } from '../../../../main/shared/errors.ts';
import { call } from '../../../api.ts';
import { Dialog } from '../../../parts/Dialog.tsx';
import { ErrorCard } from '../../../parts/ErrorCard.tsx';
import { Faces } from '../../../parts/Faces.tsx';
import { MayButton } from '../../../parts/MayButton.tsx';
import { NumberField } from '../../../parts/NumberField.tsx';
import { Rows, two } from '../../../parts/Section.tsx';
import { useAnswer } from '../../../state/use-answer.ts';
import { numberText, rateText, roughSpanText, sizeText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { someNames } from '../wizard/some-names.ts';
import classes from '../wizard/Wizard.module.css';
import { moveTo } from './waves.ts';

type By = NonNullable<InputOf<'plans.proposeWaves'>['by']>;
type Proposal = OutputOf<'plans.proposeWaves'>;
const ways: readonly By[] = [...hints, 'size'];

interface ProposeDialogProps {
  readonly plan: Plan;
  readonly onClose: () => void;
}

export function ProposeDialog({ plan, onClose }: ProposeDialogProps) {
  const { id } = plan;
  const [most, setMost] = useState(25);
  const [pilot, setPilot] = useState(3);
  const [by, setBy] = useState<By | null>(null);
  const { of, load } = useAnswer(
    useCallback(
      async (signal: AbortSignal) =>
        await call('plans.proposeWaves', { plan: id, most, pilot, ...(by === null ? {} : { by }) }, signal),
      [id, most, pilot, by],
    ),
  );
  return (
    <Dialog onClose={onClose} title={t('waves.proposeTitle', { name: plan.name })} size="xl">
      <Stack gap="md">
        <Text>{t('waves.proposeWhat')}</Text>
        <div className={classes['fields']}>
          <NumberField
            label={t('waves.most')}
            min={1}
            max={10_000}
            value={most}
            onChange={(next) => setMost(wholeOr(next, most))}
          />
          <NumberField
            label={t('waves.pilot')}
            min={0}
            max={1000}
            value={pilot}
            onChange={(next) => setPilot(wholeOr(next, pilot))}
          />
          <NativeSelect
            label={t('waves.by')}
            value={by ?? ''}
            data={[
              { value: '', label: t('waves.by.any') },
              ...ways.map((one) => ({ value: one, label: t(`waves.by.${one}`) })),
            ]}
            onChange={({ currentTarget }) => setBy(ways.find((one) => one === currentTarget.value) ?? null)}
          />
        </div>
        <Faces of={of} onRetry={load}>
          {(proposal) => <Proposed plan={plan} proposal={proposal} onClose={onClose} />}
        </Faces>
      </Stack>
    </Dialog>
  );
}

const wholeOr = (value: number | null, before: number): number =>
  value !== null && Number.isInteger(value) ? value : before;

function Proposed({
  plan,
  proposal: { waves, bytesPerSecond },
  onClose,
}: ProposeDialogProps & { readonly proposal: Proposal }) {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const moves = waves.flatMap(({ number, machines }) => machines.map(({ ref }) => ({ vm: ref, wave: number })));
  const take = async (): Promise<void> => {
    setIsBusy(true);
    setError(null);
    try {
      await moveTo(plan, moves);
      onClose();
    } catch (thrown) {
      setError(toErrorInfo(thrown));
      setIsBusy(false);
    }
  };
  return (
    <>
      <Rows
        label={t('waves.proposed')}
        columns={[
          { title: t('plans.wave') },
          { title: t('plans.vms') },
          { title: t('plans.size'), isNumber: true },
          { title: t('report.why') },
        ]}
        rows={waves.map(({ number, isPilot, machines, bytes, seconds, why }) => [
          t(isPilot ? 'waves.pilotNumber' : 'plans.waveNumber', { wave: numberText(number) }),
          two(numberText(machines.length), someNames(machines.map(({ name }) => name))),
          two(sizeText(bytes), seconds === null ? '' : roughSpanText(seconds)),
          why,
        ])}
      />
      <Text size="sm" className="guts-quiet">
        {bytesPerSecond === null ? t('waves.noRate') : t('waves.rate', { rate: rateText(bytesPerSecond) })}{' '}
        {t('waves.numbersStay')}
      </Text>
      {error !== null && <ErrorCard error={error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('dialog.cancel')}
        </Button>
        <MayButton takes="operator" loading={isBusy} onClick={() => void take()}>
          {t('waves.take', { count: waves.length, number: numberText(waves.length) })}
        </MayButton>
      </Group>
    </>
  );
}
