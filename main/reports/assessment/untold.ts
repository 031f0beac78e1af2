/** What the origin does not tell, in words: each said once, with the rules that have to know it beside that. */
import { untold as untoldOf } from '../../shared/assessed/untold.ts';
import type { AssessmentSummary } from '../../shared/assessment.ts';
import { numberText } from './words.ts';

export interface Untold {
  readonly machines: string;
  readonly says: string;
  /** Which rules could not be held for it; empty where there is none. */
  readonly note: string;
  /** Of them, those that nothing was found by: machines refer to them here. Each is named once. */
  readonly anchors: readonly string[];
}

export const untold = (assessment: Pick<AssessmentSummary, 'gaps' | 'rules'>): Untold[] =>
  untoldOf(assessment).map(({ machines, says, rules, anchors }) => ({
    machines: machines === null ? 'all' : numberText(machines),
    says: says ?? `Not told whether: ${rules.map((rule) => rule.says).join(' ')}`,
    note:
      says === null
        ? rules.map(({ id, severity }) => `${id}, ${severity}`).join('; ')
        : rules.length === 0
          ? ''
          : `not held for it: ${rules.map(({ id, severity }) => `${id} (${severity})`).join(', ')}`,
    anchors,
  }));
