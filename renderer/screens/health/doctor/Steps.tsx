/** What the path doctor saw, a line for each, by what it is about. */
import { doctorGroups, type DoctorStep, type DoctorVerdict } from '../../../../main/shared/doctor.ts';
import { Badge, type Tone } from '../../../parts/Badge.tsx';
import { remedyText } from '../../../../main/shared/remedy.ts';
import { t } from '../../../texts/t.ts';
import classes from '../Health.module.css';

export const doctorTones: Readonly<Record<DoctorVerdict, Tone>> = {
  good: 'good',
  poor: 'wait',
  bad: 'bad',
  notTried: 'still',
};

export function Steps({ steps }: { readonly steps: readonly DoctorStep[] }) {
  return doctorGroups.map((group) => {
    const own = steps.filter((step) => step.group === group);
    if (own.length === 0) return null;
    return (
      <section key={group} aria-label={t(`doctor.group.${group}`)}>
        <h3 className={classes['group']}>{t(`doctor.group.${group}`)}</h3>
        <ul className={classes['lines']}>
          {own.map(({ id, about, verdict, says, remedy }) => (
            <li key={id} className={classes['line']}>
              <span className={classes['name']}>{about}</span>
              <Badge tone={doctorTones[verdict]}>{t(`doctor.verdict.${verdict}`)}</Badge>
              <span className={classes['says']}>
                {says}
                {remedy !== null && ` ${t('error.whatToDo')}: ${remedyText(remedy)}`}
              </span>
            </li>
          ))}
        </ul>
      </section>
    );
  });
}
