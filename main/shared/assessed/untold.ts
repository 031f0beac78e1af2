/** What the origin does not tell, each once: what is missing, and the rules that could not be held for it. */
import type { AssessedRule, AssessmentSummary } from '../assessment.ts';

export interface Untold {
  /** Null is all. */
  readonly machines: number | null;
  /** What is missing; null where nobody has said so, and all that is known is what a rule would find. */
  readonly says: string | null;
  /** Which rules have to know it. */
  readonly rules: readonly AssessedRule[];
  /** Of them, those that nothing was found by: machines refer to them here. Each is named once. */
  readonly anchors: readonly string[];
}

export function untold({ gaps, rules }: Pick<AssessmentSummary, 'gaps' | 'rules'>): Untold[] {
  const silent = rules.filter(({ notTold }) => notTold > 0);
  const explained = new Set(gaps.flatMap(({ rules: own = [] }) => own));
  const left = new Set(silent.filter(({ machines }) => machines === 0).map(({ id }) => id));
  const anchors = (of: readonly AssessedRule[]): string[] => of.map(({ id }) => id).filter((id) => left.delete(id));
  return [
    ...gaps.map(({ says, machines, rules: own = [] }) => {
      const ofIt = silent.filter(({ id }) => own.includes(id));
      return { machines, says, rules: ofIt, anchors: anchors(ofIt) };
    }),
    ...silent
      .filter(({ id }) => !explained.has(id))
      .map((rule) => ({ machines: rule.notTold, says: null, rules: [rule], anchors: anchors([rule]) })),
  ];
}
