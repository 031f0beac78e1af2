/** An assessment on a terminal: what a person wants to know before opening the report. */
import { compatibleMeans, inOrder } from '../reports/assessment/hardware.ts';
import { standingText } from '../reports/assessment/shares.ts';
import { downtimeText, largeWaveText, waveOffTexts } from '../reports/assessment/waves.ts';
import { bytesText, minutesText } from '../shared/figures.ts';
import {
  changeText,
  copyingText,
  countText,
  diskText,
  doubtWords,
  filesText,
  memoryText,
  numberText,
  originText,
  quotaText,
  quotaWords,
  rateWords,
  readinessOrder,
  readinessWords,
  siteText,
  stayingText,
  verdictText,
} from '../reports/assessment/words.ts';
import type { Assessment } from '../shared/assessment.ts';
import type { Comparison } from '../shared/compare-assessments.ts';
import { oneLine, sheet, table } from './table.ts';

/** Lines of a list on a terminal. */
const MOST_LINES = 10;
/** Machines that are named beside a finding. */
const MOST_NAMES = 4;

interface Told {
  readonly assessment: Assessment;
  readonly comparison: Comparison | null;
  /** Null where none was written. */
  readonly report: string | null;
  /** The export without names, where one was written. */
  readonly estate: string | null;
}

export function assessmentText({ assessment, comparison, report, estate }: Told): string {
  const { totals, readiness: by, cloud } = assessment;
  const parts = [
    `${verdictText(assessment)}.\n${oneLine(standingText(assessment))}\n`,
    sheet([
      ['Origin', originText(assessment)],
      [
        'Cloud',
        cloud === null ? 'none was asked (--destination NAME asks one)' : `${cloud.name}, project ${cloud.project}`,
      ],
      ...readinessOrder.map(
        (one) =>
          [
            readinessWords[one].word,
            `${countText(by[one].machines, 'machine')}${by[one].machines === 0 ? '' : `, ${diskText(by[one].diskGiB)}`}`,
          ] as const,
      ),
      [
        'Size',
        `${numberText(totals.cpus)} vCPU, ${memoryText(totals.memoryMiB)} memory, ${diskText(totals.diskGiB)} on ${countText(totals.disks, 'disk')}`,
      ],
      ['Hardware', hardwareLine(assessment)],
      ['Addresses', `${numberText(totals.addresses)} on ${countText(assessment.networks.length, 'network')}`],
      ...(siteText(assessment) === '' ? [] : [['Rules', `as this site has them: ${siteText(assessment)}`] as const]),
      [
        'Copying',
        assessment.waves.length === 0
          ? 'nothing, as no machine moves yet'
          : `${minutesText(totals.seconds)} for ${copyingText(assessment)}, ${rateWords(assessment)}`,
      ],
    ]),
    waves(assessment),
    hurts(assessment),
    rules(assessment),
    list(
      'What is not told:',
      assessment.gaps.map(({ says }) => says),
    ),
    hardware(assessment),
    quotas(assessment),
    flavors(assessment),
    comparison === null ? '' : changes(comparison),
    list('What could not be read:', assessment.warnings),
    estate === null ? '' : `\nWithout names: ${estate}\n`,
    report === null
      ? ''
      : `${estate === null ? '\n' : ''}Report: ${report}\nEvery machine with what was found of it is in there; as a plain list: --output FILE.csv\n`,
  ];
  return parts.join('');
}

/** How large they are, how long machines are off, and how to have smaller ones. */
function waves(assessment: Assessment): string {
  const { waves: all } = assessment;
  if (all.length === 0) return '';
  const shown = table(
    all.slice(0, MOST_LINES),
    [
      { title: 'WAVE', cell: ({ number, isPilot }) => `${number}${isPilot ? ' (pilot)' : ''}`, isWhole: true },
      { title: 'MACHINES', cell: ({ machines }) => numberText(machines), isNumber: true, isWhole: true },
      { title: 'TO COPY', cell: ({ copyBytes }) => bytesText(copyBytes), isNumber: true, isWhole: true },
      { title: 'TAKES', cell: ({ seconds }) => minutesText(seconds), isNumber: true, isWhole: true },
      { title: 'OFF, COLD', cell: (wave) => waveOffTexts(wave)[0], isNumber: true, isWhole: true },
      { title: 'OFF, WARM', cell: (wave) => waveOffTexts(wave)[1], isNumber: true, isWhole: true },
    ],
    '',
  );
  const more = all.length - MOST_LINES;
  const large = largeWaveText(assessment);
  return [
    `\n${shown}`,
    more > 0 ? `and ${numberText(more)} more, in the report\n` : '',
    large === null ? '' : `${large}\n`,
    `${downtimeText(assessment)}\n`,
  ].join('');
}

