/** What Guts can do about a finding: change options of its machines, or, after the calls were shown, something on either side. */
import { Button, Text } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { InputOf } from '../../../../main/shared/operations.ts';
import type { Fix } from '../../../../main/shared/preflight.ts';
import { call } from '../../../api.ts';
import { ConfirmDialog } from '../../../parts/ConfirmDialog.tsx';
import { Faces } from '../../../parts/Faces.tsx';
import { MayButton } from '../../../parts/MayButton.tsx';
import { toast } from '../../../parts/toast.ts';
import { useAnswer } from '../../../state/use-answer.ts';
import { numberText } from '../../../texts/format.ts';
import { remedyText } from '../../../../main/shared/remedy.ts';
import { t } from '../../../texts/t.ts';
import { runChecks, type FindingGroup, type FoundIn } from './checks.ts';
import { useWizard } from './context.ts';
import { onMachines, withOwn } from './own.ts';
import classes from './Wizard.module.css';

type Fixable = FoundIn & { readonly fix: Fix };
const isFixable = (one: FoundIn): one is Fixable => one.fix !== undefined;

export function FixButtons({ group }: { readonly group: FindingGroup }) {
  const { change } = useWizard();
  const [isAsking, setIsAsking] = useState(false);
  const fixable = group.machines.filter(isFixable);
  const byOptions = fixable.filter(({ fix }) => fix.kind === 'options');
  const byCalls = fixable.filter(({ fix }) => fix.kind !== 'options');
  const apply = (): void =>
    change(({ machines }) => ({
      machines: byOptions.reduce(
        (all, { ref, fix }) =>
          fix.kind === 'options' ? onMachines(all, new Set([ref]), (one) => withOwn(one, fix.options)) : all,
        machines,
      ),
    }));
  return (
    <>
      {byOptions.length > 0 && (
        <Button size="xs" variant="default" onClick={apply}>
          {labelOf(byOptions)}
        </Button>
      )}
      {byCalls.length > 0 && (
        <MayButton takes="operator" size="xs" variant="default" onClick={() => setIsAsking(true)}>
          {labelOf(byCalls)}
        </MayButton>
      )}
      {isAsking && <FixDialog id={group.id} machines={byCalls} onClose={() => setIsAsking(false)} />}
    </>
  );
}

/** By the first: those of one rule say the same but for names. */
const labelOf = (fixable: readonly Fixable[]): string =>
  t('wizard.fix', {
    count: fixable.length,
    number: numberText(fixable.length),
    says: remedyText(fixable[0]?.fix.says ?? ''),
  });

interface FixDialogProps {
  readonly id: string;
  readonly machines: readonly Fixable[];
  readonly onClose: () => void;
}

function FixDialog({ id, machines, onClose }: FixDialogProps) {
  const { draft, picked } = useWizard();
  const refs = new Set(machines.map(({ ref }) => ref));
  const own = picked.filter(({ machine }) => refs.has(machine.ref));
  const [wishes] = useState(() =>
    own.map(({ machine, options }): InputOf<'checks.fix'> => ({
      source: draft.source ?? '',
      destination: draft.destination ?? '',
      vm: machine.ref,
      options,
      finding: id,
    })),
  );
  const { of, load } = useAnswer(
    useCallback(
      async (signal: AbortSignal) =>
        (await Promise.all(wishes.map((wish) => call('checks.fix', { ...wish, isDry: true }, signal)))).flatMap(
          ({ calls }) => calls,
        ),
      [wishes],
    ),
  );
  const doIt = async (): Promise<void> => {
    for (const wish of wishes) await call('checks.fix', wish);
    toast(t('wizard.fixed', { count: wishes.length, number: numberText(wishes.length) }));
    void runChecks(draft, own);
  };
  return (
    <ConfirmDialog
      title={t('wizard.fixTitle', { id })}
      doIt={labelOf(machines)}
      isDangerous={false}
      isOff={of.state !== 'known'}
      onDo={doIt}
      onClose={onClose}
    >
      <Text>{t('wizard.fixCalls')}</Text>
      <Faces of={of} onRetry={load}>
        {(calls) => (
          <ul className={classes['names']}>
            {calls.map((one) => (
              <li key={one}>
                <code>{one}</code>
              </li>
            ))}
          </ul>
        )}
      </Faces>
    </ConfirmDialog>
  );
}
