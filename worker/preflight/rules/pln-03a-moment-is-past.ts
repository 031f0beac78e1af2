/** PLN-03a: the moment before which nothing was to start is past. */
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';

export const momentIsPast: Rule<WaveFacts> = {
  id: 'PLN-03a',
  group: 'plan',
  severity: 'informs',
  isBeside: ({ times }) => (times.notBefore === null ? 'the plan names no earliest moment' : null),
  finds: ({ takenAt, times: { notBefore } }) =>
    notBefore !== null && Date.parse(notBefore) < Date.parse(takenAt) ? [`not before ${notBefore}`] : [],
  says: 'The moment before which the wave was not to start is past: it starts at once, or as its window opens.',
  remedy: 'Name another moment (--not-before) where the wave is to wait.',
  manual: 'The plan’s earliest moment lies behind. Nothing holds the wave any more but its window, where it has one.',
};
