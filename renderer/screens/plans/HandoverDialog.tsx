/** Gives a plan or waves of it to another engine, or takes them: says first what goes, what stays and why, and follows it to its end. */
import { Alert, Button, Checkbox, Group, List, NativeSelect, Progress, Stack, Text } from '@mantine/core';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import type { EngineId } from '../../../main/shared/engines.ts';
import type { Handover } from '../../../main/shared/handover.ts';
import type { HandoverLook } from '../../../main/shared/operations/handovers.ts';
import type { Plan } from '../../../main/shared/plans.ts';
import { ask } from '../../bridge.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Loading } from '../../parts/Faces.tsx';
import { toast } from '../../parts/toast.ts';
import { go } from '../../router.ts';
import { plans } from '../../state/connections.ts';
import { useEngines } from '../../state/engines.ts';
import { loadMigrations } from '../../state/migrations.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { listText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { WaveChoice } from './WaveChoice.tsx';
import { waveText } from './waves/waves.ts';

export interface HandoverDialogProps {
  readonly plan: Plan;
  readonly direction: 'give' | 'take';
  /** From whom it is taken; null where it is chosen to whom it goes. */
  readonly engine: EngineId | null;
  /** Those that may go. */
  readonly waves: readonly number[];
  readonly onClose: () => void;
}

const LOOK_EVERY_MS = 500;

export function HandoverDialog({ plan, direction, engine, waves, onClose }: HandoverDialogProps) {
  const { engines } = useEngines();
  const [chosen, setChosen] = useState<EngineId | null>(engine ?? engines[0]?.id ?? null);
  const [going, setGoing] = useState(waves);
  const [begun, setBegun] = useState<Handover | null>(null);
  const other = engines.find(({ id }) => id === chosen);
  return (
    <Dialog title={t(`handover.${direction}Title`, { name: plan.name })} size="lg" onClose={onClose}>
      <Stack gap="sm">
        {chosen === null && <NoEngine />}
        {begun === null && direction === 'give' && chosen !== null && (
          <NativeSelect
            label={t('handover.to')}
            data={engines.map(({ id, name, url }) => ({ value: id, label: `${name} (${url})` }))}
            value={chosen}
            onChange={({ currentTarget: { value } }) => setChosen(engines.find(({ id }) => id === value)?.id ?? chosen)}
          />
        )}
        {begun === null && direction === 'take' && <Text>{t('handover.from', { engine: other?.name ?? '' })}</Text>}
        {begun === null && chosen !== null && waves.length > 1 && (
          <WaveChoice plan={plan} waves={waves} chosen={going} onChange={setGoing} />
        )}
        {begun === null && chosen !== null && (going.length > 0 || waves.length === 0) && (
          <Asking
            key={`${chosen} ${going.join()}`}
            plan={plan}
            direction={direction}
            engine={chosen}
            waves={going.length === waves.length ? null : going}
            onBegun={setBegun}
            onClose={onClose}
          />
        )}
        {begun !== null && <Following begun={begun} plan={plan} onClose={onClose} />}
      </Stack>
    </Dialog>
  );
}

function NoEngine() {
  return (
    <>
      <Text>{t('handover.none')}</Text>
      <Text size="sm">{t('handover.noneWhy')}</Text>
      <Group justify="flex-end">
        <Button onClick={() => go('/settings')}>{t('handover.toSettings')}</Button>
      </Group>
    </>
  );
}

interface AskingProps extends Omit<HandoverDialogProps, 'engine' | 'waves'> {
  readonly engine: EngineId;
  /** Null is all of it. */
  readonly waves: readonly number[] | null;
  readonly onBegun: (handover: Handover) => void;
}

