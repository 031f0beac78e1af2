/** The assessment as one page that needs nothing else, for whoever decides about a move. */
import { remedyText } from '../../shared/remedy.ts';
import type { Assessment, AssessmentSummary } from '../../shared/assessment.ts';
import type { Comparison } from '../../shared/compare-assessments.ts';
import { bytesText, minutesText } from '../../shared/figures.ts';
import { html, type Markup, type Slot } from '../markup.ts';
import { figures, page, verdictBox } from '../page.ts';
import { facts, momentText, section, table, tag } from '../tables.ts';
import { basisLines } from './basis.ts';
import { comparisonSection } from './comparison-html.ts';
import { machinesSection } from './machines-html.ts';
import { cut, places, withWholeDates } from './parts-html.ts';
import { untold } from './untold.ts';
import { shareLines, standingText } from './shares.ts';
import { datastoresSection, flavorsSection, hardwareSection, networksSection, quotasSection } from './plan-html.ts';
import { wavesSection } from './waves-html.ts';
import {
  copyingText,
  countText,
  diskText,
  memoryText,
  moreText,
  numberText,
  originText,
  percentText,
  readinessOrder,
  readinessSentence,
  readinessWords,
  titleText,
  verdictText,
  weightTones,
} from './words.ts';

const MOST_ROWS = 100;

export function assessmentHtml(assessment: Assessment, comparison: Comparison | null): string {
  const { cloud, madeAt, guts } = assessment;
  const title = titleText(assessment);
  return page({
    title,
    kind: 'Guts assessment',
    when: momentText(madeAt),
    head: html`<h1>${title}</h1>
      <p class="under">
        ${originText(assessment)} →
        ${cloud === null ? 'OpenStack; no cloud was asked' : `${cloud.name}, project ${cloud.project}`}
      </p>
      ${verdict(assessment)} ${readinessBar(assessment)} ${totals(assessment)}`,
    main: html`${hurts(assessment)} ${readiness(assessment)} ${shares(assessment)} ${rules(assessment)}
    ${silence(assessment)} ${comparison === null ? '' : comparisonSection(comparison)} ${wavesSection(assessment)}
    ${flavorsSection(assessment)} ${hardwareSection(assessment)} ${quotasSection(assessment)}
    ${networksSection(assessment)} ${datastoresSection(assessment)} ${machinesSection(assessment)} ${basis(assessment)}
    ${warnings(assessment)}`,
    foot: `Written by Guts ${guts}. Nothing was changed at the source or in the cloud, and nothing was sent anywhere. As XLSX, CSV or JSON the assessment holds every machine.`,
  });
}

function verdict(assessment: Assessment): Markup {
  const { ready, notReady, unknown } = assessment.readiness;
  const { machines } = assessment.totals;
  const kind =
    machines > 0 && ready.machines === machines
      ? 'proved'
      : notReady.machines + unknown.machines > machines / 2
        ? 'unproved'
        : 'unseen';
  return verdictBox(kind, verdictText(assessment), html`<p>${standingText(assessment)}</p>`);
}

/** Widths are in thousandths of the bar. */
function readinessBar({ readiness: by, totals: { machines: all } }: AssessmentSummary): Markup | string {
  if (all === 0) return '';
  let at = 0;
  const parts = readinessOrder.map((one) => {
    const width = Math.round((by[one].machines / all) * 1000);
    const x = at;
    at += width;
    return html`<rect class="${readinessWords[one].tone}-part" x="${x}" width="${width}" height="24" /> `;
  });
  return html`<svg
      class="share"
      viewBox="0 0 1000 24"
      preserveAspectRatio="none"
      role="img"
      aria-label="${readinessSentence({ readiness: by })}"
    >
      ${parts}
    </svg>
    <p class="legend">
      ${readinessOrder.map((one) => html`${tag(readinessWords[one].tone, `${readinessWords[one].word}: ${numberText(by[one].machines)}`)} `)}
    </p>`;
}

function totals(summary: AssessmentSummary): Markup {
  const { totals: sums } = summary;
  return figures([
    [
      'Machines',
      numberText(sums.machines),
      `${countText(sums.disks, 'disk')}, ${countText(sums.cards, 'network card')}`,
    ],
    ['vCPU', numberText(sums.cpus), moreText(sums.flavorWaste.vcpus, numberText)],
    ['Memory', memoryText(sums.memoryMiB), moreText(sums.flavorWaste.memoryMiB, memoryText)],
    ['Disks', diskText(sums.diskGiB), `${bytesText(sums.copyBytes)} to copy if all moved`],
    ['Addresses', numberText(sums.addresses), 'fixed ones'],
    ['Copying', minutesText(sums.seconds), copyingText(summary)],
  ]);
}

