/** One rule, the machines that it is about, what to do, and what can be done here. */
import { Button, Checkbox, Collapse, Group } from '@mantine/core';
import { useState } from 'react';
import { Badge } from '../../../parts/Badge.tsx';
import { severityTones } from '../../../parts/severity.tsx';
import { numberText } from '../../../texts/format.ts';
import { remedyText } from '../../../../main/shared/remedy.ts';
import { t } from '../../../texts/t.ts';
import { isAccepted, type FindingGroup } from './checks.ts';
import { useWizard } from './context.ts';
import type { StepName } from './draft.ts';
import { FixButtons } from './FixButtons.tsx';
import { findingFieldId } from './problems.ts';
import classes from './Wizard.module.css';

/** Where what a rule finds can be put right without leaving the wizard. */
const stepsOfRules: readonly (readonly [pattern: RegExp, step: StepName])[] = [
  [/^(NET-0[156]|NET-11|OST-0[23]|DSK-16)$/, 'mapping'],
  [/^(VM-10b|VM-08b?|HV-0[57]|NET-07|NET-17|OST-0[56]|OST-14|VM-05)$/, 'options'],
  [/^(OST-04|OST-13)$/, 'destination'],
];

export function FindingCard({ group }: { readonly group: FindingGroup }) {
  const { draft, change, go } = useWizard();
  const step = stepsOfRules.find(([pattern]) => pattern.test(group.id))?.[1];
  const { id, severity, says, remedy, machines } = group;
  const [isOpen, setIsOpen] = useState(machines.length <= 3);
  const refs = new Set(machines.map(({ ref }) => ref));
  const accept = draft.options.accept ?? 'all';
  const setAccepted = (isOn: boolean): void =>
    change(({ options }) => {
      const before = options.accept ?? 'all';
      if (before === 'all') return {};
      return {
        options: { ...options, accept: isOn ? [...new Set([...before, id])] : before.filter((one) => one !== id) },
      };
    });
  const leaveOut = (): void =>
    change(({ machines: all, leftOut }) => ({
      machines: all.filter(({ ref }) => !refs.has(ref)),
      leftOut: [...leftOut, ...all.filter(({ ref }) => refs.has(ref))],
    }));
  const count = { count: machines.length, number: numberText(machines.length) };

  return (
    <article className={classes['finding']} data-severity={severity} id={findingFieldId(id)} aria-label={says}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Badge tone={severityTones[severity]}>{t(`wizard.severity.${severity}`)}</Badge>
        <strong>{t('wizard.vmsWith', { ...count, says })}</strong>
        <code>{id}</code>
      </Group>
      <p>
        <strong>{t('error.whatToDo')}:</strong> {remedyText(remedy)}
      </p>
      <Group gap="sm" mt="xs">
        {severity === 'warns' && (
          <Checkbox
            label={t('wizard.acceptWarning', { id })}
            description={accept === 'all' ? t('wizard.allAccepted') : undefined}
            checked={isAccepted(accept, id)}
            disabled={accept === 'all'}
            onChange={({ currentTarget }) => setAccepted(currentTarget.checked)}
          />
        )}
        <FixButtons group={group} />
        {severity !== 'informs' && (
          <Button size="xs" variant="default" onClick={leaveOut}>
            {t('wizard.leaveOut', count)}
          </Button>
        )}
        {step !== undefined && severity !== 'informs' && (
          <Button size="xs" variant="default" onClick={() => go(step)}>
            {t('wizard.toStep', { step: t(`wizard.step.${step}`) })}
          </Button>
        )}
        <Button size="xs" variant="default" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {t(isOpen ? 'wizard.hideVms' : 'wizard.showVms', count)}
        </Button>
      </Group>
      <Collapse expanded={isOpen}>
        <ul className={classes['names']}>
          {machines.map(({ ref, name, about }) => (
            <li key={ref}>
              <strong>{name}</strong>: {about.join('; ')}
            </li>
          ))}
        </ul>
      </Collapse>
    </article>
  );
}