function Asking({ plan, direction, engine, waves, onBegun, onClose }: AskingProps) {
  const wish = useMemo(
    () => ({ direction, plan: plan.id, engine, ...(waves === null ? {} : { waves: [...waves] }) }),
    [direction, plan.id, engine, waves],
  );
  const { of, load } = useAnswer(useCallback(async () => await ask('handover.look', wish), [wish]));
  const [withSecrets, setWithSecrets] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const begin = async (): Promise<void> => {
    setIsBusy(true);
    setError(null);
    try {
      onBegun(await ask('handover.start', { ...wish, withSecrets }));
    } catch (thrown) {
      setError(toErrorInfo(thrown));
      setIsBusy(false);
    }
  };
  if (of.state === 'loading') return <Loading />;
  if (of.state === 'failed') return <ErrorCard error={of.error} onRetry={load} />;
  const { obstacles } = of.value;
  const lacks = direction === 'give' && obstacles.every(({ code }) => code === 'handover.no-connection');
  const isFree = obstacles.length === 0 || (lacks && withSecrets);
  return (
    <>
      <Text size="sm">{t('handover.why')}</Text>
      <Parts look={of.value} direction={direction} />
      {obstacles.map((obstacle) => (
        <ErrorCard key={obstacle.message} error={{ ...obstacle, retryable: true }} />
      ))}
      {obstacles.length > 0 && lacks && (
        <Checkbox
          label={t('handover.withSecrets')}
          description={t('handover.withSecretsWhy')}
          checked={withSecrets}
          onChange={({ currentTarget: { checked } }) => setWithSecrets(checked)}
        />
      )}
      {error !== null && <ErrorCard error={error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('dialog.cancel')}
        </Button>
        <Button disabled={!isFree} loading={isBusy} onClick={() => void begin()}>
          {t(`handover.${direction === 'give' ? 'doGive' : 'doTake'}${waves === null ? '' : 'Waves'}`)}
        </Button>
      </Group>
    </>
  );
}

function Parts({ look: { goes, stays }, direction }: Pick<AskingProps, 'direction'> & { readonly look: HandoverLook }) {
  if (goes.length + stays.length === 0) return <Text>{t('handover.noMigrations')}</Text>;
  const lists = [
    [t('handover.goes', { count: goes.length }), goes],
    [t(direction === 'give' ? 'handover.stays' : 'handover.staysThere', { count: stays.length }), stays],
  ] as const;
  return lists
    .filter(([, some]) => some.length > 0)
    .map(([title, some]) => (
      <div key={title}>
        <Text fw={600}>{title}</Text>
        <List size="sm">
          {some.map(({ id, vm, says }) => (
            <List.Item key={id}>
              {vm}: {says}
            </List.Item>
          ))}
        </List>
      </div>
    ));
}

interface FollowingProps extends Pick<HandoverDialogProps, 'plan' | 'onClose'> {
  readonly begun: Handover;
}

const overText = ({ isWhole, waves }: Handover, plan: Plan): string =>
  isWhole
    ? t('handover.over', { name: plan.name })
    : t('handover.overWaves', { name: plan.name, waves: listText(waves.map((wave) => waveText(plan, wave))) });

function Following({ begun, plan, onClose }: FollowingProps) {
  const [now, setNow] = useState(begun);
  const { id } = begun;
  useEffect(() => {
    let isOver = false;
    const look = async (): Promise<void> => {
      const next = await ask('handover.show', { id }).catch(() => null); // asked again
      if (isOver) return;
      if (next !== null) setNow(next);
      if (next?.state === 'done') {
        toast(overText(next, plan));
        void plans.load();
        void loadMigrations();
        onClose();
      } else timer = setTimeout(() => void look(), LOOK_EVERY_MS);
    };
    let timer = setTimeout(() => void look(), LOOK_EVERY_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [id, plan, onClose]);
  const going = now.parts.filter(({ state }) => state !== 'stays');
  const done = going.filter(({ state }) => state === 'given' || state === 'taken').length;
  return (
    <>
      <Text component="output">{t('handover.running', { done, of: going.length })}</Text>
      <Progress value={going.length === 0 ? 100 : (100 * done) / going.length} aria-label={plan.name} />
      {now.error !== null && <Alert>{t('handover.tried', { says: now.error.message })}</Alert>}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('dialog.close')}
        </Button>
      </Group>
    </>
  );
}
