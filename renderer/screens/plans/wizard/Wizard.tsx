/** The plan editor: six steps over one draft, which keeps itself. */
import { Button, Kbd, Title } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useEffect, useMemo, useRef, useState } from 'react';
import { networkNeeds } from '../../../../main/shared/proposals/needs.ts';
import { PageHead } from '../../../parts/PageHead.tsx';
import { plans } from '../../../state/connections.ts';
import { timeText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { useMachines } from '../machines.ts';
import { useCloudWorld, useSourceWorld } from '../worlds.ts';
import { useChecks } from './checks.ts';
import { WizardContext, type Wizard as WizardParts } from './context.ts';
import { stepNames, type Draft, type StepName } from './draft.ts';
import { changeDraft, isKept, moveInDraft } from './drafts.ts';
import { networkLines, networksOf, pickedOf } from './effective.ts';
import { Ending } from './Ending.tsx';
import { problemsOf } from './problems.ts';
import { StepList } from './StepList.tsx';
import { steps } from './steps.ts';
import classes from './Wizard.module.css';

interface WizardProps {
  readonly draftKey: string;
  readonly draft: Draft;
  readonly title: string;
}

export function Wizard({ draftKey: key, draft, title }: WizardProps) {
  const beforeNext = useRef<(() => void) | null>(null);
  const [setBeforeNext] = useState(() => (work: (() => void) | null) => void (beforeNext.current = work));
  const wizard = useParts(key, draft, setBeforeNext);
  const heading = useRef<HTMLHeadingElement>(null);
  const { step } = draft;
  const shown = useRef(step);
  const at = stepNames.indexOf(step);
  const before = stepNames[at - 1];
  const after = stepNames[at + 1];
  const Step = steps[step];
  const next = (): void => {
    if (after === undefined) return;
    beforeNext.current?.();
    wizard.go(after);
  };
  useHotkeys([['mod+Enter', next]], []);
  useEffect(() => {
    if (shown.current !== step) heading.current?.focus();
    shown.current = step;
  }, [step]);

  return (
    <WizardContext value={wizard}>
      <PageHead title={title} />
      <div className={classes['frame']}>
        <StepList />
        <section className={classes['content']} aria-labelledby="step-title">
          <Title order={2} size="h4" id="step-title" ref={heading} tabIndex={-1} className={classes['title'] ?? ''}>
            {t(`wizard.step.${step}`)}
          </Title>
          <p className={classes['about']}>{t(`wizard.about.${step}`)}</p>
          <Step />
          <div className={classes['foot']}>
            <output className={classes['saved']}>
              {isKept(draft) ? t('wizard.saved', { time: timeText(draft.changedAt) }) : t('wizard.nothingChanged')}
            </output>
            {before !== undefined && (
              <Button variant="default" onClick={() => wizard.go(before)}>
                {t('wizard.back')}
              </Button>
            )}
            {after !== undefined && (
              <Button onClick={next} rightSection={<Kbd size="xs">Ctrl ⏎</Kbd>} aria-keyshortcuts="Control+Enter">
                {t('wizard.next', { step: t(`wizard.step.${after}`) })}
              </Button>
            )}
            {step === 'review' && isWhole(wizard) && <Ending />}
          </div>
        </section>
      </div>
    </WizardContext>
  );
}

/** Enough is known of it to be saved. */
const isWhole = ({ draft, unread }: WizardParts): boolean =>
  draft.machines.length > 0 && draft.destination !== null && unread === null;

function useParts(key: string, draft: Draft, setBeforeNext: WizardParts['setBeforeNext']): WizardParts {
  const source = useSourceWorld(draft.source);
  const cloud = useCloudWorld(draft.destination);
  const others = plans.use();
  const checked = useChecks(({ byRef }) => byRef);
  const world = source.state === 'known' ? source.value : null;
  const facts = cloud.state === 'known' ? cloud.value.facts : null;
  const { machines, options } = draft;

  const refs = useMemo(
    () => machines.flatMap(({ ref }) => (world?.byRef.has(ref) === true ? [ref] : [])),
    [machines, world],
  );
  const { byRef, error } = useMachines(draft.source, refs);
  const needs = useMemo(() => networkNeeds([...byRef.values()], world?.networks ?? []), [byRef, world]);
  const lines = useMemo(() => networkLines(needs, options.networks ?? [], facts), [needs, options.networks, facts]);
  const planWide = useMemo(
    () => ({ ...options, networks: networksOf(lines, options.networks ?? []) }),
    [options, lines],
  );
  const picked = useMemo(() => pickedOf({ machines }, byRef, planWide), [machines, byRef, planWide]);
  const takenNames = useMemo(
    () =>
      new Set(
        (others.state === 'known' ? others.value : []).flatMap((one) =>
          one.id === key ? [] : [one.name.toLowerCase()],
        ),
      ),
    [others, key],
  );
  const problems = useMemo(
    () => problemsOf({ draft, takenNames, world, facts, lines, picked, checked }),
    [draft, takenNames, world, facts, lines, picked, checked],
  );

  return {
    key,
    draft,
    change: (change) => changeDraft(key, change),
    source,
    world,
    unread: error ?? (byRef.size < refs.length ? 'loading' : null),
    cloud,
    facts,
    lines,
    planWide,
    picked,
    problems,
    go: (step, field) => goTo(key, draft, step, field),
    setBeforeNext,
    isUnderWay: machines.some(({ migration }) => migration !== null),
  };
}

function goTo(key: string, draft: Draft, step: StepName, field = ''): void {
  const seen = [...new Set([...draft.seen, draft.step])];
  moveInDraft(key, { step, seen });
  if (field !== '') setTimeout(() => focusOn(field)); // once the step is there
}

/** The field itself, or the first thing in it that takes the focus. */
function focusOn(id: string): void {
  const place = document.getElementById(id);
  const target = place?.matches('input, select, button, textarea, [tabindex]')
    ? place
    : place?.querySelector<HTMLElement>('input, select, button, textarea, [tabindex]');
  target?.focus();
  (target ?? place)?.scrollIntoView({ block: 'center' });
}