/** Each with where, on a line of its own. */
function hurts({ hurts: all }: Assessment): string {
  if (all.length === 0) return '';
  const lines = all.map(({ says, about }) => `  ${oneLine(says)}\n      ${oneLine(about.join('; '))}\n`);
  return `\nWhat will hurt:\n${lines.join('')}`;
}

/** Under what blocks or warns stand the first machines that it is about. */
function rules({ rules: all, machines }: Assessment): string {
  const found = all.filter(({ machines: count }) => count > 0);
  if (found.length === 0) return '';
  const shown = found.slice(0, MOST_LINES);
  const [head = '', ...lines] = table(
    shown,
    [
      { title: 'RULE', cell: ({ id }) => id, isWhole: true },
      { title: 'WEIGHT', cell: ({ severity }) => severity, isWhole: true },
      { title: 'MACHINES', cell: ({ machines: count }) => numberText(count), isNumber: true, isWhole: true },
      { title: 'WHAT', cell: ({ says }) => says },
    ],
    '',
  )
    .trimEnd()
    .split('\n');
  const names = namesByRule(machines);
  const told = shown.flatMap(({ id, severity }, at) => [
    lines[at] ?? '',
    ...(severity === 'informs' ? [] : [`    ${oneLine(firstOf(names.get(id) ?? []))}`]),
  ]);
  const more = found.length - shown.length;
  return `\n${[head, ...told].join('\n')}\n${more > 0 ? `and ${numberText(more)} more, in the report\n` : ''}`;
}

function namesByRule(machines: Assessment['machines']): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const { name, findings } of machines)
    for (const { id } of findings) {
      const before = names.get(id);
      if (before === undefined) names.set(id, [name]);
      else before.push(name);
    }
  return names;
}

function firstOf(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${numberText(more)} more` : ''}`;
}

const hardwareLine = ({ profiles }: Assessment): string =>
  `${numberText(profiles.virtio)} virtio, ${numberText(profiles.compatible)} compatible${profiles.compatible === 0 ? '' : ' (slower)'}`;

/** Each kind of guest that does not get virtio, and how it would. */
function hardware({ profileChoices = [] }: Assessment): string {
  const slow = inOrder(profileChoices).filter(({ profile }) => profile === 'compatible');
  const lines = slow
    .slice(0, MOST_LINES)
    .map(
      ({ machines, reason, remedy }) =>
        `  ${numberText(machines)}: ${oneLine(reason)}\n${remedy === null ? '' : `      ${remedy}\n`}`,
    );
  const more = slow.length - lines.length;
  if (lines.length === 0) return '';
  return `\nWhat gets compatible hardware, and how it would get virtio:\n  ${compatibleMeans}\n${lines.join('')}${more > 0 ? `  and ${numberText(more)} more, in the report\n` : ''}`;
}

function quotas({ quotas: all }: Assessment): string {
  const over = all.filter((line) => line.over > 0);
  return list(
    'Quotas that are too small:',
    over.map(
      ({ of, type, needs, over: many }) =>
        `${quotaWords[of]}${type === null ? '' : ` of type “${type}”`}: ${quotaText(of, needs)} needed, ${quotaText(of, many)} too many`,
    ),
  );
}

function flavors({ flavors: all }: Assessment): string {
  const fresh = all.filter(({ isNew }) => isNew);
  return list(
    'Flavors to be made:',
    fresh.map(({ name, vcpus, memoryMiB, machines, notMoving }) =>
      [
        `${name}: ${vcpus} vCPU`,
        memoryText(memoryMiB),
        `for ${countText(machines, 'machine')}`,
        ...[stayingText({ machines, notMoving })].filter((text) => text !== ''),
      ].join(', '),
    ),
  );
}

function changes({ doubt, before, added, gone, changed, unchanged }: Comparison): string {
  return list(
    `Since ${filesText(before.from)}: ${numberText(added.length)} added, ${numberText(gone.length)} gone, ${numberText(changed.length)} changed, ${numberText(unchanged)} as they were.`,
    [
      ...(doubt === null ? [] : [doubtWords[doubt]]),
      ...added.map(({ name }) => `added ${name}`),
      ...gone.map(({ name }) => `gone ${name}`),
      ...changed.map(({ name, changes: own }) => `${name}: ${own.map(changeText).join('; ')}`),
    ],
    true,
  );
}

function list(title: string, lines: readonly string[], isAlways = false): string {
  if (lines.length === 0 && !isAlways) return '';
  const more = lines.length - MOST_LINES;
  const shown = [...lines.slice(0, MOST_LINES), ...(more > 0 ? [`and ${numberText(more)} more, in the report`] : [])];
  return `\n${title}\n${shown.map((line) => `  ${line}\n`).join('')}`;
}
