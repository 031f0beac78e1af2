/** How assessments say things: the same words on the page, on paper, in sheets and on a terminal. */
import { bytesText, rateText } from '../../shared/figures.ts';
import type { AssessedFlavor, AssessmentReadiness, AssessmentSummary, QuotaDemand } from '../../shared/assessment.ts';
import type { ComparisonDoubt, MachineChange } from '../../shared/compare-assessments.ts';
import { momentText } from '../tables.ts';

const GiB = 2 ** 30;
const MiB = 2 ** 20;

export const readinessOrder = ['ready', 'conditional', 'notReady', 'unknown'] as const;

export const readinessWords: Readonly<
  Record<
    AssessmentReadiness,
    { readonly word: string; readonly tone: 'good' | 'wait' | 'bad' | 'plain'; readonly means: string }
  >
> = {
  ready: {
    word: 'ready',
    tone: 'good',
    means: 'No rule blocks or warns of what is told: it can move as it is.',
  },
  conditional: {
    word: 'ready with conditions',
    tone: 'wait',
    means:
      'Rules warn, or it is not told of it what is told of others: it can move once somebody has looked at what they name.',
  },
  notReady: { word: 'not ready', tone: 'bad', means: 'A rule blocks: what it found has to be changed before.' },
  unknown: {
    word: 'unknown',
    tone: 'plain',
    means: 'Nothing blocks of what is told, but a rule that could lacks what it has to know.',
  },
};

/** How much a finding weighs: the words are those of preflight, everywhere. */
export const weightTones = { blocks: 'bad', warns: 'wait', informs: 'plain' } as const;

export const quotaWords: Readonly<Record<QuotaDemand['of'], string>> = {
  instances: 'Servers',
  cores: 'vCPUs',
  memoryMiB: 'Memory',
  ports: 'Ports',
  floatingIps: 'Floating addresses',
  volumes: 'Volumes',
  volumeGiB: 'Volume storage',
};

/** In whole GiB, and never less: it is what is asked for. */
export const quotaText = (of: QuotaDemand['of'], value: number): string =>
  of === 'memoryMiB'
    ? `${numberText(Math.ceil(value / 1024))} GiB`
    : of === 'volumeGiB'
      ? `${numberText(Math.ceil(value))} GiB`
      : numberText(value);

export const memoryText = (mib: number): string => bytesText(mib * MiB);
export const diskText = (gib: number): string => bytesText(gib * GiB);

/** What the waves have to copy: machines that cannot move are in none. */
export function copyingText({ waves }: Pick<AssessmentSummary, 'waves'>): string {
  const machines = waves.reduce((sum, wave) => sum + wave.machines, 0);
  const bytes = waves.reduce((sum, wave) => sum + wave.copyBytes, 0);
  return `${bytesText(bytes)} of ${countText(machines, 'machine')} in ${countText(waves.length, 'wave')}`;
}
/** 12,345. */
export const numberText = (value: number): string => value.toLocaleString('en');
/** “1 machine”, “12,345 machines”. */
export const countText = (count: number, one: string, many = `${one}s`): string =>
  `${numberText(count)} ${count === 1 ? one : many}`;
