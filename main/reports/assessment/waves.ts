/** Waves in words: whether one is out of proportion, which machines they have, and how long those would be off. */
import { minutesText } from '../../shared/figures.ts';
import { largeWave, offOf, offOfWave, type Off } from '../../shared/assessed/waves.ts';
import type { AssessedMachine, AssessedWave, AssessmentSummary } from '../../shared/assessment.ts';
import { numberText } from './words.ts';

/** Of the wave that has far more machines than any other, and how to have smaller ones; null where none has. */
export function largeWaveText(assessment: Pick<AssessmentSummary, 'waves'>): string | null {
  const large = largeWave(assessment);
  if (large === null) return null;
  const { number, machines, all, size } = large;
  return `Wave ${number} has ${numberText(machines)} of the ${numberText(all)} machines that move: judge again with waves of at most ${size} machines (--wave-size ${size}), or with a shorter window (--window HOURS), for smaller ones.`;
}

/** “a, b and 3 more, in XLSX, CSV and JSON”. */
export function namesText(names: readonly string[], most: number): string {
  const more = names.length - most;
  return more <= 0
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${numberText(more)} more, in XLSX, CSV and JSON`;
}

const firmwareWords = { bios: 'BIOS', uefi: 'UEFI' } as const;
export const firmwareText = ({ firmware }: Pick<AssessedMachine, 'firmware'>): string =>
  firmware === null || firmware === undefined ? 'not told' : firmwareWords[firmware];

/** Of the blocks that change. */
const trackingWords = {
  on: 'on',
  off: 'off',
  cannot: 'impossible',
  untold: 'not told',
} as const;
export const trackingText = ({ tracking = 'untold' }: Pick<AssessedMachine, 'tracking'>): string =>
  trackingWords[tracking];

/** Cold, then warm, of one machine; “–” of one that is off already, or older assessments. */
export const offTexts = (machine: Pick<AssessedMachine, 'downtime'>): readonly [cold: string, warm: string] =>
  inHours(offOf(machine));

/** The same of a wave: of all its machines that run, together. */
export const waveOffTexts = (wave: Pick<AssessedWave, 'downtime'>): readonly [cold: string, warm: string] =>
  inHours(offOfWave(wave));

const inHours = ({ cold, warm }: Off): readonly [cold: string, warm: string] => [
  cold === null ? '–' : minutesText(cold),
  warm === null ? '–' : minutesText(warm),
];

/** What the hours that machines are off are made of; empty of an assessment that is older than these. */
export function downtimeText({ downtime }: Pick<AssessmentSummary, 'downtime'>): string {
  if (downtime === undefined) return '';
  const minutes = Math.round(downtime.stopAndStartSeconds / 60);
  return (
    `Off are machines that run, all of a wave added up: cold, as this version of Guts moves them, for the whole copy and ${minutes} min to stop and start; ` +
    `warm, for comparison, only for a last copy of what has changed meanwhile (assumed: ${downtime.changedPercent} % of what there is to copy) and the same ${minutes} min. ` +
    'Warm takes change tracking, which may have to be turned on before; where it is impossible, the machine is counted cold.'
  );
}
