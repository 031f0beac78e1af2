/** The assessment as plain PDF: what somebody who decides wants on paper, and the machines that need somebody first. */
import { remedyText } from '../../shared/remedy.ts';
import type { Assessment } from '../../shared/assessment.ts';
import type { Comparison } from '../../shared/compare-assessments.ts';
import { bytesText, minutesText } from '../../shared/figures.ts';
import { A4_WIDE } from '../pdf/document.ts';
import { Layout, type PdfCell, type Tone } from '../pdf/layout.ts';
import { some } from '../pdf/parts.ts';
import { momentText } from '../tables.ts';
import { findingText, idBeside, untoldIn } from '../../shared/assessed/naming.ts';
import { shareLines, standingText } from './shares.ts';
import { firmwareText, offTexts, trackingText } from './waves.ts';
import { basisLines } from './basis.ts';
import { cut, writeNeeds, writePlan } from './plan-pdf.ts';
import { untold } from './untold.ts';
import {
  copyingText,
  countText,
  changeText,
  diskText,
  doubtWords,
  filesText,
  memoryText,
  moreText,
  numberText,
  originText,
  percentText,
  readinessOrder,
  readinessWords,
  titleText,
  verdictText,
  weightTones,
} from './words.ts';

/** Paper is no place for thousands. */
const MOST_MACHINES = 300;
const MOST_ROWS = 60;

export function assessmentPdf(assessment: Assessment, comparison: Comparison | null): Uint8Array {
  const { cloud, madeAt, guts } = assessment;
  const layout = new Layout(A4_WIDE);
  const title = titleText(assessment);
  layout.heading(title, 1);
  layout.text(
    `${originText(assessment)} → ${cloud === null ? 'OpenStack; no cloud was asked' : `${cloud.name}, project ${cloud.project}`}. Judged ${momentText(madeAt)}.`,
    'quiet',
  );
  layout.gap(6);
  layout.text(verdictText(assessment), verdictTone(assessment), 14, 'bold');
  layout.text(standingText(assessment));
  totals(layout, assessment);
  some(
    layout,
    'What will hurt',
    [
      { title: 'What', parts: 2 },
      { title: 'Where, with figures', parts: 3 },
    ],
    assessment.hurts.map(({ says, about }) => [says, about.join('; ')]),
  );
  findings(layout, assessment);
  if (comparison !== null) changes(layout, comparison);
  writePlan(layout, assessment);
  writeNeeds(layout, assessment);
  machines(layout, assessment);
  some(
    layout,
    'What this is based on',
    [
      { title: 'What', parts: 1 },
      { title: 'On what', parts: 8 },
    ],
    basisLines(assessment).map(([name, value]) => [{ text: name, tone: 'quiet' }, value]),
  );
  some(
    layout,
    'What could not be read',
    [{ title: 'Where', parts: 1 }],
    assessment.warnings.slice(0, MOST_ROWS).map((text) => [text]),
  );
  layout.gap(8);
  layout.text(`Written by Guts ${guts}. As XLSX, CSV or JSON the assessment holds every machine.`, 'quiet', 8);
  return layout.done(`Guts assessment: ${title}`, `Guts ${guts}`);
}

function verdictTone({ readiness, totals: { machines: all } }: Assessment): Tone {
  if (all > 0 && readiness.ready.machines === all) return 'good';
  return readiness.notReady.machines + readiness.unknown.machines > all / 2 ? 'bad' : 'wait';
}