export const percentText = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${Math.round((part / whole) * 100)} %`;

const kinds = { rvtools: 'RVTools export', 'hyperv-csv': 'Hyper-V export', inventory: 'live inventory' } as const;

/** The names of files, of many only the first. */
export function filesText(from: readonly string[]): string {
  const [first = '', ...others] = from;
  return from.length <= 3 ? from.join(', ') : `${first} and ${numberText(others.length)} more files`;
}

export const titleText = ({ estate }: Pick<AssessmentSummary, 'estate'>): string =>
  `Moving ${filesText(estate.from)} to OpenStack`;

/** From what it was judged: “site.xlsx, RVTools 4.4.2, as of 2026-03-01 08:00:00 UTC”. */
export function originText({ estate }: Pick<AssessmentSummary, 'estate'>): string {
  const product = estate.product ?? kinds[estate.kind];
  const at = estate.takenAt === null ? '' : `, as of ${momentText(new Date(estate.takenAt).toISOString())}`;
  return `${filesText(estate.from)} (${product}${at})`;
}

export function rateWords({ options: { rate } }: Pick<AssessmentSummary, 'options'>): string {
  const how = `${rateText(rate.bytesPerSecond / 1e6)} for each machine, ${rate.atOnce} at once`;
  return {
    given: `at the rate that you gave: ${how}`,
    measured: `at the rate that migrations before have had: ${how}`,
    assumed: `at an assumed rate: ${how}; measure yours, and judge again (--rate)`,
  }[rate.basis];
}

/** How the site’s own rules changed those of Guts; empty where there are none. */
export function siteText({ site }: Pick<AssessmentSummary, 'site'>): string {
  if (site === undefined) return '';
  const said = (ids: readonly string[], one: string, many: string): string[] =>
    ids.length === 0 ? [] : [`${ids.join(', ')} ${ids.length === 1 ? one : many}`];
  return [
    ...said(site.changed, 'weighs otherwise', 'weigh otherwise'),
    ...said(site.off, 'is left out', 'are left out'),
    ...said(site.own, 'is its own', 'are its own'),
  ].join('; ');
}

/** Of a flavor’s machines; empty where all move. */
export function stayingText({ machines, notMoving = 0 }: Pick<AssessedFlavor, 'machines' | 'notMoving'>): string {
  if (notMoving === 0) return '';
  const who = notMoving < machines ? numberText(notMoving) : machines === 1 ? 'it' : 'all';
  return `${who} ${notMoving === 1 ? 'does' : 'do'} not move yet`;
}

/** What flavors have on top of what machines have. */
export const moreText = (value: number, text: (value: number) => string): string =>
  value === 0 ? 'flavors fit exactly' : `and ${text(value)} more by flavors`;

/** The one sentence for whoever reads no other. */
export function verdictText({ readiness, totals }: Pick<AssessmentSummary, 'readiness' | 'totals'>): string {
  const canMove = readiness.ready.machines + readiness.conditional.machines;
  if (totals.machines === 0) return 'No machine was judged';
  const conditional = readiness.conditional.machines;
  const some = conditional === canMove ? 'all of them' : `${numberText(conditional)} of them`;
  return `${numberText(canMove)} of ${countText(totals.machines, 'machine')} can move${conditional === 0 ? '' : `, ${some} with conditions`}`;
}

export function readinessSentence({ readiness }: Pick<AssessmentSummary, 'readiness'>): string {
  const parts = readinessOrder
    .filter((one) => readiness[one].machines > 0)
    .map((one) => `${numberText(readiness[one].machines)} ${readinessWords[one].word}`);
  return parts.length === 0 ? '' : `${parts.join(', ')}.`;
}

export function leftOutText({ leftOut }: Pick<AssessmentSummary, 'leftOut'>): string {
  const { placeholders = 0 } = leftOut;
  const parts = [
    leftOut.templates === 0 ? '' : countText(leftOut.templates, 'template'),
    placeholders === 0 ? '' : `${countText(placeholders, 'placeholder')} of Site Recovery Manager`,
    leftOut.poweredOff === 0 ? '' : countText(leftOut.poweredOff, 'that is off', 'that are off'),
    leftOut.byFilter === 0 ? '' : countText(leftOut.byFilter, 'that was not asked for', 'that were not asked for'),
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `Not judged: ${parts.join(', ')}.`;
}

const changeWords: Readonly<Record<MachineChange['of'], string>> = {
  name: 'name',
  power: 'power',
  cpus: 'vCPU',
  memoryMiB: 'memory',
  diskGiB: 'disks’ size',
  disks: 'disks',
  networks: 'networks',
  snapshots: 'snapshots',
  readiness: 'readiness',
  findings: 'findings',
};

/** Why a comparison may not be what somebody wanted, and what to do then. */
export const doubtWords: Readonly<Record<ComparisonDoubt, string>> = {
  sameMoment:
    'Both exports are of the same moment, and may be one file: compare with one that was made earlier to see what has changed.',
  newerBefore: 'What counts as before is the newer of the two: swap them to see what has changed since the older one.',
  nothingInCommon:
    'No machine is in both, by its id or by its name: see whether both are exports of the same data centre.',
  nothingDiffers: 'Nothing differs at all: see whether both are the same export.',
};

export function changeText({ of, before, after }: MachineChange): string {
  const text = (value: string | number): string => {
    if (of === 'memoryMiB') return memoryText(Number(value));
    if (of === 'diskGiB') return diskText(Number(value));
    if (of === 'readiness') return readinessWords[value as AssessmentReadiness].word; // it is of that
    return value === '' ? 'none' : String(value);
  };
  return `${changeWords[of]} ${text(before)} → ${text(after)}`;
}
