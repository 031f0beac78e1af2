/** The path doctor's report: what it comes to, how fast each way of reading is, and every step. */
import type { DoctorReport, DoctorWay } from '../../../../main/shared/doctor.ts';
import { badge } from '../../../parts/Badge.tsx';
import { Rows } from '../../../parts/Section.tsx';
import { VerdictCard } from '../../../parts/VerdictCard.tsx';
import { numberText, rateText, roughSpanText, sizeText, spanText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { doctorTones, Steps } from './Steps.tsx';

const cards = { good: 'good', poor: 'wait', bad: 'bad', notTried: 'info' } as const;

const wayText = (way: DoctorWay): string => (way === 'winrm' ? t('doctor.winrm') : t(`report.reading.${way}`));

export function Found({ report }: { readonly report: DoctorReport }) {
  const { verdict, from, machine, chosen, readings, steps, leftBehind, seconds } = report;
  return (
    <>
      <VerdictCard is={cards[verdict]} word={t(`doctor.word.${verdict}`)}>
        <p>
          {t('doctor.lookedFrom', { host: from.host, count: steps.length, number: numberText(steps.length) })}{' '}
          {t('doctor.took', { span: spanText(seconds) })}
        </p>
        {machine !== null && <p>{t('doctor.machine', { name: machine.name, why: machine.why })}</p>}
        {chosen !== null && <p>{t('doctor.chosen', { way: wayText(chosen.reading), why: chosen.why })}</p>}
        {leftBehind.length > 0 && (
          <>
            <p>{t('doctor.leftBehind')}</p>
            <ul>
              {leftBehind.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </>
        )}
      </VerdictCard>
      {readings.length > 0 && (
        <Rows
          label={t('doctor.readings')}
          columns={[
            { title: t('doctor.way') },
            { title: t('doctor.verdict') },
            { title: t('reports.speed'), isNumber: true },
            { title: t('reports.read'), isNumber: true },
            { title: t('doctor.whole'), isNumber: true },
            { title: t('report.why') },
          ]}
          rows={readings.map(({ reading, verdict: own, bytesPerSecond, bytes, wholeSeconds, says }) => [
            wayText(reading),
            badge(doctorTones[own], t(`doctor.verdict.${own}`)),
            bytesPerSecond === null ? '–' : rateText(bytesPerSecond),
            bytesPerSecond === null ? '–' : sizeText(bytes),
            wholeSeconds === null ? '–' : roughSpanText(wholeSeconds),
            says,
          ])}
        />
      )}
      <Steps steps={steps} />
    </>
  );
}
