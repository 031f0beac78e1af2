/** How the machines of an origin add up: those that move, those that do not yet, those that were not judged, all of them; in figures, without words. */
import type { AssessedShare, AssessmentSummary } from '../assessment.ts';

type Shares = readonly AssessedShare[];

export interface ShareParts {
  readonly move: Shares;
  readonly stay: Shares;
  readonly notJudged: Shares;
}

export type SumOf = 'move' | 'stay' | 'judged' | 'all';

interface Figures {
  readonly machines: number;
  /** Null where nobody has looked. */
  readonly diskGiB: number | null;
  readonly copyBytes: number | null;
}

/** One share, or the sum of lines above it. */
export type ShareLine =
  | (Figures & { readonly share: AssessedShare; readonly sum: null })
  | (Figures & { readonly share: null; readonly sum: SumOf });

/** Null of an assessment that is older than these. */
export function shareParts({ shares = [] }: Pick<AssessmentSummary, 'shares'>): ShareParts | null {
  if (machinesIn(shares) === 0) return null;
  return {
    move: shares.filter(({ of }) => of === 'ready' || of === 'conditional'),
    stay: shares.filter(({ of }) => of === 'notReady' || of === 'unknown'),
    notJudged: shares.filter(({ diskGiB }) => diskGiB === null),
  };
}

export const machinesIn = (shares: Shares): number => shares.reduce((all, { machines }) => all + machines, 0);

/** Empty of an assessment that is older than these. */
export function shareLines(summary: Pick<AssessmentSummary, 'shares'>): ShareLine[] {
  const parts = shareParts(summary);
  if (parts === null) return [];
  const { move, stay, notJudged } = parts;
  return [
    ...move.map(line),
    sum('move', move),
    ...stay.map(line),
    ...(stay.length === 0 ? [] : [sum('stay', stay), sum('judged', [...move, ...stay])]),
    ...notJudged.map(line),
    ...(notJudged.length === 0 ? [] : [sum('all', [...move, ...stay, ...notJudged])]),
  ];
}

/** What nobody could judge of any machine: ids of rules that block, and what they lack; null where all could be held. */
export function provisoOf({
  gaps,
}: Pick<AssessmentSummary, 'gaps'>): { readonly ids: readonly string[]; readonly says: readonly string[] } | null {
  const ofAll = gaps.filter(({ machines, blocking = [] }) => machines === null && blocking.length > 0);
  if (ofAll.length === 0) return null;
  return { ids: [...new Set(ofAll.flatMap(({ blocking = [] }) => blocking))], says: ofAll.map(({ says }) => says) };
}

const line = (share: AssessedShare): ShareLine => {
  const { machines, diskGiB, copyBytes } = share;
  return { share, sum: null, machines, diskGiB, copyBytes };
};

const sum = (of: SumOf, shares: Shares): ShareLine => ({
  share: null,
  sum: of,
  machines: machinesIn(shares),
  diskGiB: total(shares.map(({ diskGiB }) => diskGiB)),
  copyBytes: total(shares.map(({ copyBytes }) => copyBytes)),
});

/** Null where a part of it is not known. */
const total = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((all, value) => (all === null || value === null ? null : all + value), 0);
