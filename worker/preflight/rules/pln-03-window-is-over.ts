/** PLN-03: a window that does not open any more. */
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';

export const windowIsOver: Rule<WaveFacts> = {
  id: 'PLN-03',
  group: 'plan',
  severity: 'blocks',
  isBeside: ({ times }) => (times.window === null ? 'the plan has no window' : null),
  finds: ({ times: { window, notBefore } }) =>
    window === null || window.opensAt !== null
      ? []
      : [notBefore === null ? window.says : `${window.says}, not before ${notBefore}`],
  says: 'The window in which the wave may start does not open any more.',
  remedy: 'Give the plan a window that is to come (--window), or none.',
  manual:
    'The plan has a window, and from now on, or from the moment before which nothing may start, it never opens again: the wave would wait for ever.',
};