function totals(layout: Layout, assessment: Assessment): void {
  const { totals: sums, readiness: by } = assessment;
  layout.table(
    ['Machines', 'vCPU', 'Memory', 'Disks', 'Addresses', 'Copying'].map((name) => ({ title: name, parts: 1 })),
    [
      [
        { text: numberText(sums.machines), note: `${countText(sums.disks, 'disk')}, ${countText(sums.cards, 'card')}` },
        { text: numberText(sums.cpus), note: moreText(sums.flavorWaste.vcpus, numberText) },
        { text: memoryText(sums.memoryMiB), note: moreText(sums.flavorWaste.memoryMiB, memoryText) },
        { text: diskText(sums.diskGiB), note: `${bytesText(sums.copyBytes)} to copy if all moved` },
        numberText(sums.addresses),
        { text: minutesText(sums.seconds), note: copyingText(assessment) },
      ],
    ],
    10,
  );
  layout.heading('Readiness', 2);
  layout.table(
    [
      { title: 'Readiness', parts: 2 },
      { title: 'Machines', parts: 1, isNumber: true },
      { title: 'Of all', parts: 1, isNumber: true },
      { title: 'vCPU', parts: 1, isNumber: true },
      { title: 'Memory', parts: 1.3, isNumber: true },
      { title: 'Disks', parts: 1.3, isNumber: true },
      { title: 'What it means', parts: 5 },
    ],
    readinessOrder.map((one): PdfCell[] => [
      { text: readinessWords[one].word, tone: toneOf(readinessWords[one].tone), font: 'bold' },
      numberText(by[one].machines),
      percentText(by[one].machines, sums.machines),
      numberText(by[one].cpus),
      by[one].machines === 0 ? '–' : memoryText(by[one].memoryMiB),
      by[one].machines === 0 ? '–' : diskText(by[one].diskGiB),
      readinessWords[one].means,
    ]),
  );
  shares(layout, assessment);
}

/** Each machine counts in one line, so that the lines add up to all that the origin has. */
function shares(layout: Layout, assessment: Assessment): void {
  const lines = shareLines(assessment);
  some(
    layout,
    'How the machines add up',
    [
      { title: 'Machines that', parts: 2 },
      { title: 'Machines', parts: 1, isNumber: true },
      { title: 'Disks', parts: 1.3, isNumber: true },
      { title: 'To copy', parts: 1.3, isNumber: true },
      { title: 'Why', parts: 6 },
    ],
    lines.map(({ says, rule, why, machines: count, diskGiB, copyBytes, isSum }): PdfCell[] => {
      const font = isSum ? 'bold' : 'plain';
      return [
        { text: isSum ? `= ${says}` : says, font },
        { text: numberText(count), font },
        { text: diskGiB === null ? '–' : diskText(diskGiB), font },
        { text: copyBytes === null ? '–' : bytesText(copyBytes), font },
        { text: why, note: rule ?? '' },
      ];
    }),
  );
}

const toneOf = (tone: 'good' | 'wait' | 'bad' | 'plain'): Tone => (tone === 'plain' ? 'quiet' : tone);

function findings(layout: Layout, { rules, gaps }: Assessment): void {
  some(
    layout,
    'What was found',
    [
      { title: 'Weight', parts: 1 },
      { title: 'What was found', parts: 5 },
      { title: 'Machines', parts: 1, isNumber: true },
      { title: 'What to do', parts: 6 },
    ],
    rules
      .filter(({ machines: count }) => count > 0)
      .map(({ id, severity, says, machines: count, remedy }): PdfCell[] => [
        { text: severity, tone: toneOf(weightTones[severity]) },
        { text: says, note: id },
        numberText(count),
        remedyText(remedy),
      ]),
  );
  some(
    layout,
    'What is not told',
    [
      { title: 'What is missing', parts: 8 },
      { title: 'Machines', parts: 1, isNumber: true },
    ],
    untold({ gaps, rules }).map(({ machines: count, says, note }): PdfCell[] => [
      note === '' ? says : { text: says, note },
      count,
    ]),
  );
}

