/** The steps at the side: how far each is, what is missing or wrong in it, and one click to get there. */
import { IconCircle, IconCircleCheck, IconCircleDashed, IconCircleX } from '@tabler/icons-react';
import { t } from '../../../texts/t.ts';
import { useWizard } from './context.ts';
import { stepNames } from './draft.ts';
import { isJudged, stepState, stepStateText, type StepState } from './problems.ts';
import classes from './Wizard.module.css';

const signs: Readonly<Record<StepState, typeof IconCircle>> = {
  open: IconCircle,
  ok: IconCircleCheck,
  nothing: IconCircle,
  incomplete: IconCircleDashed,
  problems: IconCircleX,
};
/** So many stand in the list; the others are said by their number. */
const MOST_SHOWN = 4;

export function StepList() {
  const { draft, problems, go } = useWizard();
  return (
    <nav className={classes['steps']} aria-label={t('wizard.steps')}>
      <ol>
        {stepNames.map((step) => {
          const state = stepState(step, draft, problems);
          const Sign = signs[state];
          const isHere = draft.step === step;
          const own = isJudged(step, draft, problems) ? problems.filter((one) => one.step === step) : [];
          return (
            <li key={step}>
              <button
                type="button"
                className={classes['step']}
                aria-current={isHere ? 'step' : undefined}
                onClick={() => go(step)}
              >
                <Sign size={20} className={classes['sign'] ?? ''} data-state={state} aria-hidden="true" />
                <span>{t(`wizard.step.${step}`)}</span>
                <span className={classes['state']}>{stepStateText(step, draft, problems)}</span>
              </button>
              {own.length > 0 && (
                <ul className={classes['problems']}>
                  {own.slice(0, MOST_SHOWN).map(({ field, says }) => (
                    <li key={`${field} ${says}`}>
                      <button type="button" onClick={() => go(step, field)}>
                        {says}
                      </button>
                    </li>
                  ))}
                  {own.length > MOST_SHOWN && <li>{t('wizard.moreProblems', { count: own.length - MOST_SHOWN })}</li>}
                </ul>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
