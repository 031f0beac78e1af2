/** The proposed waves, as a part of the assessment’s page: how large they are, how long machines are off, which machines they have. */
import type { Assessment } from '../../shared/assessment.ts';
import { bytesText, minutesText } from '../../shared/figures.ts';
import { remedyText } from '../../shared/remedy.ts';
import { html, type Markup, type Slot } from '../markup.ts';
import { section, table, tag } from '../tables.ts';
import { cut } from './parts-html.ts';
import { namesByWave } from '../../shared/assessed/waves.ts';
import { downtimeText, largeWaveText, namesText, waveOffTexts } from './waves.ts';
import { numberText, rateWords } from './words.ts';

const MOST_ROWS = 100;
/** Names of one wave. */
const MOST_NAMES = 200;

export function wavesSection(assessment: Assessment): Markup | string {
  const list = assessment.waves;
  if (list.length === 0) return '';
  const columns = [
    { title: 'Wave', kind: 'label' },
    { title: 'Machines', kind: 'number' },
    { title: 'To copy', kind: 'number' },
    { title: 'Takes', kind: 'number' },
    { title: 'Off, cold', kind: 'number' },
    { title: 'Off, warm', kind: 'number' },
    { title: 'Why these', kind: 'name' },
  ] as const;
  const names = namesByWave(assessment);
  const shown = list.slice(0, MOST_ROWS);
  const rows = shown.map((wave): Slot[] => [
    wave.isPilot ? html`${wave.number} ${tag('good', 'pilot')}` : String(wave.number),
    numberText(wave.machines),
    bytesText(wave.copyBytes),
    minutesText(wave.seconds),
    ...waveOffTexts(wave),
    wave.why,
  ]);
  const members = shown.map(({ number }): Slot[] => [String(number), namesText(names.get(number) ?? [], MOST_NAMES)]);
  const left = assessment.readiness.notReady.machines + assessment.readiness.unknown.machines;
  const large = largeWaveText(assessment);
  const note = `Copying alone, ${remedyText(rateWords(assessment))}. Proposed by size, by what tags, notes, folders and names say belongs together, and by the window; nobody told which machines depend on each other.${left === 0 ? '' : ` ${numberText(left)} that ${left === 1 ? 'is' : 'are'} not ready or unknown ${left === 1 ? 'is' : 'are'} in none.`}`;
  return section(
    'Waves',
    html`${large === null ? '' : html`<p>${tag('wait', 'large')} ${remedyText(large)}</p>`}
      ${table('Proposed waves', columns, rows)}${cut(list.length, MOST_ROWS)}
      <p class="note">${downtimeText(assessment)}</p>
      ${table(
        'Machines of each wave',
        [
          { title: 'Wave', kind: 'label' },
          { title: 'Machines of it', kind: 'name' },
        ],
        members,
      )}`,
    note,
    'long',
  );
}
