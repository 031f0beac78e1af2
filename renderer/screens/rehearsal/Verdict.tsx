/** Go or no go, and how much speaks against it. */
import { stoppedMachines, type Rehearsal, type RehearsalVerdict } from '../../../main/shared/rehearsal.ts';
import { VerdictCard } from '../../parts/VerdictCard.tsx';
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';

const tones = { go: 'good', goWithCare: 'wait', noGo: 'bad' } as const satisfies Record<RehearsalVerdict, string>;

export function Verdict({ rehearsal }: { readonly rehearsal: Rehearsal }) {
  const { verdict, findings, machines } = rehearsal;
  const against = findings.filter(({ severity }) => severity !== 'informs');
  const stopped = stoppedMachines(rehearsal).length;
  const toDo = machines.filter(({ state }) => state === 'toDo').length;
  return (
    <VerdictCard is={tones[verdict]} word={t(`rehearsal.verdict.${verdict}`)}>
      <p>{t('rehearsal.machines', { count: toDo, number: numberText(toDo) })}</p>
      {(against.length > 0 || stopped > 0) && (
        <ul>
          {against.map(({ id, says }) => (
            <li key={id}>{says}</li>
          ))}
          {stopped > 0 && <li>{t('rehearsal.stopped', { count: stopped, number: numberText(stopped) })}</li>}
        </ul>
      )}
    </VerdictCard>
  );
}
