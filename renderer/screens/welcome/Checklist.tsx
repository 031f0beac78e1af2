/** What there is to do before the first machine can move; each is ticked from what there is, and it goes when all is done. */
import { Text, Title, VisuallyHidden } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import { MayButton } from '../../parts/MayButton.tsx';
import { go, pathOf } from '../../router.ts';
import { destinations, plans, sources } from '../../state/connections.ts';
import { details } from '../../state/details.ts';
import { t } from '../../texts/t.ts';
import classes from './Welcome.module.css';

interface Step {
  readonly id: 'source' | 'inventory' | 'cloud' | 'plan';
  readonly isDone: boolean;
  readonly takes: 'operator' | 'admin';
  readonly to: string;
  /** Why it comes later. */
  readonly isOff: string | null;
}

export function Checklist() {
  const steps = useSteps();
  const done = steps?.filter(({ isDone }) => isDone).length ?? 0;
  if (steps === null || done === steps.length) return null;
  const next = steps.find(({ isDone }) => !isDone);
  return (
    <section className="guts-card" aria-labelledby="checklist">
      <Title order={2} size="h5" id="checklist">
        {t('checklist.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('checklist.done', { done, of: steps.length })}
      </Text>
      <ol className={classes['steps']}>
        {steps.map((step) => (
          <li key={step.id} className={classes['step']}>
            {step.isDone ? (
              <IconCircleCheck className={classes['done'] ?? ''} aria-hidden="true" />
            ) : (
              <IconCircleDashed className={classes['open'] ?? ''} aria-hidden="true" />
            )}
            <span>
              {t(`checklist.${step.id}`)}
              <VisuallyHidden> {t(step.isDone ? 'checklist.isDone' : 'checklist.isOpen')}</VisuallyHidden>
            </span>
            {!step.isDone && (
              <MayButton
                size="xs"
                takes={step.takes}
                isOff={step.isOff}
                variant={step === next ? 'filled' : 'default'}
                onClick={() => go(step.to)}
              >
                {t(`checklist.do.${step.id}`)}
              </MayButton>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Null while it is not known. */
function useSteps(): readonly Step[] | null {
  const from = sources.use();
  const to = destinations.use();
  const planned = plans.use();
  const known = details.use();
  if (from.state !== 'known' || to.state !== 'known' || planned.state !== 'known' || known.state !== 'known')
    return null;
  const [first] = from.value;
  const hasInventory = from.value.some(({ id }) => (known.value[id]?.inventoryTakenAt ?? null) !== null);
  return [
    { id: 'source', isDone: first !== undefined, takes: 'admin', to: '/connections/new/source', isOff: null },
    {
      id: 'inventory',
      isDone: hasInventory,
      takes: 'operator',
      to: first === undefined ? '/connections' : pathOf('connections', 'source', first.id),
      isOff: first === undefined ? t('checklist.sourceFirst') : null,
    },
    { id: 'cloud', isDone: to.value.length > 0, takes: 'admin', to: '/connections/new/cloud', isOff: null },
    {
      id: 'plan',
      isDone: planned.value.length > 0,
      takes: 'operator',
      to: '/plans/new',
      isOff: hasInventory && to.value.length > 0 ? null : t('checklist.sidesFirst'),
    },
  ];
}