function changes(layout: Layout, comparison: Comparison): void {
  const { doubt, before, after, added, gone, changed, unchanged, rules: found } = comparison;
  const sized = ({ name, cpus, memoryMiB, diskGiB }: Comparison['added'][number], how: string): PdfCell[] => [
    name,
    how,
    `${cpus} vCPU, ${memoryText(memoryMiB)}, ${diskText(diskGiB)}`,
  ];
  layout.heading('What has changed', 2);
  if (doubt !== null) layout.text(doubtWords[doubt]);
  layout.text(
    `Since ${filesText(before.from)}: ${numberText(added.length)} added, ${numberText(gone.length)} gone, ${numberText(changed.length)} changed, ${numberText(unchanged)} as they were. Machines ${numberText(before.machines)} → ${numberText(after.machines)}, vCPU ${numberText(before.cpus)} → ${numberText(after.cpus)}, memory ${memoryText(before.memoryMiB)} → ${memoryText(after.memoryMiB)}, disks ${diskText(before.diskGiB)} → ${diskText(after.diskGiB)}.`,
  );
  if (found.length > 0)
    layout.table(
      [
        { title: 'What was found', parts: 6 },
        { title: 'Machines before', parts: 1.5, isNumber: true },
        { title: 'Now', parts: 1.5, isNumber: true },
      ],
      found.map(({ id, says, before: had, after: has }): PdfCell[] => [
        { text: says, note: id },
        numberText(had),
        numberText(has),
      ]),
    );
  const rows = [
    ...added.map((one) => sized(one, 'added')),
    ...gone.map((one) => sized(one, 'gone')),
    ...changed.map(({ name, changes: list }): PdfCell[] => [name, 'changed', list.map(changeText).join('; ')]),
  ];
  if (rows.length === 0) return;
  layout.table(
    [
      { title: 'Machine', parts: 2 },
      { title: 'How', parts: 1 },
      { title: 'What', parts: 6 },
    ],
    rows.slice(0, MOST_MACHINES),
  );
  cut(layout, rows.length, MOST_MACHINES);
}

const untoldText = (ids: readonly string[]): string[] => (ids.length === 0 ? [] : [`not told: ${ids.join(', ')}`]);

function machines(layout: Layout, { machines: all, flavors, gaps }: Assessment): void {
  const idOf = idBeside({ machines: all });
  const rank = { notReady: 0, unknown: 1, conditional: 2, ready: 3 };
  const list = [...all].sort((a, b) => rank[a.readiness] - rank[b.readiness]);
  some(
    layout,
    'Machines',
    [
      { title: 'Machine', parts: 3 },
      { title: 'Readiness', parts: 2 },
      { title: 'Size', parts: 1.5, isNumber: true },
      { title: 'Flavor', parts: 2 },
      { title: 'Disks', parts: 1.5, isNumber: true },
      { title: 'Firmware', parts: 1.5 },
      { title: 'Off, cold', parts: 1.2, isNumber: true },
      { title: 'Wave', parts: 0.7, isNumber: true },
      { title: 'What was found', parts: 5 },
    ],
    list
      .slice(0, MOST_MACHINES)
      .map((one): PdfCell[] => [
        { text: one.name, note: [idOf(one), one.guest ?? 'guest not told'].filter((text) => text !== null).join(', ') },
        { text: readinessWords[one.readiness].word, tone: toneOf(readinessWords[one.readiness].tone) },
        { text: `${one.cpus} vCPU`, note: memoryText(one.memoryMiB) },
        { text: flavors[one.flavor ?? -1]?.name ?? '–', note: one.profile },
        { text: diskText(one.diskGiB), note: `${one.disks}, ${minutesText(one.seconds)}` },
        { text: firmwareText(one), note: `tracking ${trackingText(one)}` },
        { text: offTexts(one)[0], note: offTexts(one)[1] === '–' ? '' : `warm ${offTexts(one)[1]}` },
        one.wave === null ? '–' : String(one.wave),
        [
          ...one.findings.map((finding) => findingText(one, finding)),
          ...untoldText(untoldIn(one, gaps)),
          ...(one.readiness === 'unknown' ? one.gaps.flatMap((place) => gaps[place]?.says ?? []) : []),
        ].join('; '),
      ]),
    8,
  );
  cut(layout, list.length, MOST_MACHINES);
}
