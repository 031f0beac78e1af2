/** How the machines of an origin add up, in words: those that move, those that do not yet and why, those that were not judged, all of them. */
import { machinesIn, provisoOf, shareLines as linesOf, shareParts, type SumOf } from '../../shared/assessed/shares.ts';
import type { AssessedShare, AssessmentSummary } from '../../shared/assessment.ts';
import { countText, leftOutText, numberText, readinessSentence } from './words.ts';

export interface ShareLine {
  readonly says: string;
  readonly rule: string | null;
  readonly why: string;
  readonly machines: number;
  /** Null where nobody has looked. */
  readonly diskGiB: number | null;
  readonly copyBytes: number | null;
  /** Of the lines above it. */
  readonly isSum: boolean;
}

const words: Readonly<Record<AssessedShare['of'], string>> = {
  ready: 'ready',
  conditional: 'ready with conditions, as rules warn',
  notReady: 'not ready',
  unknown: 'unknown',
  template: 'templates',
  placeholder: 'placeholders of Site Recovery Manager',
  poweredOff: 'off',
  notAskedFor: 'not asked for',
};

const single: Readonly<Partial<Record<AssessedShare['of'], string>>> = {
  template: 'template',
  placeholder: 'placeholder of Site Recovery Manager',
};

const UNTOLD = 'ready with conditions, for what is not told';

const sumWords: Readonly<Record<SumOf, string>> = {
  move: 'move',
  stay: 'do not move yet',
  judged: 'judged',
  all: 'all in the origin',
};

/** Empty of an assessment that is older than these. */
export const shareLines = (summary: Pick<AssessmentSummary, 'shares'>): ShareLine[] =>
  linesOf(summary).map(({ share, sum, machines, diskGiB, copyBytes }) => ({
    says: share === null ? sumWords[sum] : share.isUntold === true ? UNTOLD : words[share.of],
    rule: share?.rule ?? null,
    why: share?.why ?? '',
    machines,
    diskGiB,
    copyBytes,
    isSum: share === null,
  }));

/** Also of an assessment that is older: who can move, what was left out, and what nobody could judge of any machine. */
export function standingText(assessment: Pick<AssessmentSummary, 'shares' | 'readiness' | 'leftOut' | 'gaps'>): string {
  const standing = shareSentence(assessment) || `${readinessSentence(assessment)} ${leftOutText(assessment)}`.trim();
  return `${standing} ${provisoText(assessment)}`.trim();
}

/** “None could be judged by DSK-15 and DEV-03, which block: …” */
function provisoText(assessment: Pick<AssessmentSummary, 'gaps'>): string {
  const proviso = provisoOf(assessment);
  if (proviso === null) return '';
  const { ids, says } = proviso;
  const which =
    ids.length === 1 ? `${ids[0]}, which blocks` : `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}, which block`;
  return `None could be judged by ${which}: ${says.join(' ')}`;
}

/** “60 machines: 54 move (38 ready, 16 ready with conditions, as rules warn), 5 do not yet (4 by VM-10b, 1 by DSK-04), 1 is not judged (1 template).” */
function shareSentence({ shares = [] }: Pick<AssessmentSummary, 'shares'>): string {
  const parts = shareParts({ shares });
  if (parts === null) return '';
  const said = (some: readonly AssessedShare[], one: string, many: string): string =>
    `${countText(machinesIn(some), one, many)}${within(some.map(inWords))}`;
  const { move, stay, notJudged } = parts;
  const texts = [
    said(move, 'moves', 'move'),
    ...(stay.length === 0 ? [] : [said(stay, 'does not yet', 'do not yet')]),
    ...(notJudged.length === 0 ? [] : [said(notJudged, 'is not judged', 'are not judged')]),
  ];
  return `${countText(machinesIn(shares), 'machine')}: ${texts.join(', ')}.`;
}

const within = (texts: readonly string[]): string => (texts.length === 0 ? '' : ` (${texts.join(', ')})`);

function inWords({ of, rule, machines, isUntold = false }: AssessedShare): string {
  const word = isUntold ? UNTOLD : machines === 1 ? (single[of] ?? words[of]) : words[of];
  return `${numberText(machines)} ${rule === null ? word : `by ${rule}`}`;
}
