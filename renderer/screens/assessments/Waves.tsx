/** The proposed waves: how large they are, how long they take and VMs are off, which VMs they have, and whether one is far too large. */
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { largeWave, namesByWave, offOfWave } from '../../../main/shared/assessed/waves.ts';
import type { AssessedMachine, AssessmentSummary } from '../../../main/shared/assessment.ts';
import { Badge } from '../../parts/Badge.tsx';
import { Rows, Section, whole } from '../../parts/Section.tsx';
import { numberText, rateText, roughSpanText, sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { vmsText } from './share-text.ts';

interface WavesProps {
  readonly summary: AssessmentSummary;
  readonly machines: readonly AssessedMachine[];
}

export function Waves({ summary, machines }: WavesProps) {
  const names = useMemo(() => namesByWave({ machines }), [machines]);
  const { waves, options } = summary;
  const { bytesPerSecond, atOnce, basis } = options.rate;
  if (waves.length === 0) return null;
  return (
    <Section title={t('assessment.waves')}>
      <TooLarge summary={summary} />
      <p>{t(`assessment.rate.${basis}`, { rate: rateText(bytesPerSecond), atOnce: numberText(atOnce) })}</p>
      <Rows
        label={t('assessment.waves')}
        columns={[
          { title: t('rehearsal.wave') },
          { title: t('assessment.machines'), isNumber: true },
          { title: t('assessment.toCopy'), isNumber: true },
          { title: t('assessment.takes'), isNumber: true },
          { title: t('assessment.offCold'), isNumber: true },
          { title: t('assessment.offWarm'), isNumber: true },
          { title: t('report.why') },
        ]}
        rows={waves.map((wave) => {
          const { cold, warm } = offOfWave(wave);
          return [
            whole(nameOf(wave)),
            numberText(wave.machines),
            sizeText(wave.copyBytes),
            roughSpanText(wave.seconds),
            offText(cold),
            offText(warm),
            wave.why,
          ];
        })}
      />
      <Downtime summary={summary} />
      <Rows
        label={t('assessment.waveMachines')}
        columns={[{ title: t('rehearsal.wave') }, { title: t('assessment.itsMachines') }]}
        rows={waves.map((wave) => [
          whole(nameOf(wave)),
          <Names key="names" names={names.get(wave.number) ?? []} wave={wave} />,
        ])}
      />
    </Section>
  );
}

type Wave = AssessmentSummary['waves'][number];

const nameOf = ({ number, isPilot }: Wave): string =>
  isPilot ? t('assessment.pilot', { number: numberText(number) }) : numberText(number);

/** “–” where they are off already, or nobody knows. */
export const offText = (seconds: number | null): string => (seconds === null ? '–' : roughSpanText(seconds));

function TooLarge({ summary }: { readonly summary: AssessmentSummary }) {
  const large = largeWave(summary);
  if (large === null) return null;
  const { number, machines, all, size } = large;
  return (
    <p>
      <Badge tone="wait">{t('assessment.largeWave')}</Badge>{' '}
      {t('assessment.largeWaveWhat', {
        wave: numberText(number),
        number: numberText(machines),
        all: vmsText(all),
        field: t('waves.most'),
        size: numberText(size),
      })}
    </p>
  );
}

/** What the hours that VMs are off are made of. */
function Downtime({ summary: { downtime } }: { readonly summary: AssessmentSummary }) {
  if (downtime === undefined) return null;
  const minutes = roughSpanText(downtime.stopAndStartSeconds);
  return <p>{t('assessment.downtime', { minutes, percent: numberText(downtime.changedPercent) })}</p>;
}

/** More than these are shown on request. */
const FIRST_NAMES = 20;

function Names({ names, wave }: { readonly names: readonly string[]; readonly wave: Wave }) {
  const [isOpen, setIsOpen] = useState(false);
  if (names.length <= FIRST_NAMES) return <>{names.join(', ')}</>;
  const values = { number: numberText(names.length), wave: nameOf(wave) };
  return (
    <>
      {(isOpen ? names : names.slice(0, FIRST_NAMES)).join(', ')}
      {isOpen ? ' ' : ' … '}
      <Button
        size="compact-sm"
        variant="default"
        aria-expanded={isOpen}
        aria-label={t(isOpen ? 'assessment.fewNamesOf' : 'assessment.allNamesOf', values)}
        onClick={() => setIsOpen(!isOpen)}
      >
        {t(isOpen ? 'assessment.fewNames' : 'assessment.allNames', values)}
      </Button>
    </>
  );
}
