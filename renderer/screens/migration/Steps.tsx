/** The five steps of a migration, which of them it is at, and how long each took. */
import {
  IconCircle,
  IconCircleCheckFilled,
  IconCircleMinus,
  IconCircleXFilled,
  IconLoader,
  IconPlayerPauseFilled,
} from '@tabler/icons-react';
import type { ScheduledMigration } from '../../../main/shared/schedule.ts';
import { useNow } from '../../parts/use-now.ts';
import { spanText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Migration.module.css';
import { stepsOf, type StepState } from './steps.ts';

const signs: Readonly<Record<StepState['state'], typeof IconCircle>> = {
  ahead: IconCircle,
  now: IconLoader,
  halted: IconPlayerPauseFilled,
  failed: IconCircleXFilled,
  cancelled: IconCircleMinus,
  done: IconCircleCheckFilled,
};

export function Steps({ one }: { readonly one: ScheduledMigration }) {
  const now = useNow(one.isRunning ? 1000 : null);
  return (
    <ol className={classes['steps']} aria-label={t('migration.steps')}>
      {stepsOf(one.stages, one.isRunning, now).map(({ step, state, seconds }) => {
        const Sign = signs[state];
        return (
          <li key={step} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
            <Sign size={20} aria-hidden="true" />
            <span>
              <strong>{t(`step.${step}`)}</strong>
              <small>
                {t(`step.is.${state}`)}
                {seconds !== null && ` · ${spanText(seconds)}`}
              </small>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
