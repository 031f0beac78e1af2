/** The rules of a move and of a wave as such, for whoever shows them or reads what a site wants otherwise. */
import type { RuleFacts } from '../../main/shared/preflight.ts';
import { moveRules } from './move-rules.ts';
import { isHard } from './site/with-site.ts';
import { waveRules } from './wave-rules.ts';

export const catalogue = (): RuleFacts[] =>
  [...moveRules, ...waveRules].map((rule) => {
    const { id, group, severity, says, remedy, fix } = rule;
    return { id, group, severity, isHard: isHard(rule), says, remedy, mayHaveFix: fix !== undefined };
  });