function hurts({ hurts: list }: Assessment): Markup {
  if (list.length === 0)
    return section('What will hurt', html`<p>${tag('good', 'nothing')} Nothing of what is known stands out.</p>`);
  const rows = list.map(({ says, about }): Slot[] => [says, places(about.map(withWholeDates))]);
  const columns = [
    { title: 'What', kind: 'name' },
    { title: 'Where, with figures', kind: 'main' },
  ] as const;
  return section('What will hurt', table('What will take time, money or nerves', columns, rows), '', 'long');
}

function readiness(assessment: Assessment): Markup {
  const {
    readiness: by,
    totals: { machines: all },
  } = assessment;
  const columns = [
    { title: 'Readiness' },
    { title: 'Machines', kind: 'number' },
    { title: 'Of all', kind: 'number' },
    { title: 'vCPU', kind: 'number' },
    { title: 'Memory', kind: 'number' },
    { title: 'Disks', kind: 'number' },
    { title: 'What it means', kind: 'name' },
  ] as const;
  const rows = readinessOrder.map((one): Slot[] => {
    const { word, tone, means } = readinessWords[one];
    const sums = by[one];
    return [
      tag(tone, word),
      numberText(sums.machines),
      percentText(sums.machines, all),
      numberText(sums.cpus),
      sums.machines === 0 ? '–' : memoryText(sums.memoryMiB),
      sums.machines === 0 ? '–' : diskText(sums.diskGiB),
      means,
    ];
  });
  return section('Readiness', table('Machines by their readiness', columns, rows));
}

/** Each machine counts in one line, so that the lines add up to all that the origin has. */
function shares(assessment: Assessment): Markup | string {
  const lines = shareLines(assessment);
  if (lines.length === 0) return '';
  const columns = [
    { title: 'Machines that', kind: 'name' },
    { title: 'Machines', kind: 'number' },
    { title: 'Disks', kind: 'number' },
    { title: 'To copy', kind: 'number' },
    { title: 'Why', kind: 'name' },
  ] as const;
  const rows = lines.map(({ says, rule, why, machines, diskGiB, copyBytes, isSum }): Slot[] => {
    const strong = (text: string): Slot => (isSum ? html`<strong>${text}</strong>` : text);
    return [
      strong(isSum ? `= ${says}` : says),
      strong(numberText(machines)),
      strong(diskGiB === null ? '–' : diskText(diskGiB)),
      strong(copyBytes === null ? '–' : bytesText(copyBytes)),
      rule === null ? why : html`${why}<small>${rule}</small>`,
    ];
  });
  return section('How the machines add up', table('Each machine is in one line', columns, rows), '', 'long');
}

function rules({ rules: list }: Assessment): Markup {
  const found = list.filter(({ machines: count }) => count > 0);
  if (found.length === 0)
    return section('What was found', html`<p>${tag('good', 'nothing')} No rule found anything.</p>`);
  const columns = [
    { title: 'Weight' },
    { title: 'What was found', kind: 'name' },
    { title: 'Machines', kind: 'number' },
    { title: 'What to do', kind: 'name' },
  ] as const;
  const rows = found.map(({ id, severity, says, remedy, machines: count }): Slot[] => [
    tag(weightTones[severity], severity),
    html`${says}<small id="${id}">${id}</small>`,
    numberText(count),
    remedyText(remedy),
  ]);
  return section(
    'What was found',
    table('What blocks, warns or informs, and of how many machines', columns, rows),
    '',
    'long',
  );
}

/** What nobody tells is said as plainly as what was found. */
function silence(assessment: Assessment): Markup | string {
  const missing = untold(assessment);
  if (missing.length === 0) return '';
  const columns = [
    { title: 'Machines', kind: 'number' },
    { title: 'What is missing', kind: 'name' },
  ] as const;
  const rows = missing.map(({ machines, says, note, anchors }): Slot[] => [
    machines,
    note === '' ? says : html`${says}<small>${anchors.map((id) => html`<span id="${id}"></span>`)}${note}</small>`,
  ]);
  const note =
    'Where nothing is told of a machine’s disks, sizes, power or tools, it counts as unknown, not as ready. What only few machines have, such as encryption or devices of their host, and would block, is a condition of a machine where it is told of others, and stands above where it is told of none: ask who knows, or connect the source itself, and judge again.';
  return section('What is not told', table('What the origin does not tell', columns, rows), note, 'long');
}

const basis = (assessment: Assessment): Markup => section('What this is based on', facts(basisLines(assessment)));

function warnings({ warnings: list }: Assessment): Markup | string {
  if (list.length === 0) return '';
  const shown = list.slice(0, MOST_ROWS);
  return section(
    'What could not be read',
    html`${places(shown)}${cut(list.length, MOST_ROWS)}`,
    'Rows and cells that were not understood, each with its place.',
    'long',
  );
}
