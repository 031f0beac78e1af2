/** PLN-10: machines of the plan that another Guts has, and is not done with. */
import { things } from '../../../main/shared/figures.ts';
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';

export const elsewhere: Rule<WaveFacts> = {
  id: 'PLN-10',
  group: 'plan',
  severity: 'warns',
  finds: ({ elsewhere: waves }) => {
    const counts = new Map<number, number>();
    for (const wave of waves) counts.set(wave, (counts.get(wave) ?? 0) + 1);
    return [...counts].map(([wave, count]) => `wave ${wave}: ${things(count, 'machine')}`);
  },
  says: 'Another Guts has machines of this plan, and is not done with them: what they will still take is not counted.',
  remedy: 'Rehearse again when they are over there, or add what they take as a rehearsal there tells it.',
  manual:
    'A wave was given to another Guts (`guts plan give`), and something of it is not over there, as far as is known here. What it has made by now is in what the cloud calls used; what it will still take is known there alone, and is not counted.',
};
