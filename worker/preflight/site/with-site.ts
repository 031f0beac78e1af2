/** The rules as a site wants them: weighed otherwise, left out with a reason, and with its own besides. */
import { untoldTagsOf } from '../../../main/shared/inventory.ts';
import type { SiteRule, SiteRules } from '../../../main/shared/site-rules.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { hold } from './condition.ts';

/** It blocks since a move in spite of it cannot work: no site may weaken it. */
export const isHard = ({ severity, mayBeLowered }: Rule<never>): boolean =>
  severity === 'blocks' && mayBeLowered !== true;

/** What a site says of rules that are not among these is about others. */
export function withSite<Facts extends MachineFacts>(
  rules: readonly Rule<Facts>[],
  site: SiteRules,
): readonly Rule<Facts>[] {
  return [...weighedBy(site, rules), ...site.rules.map(ruleOf)];
}

/** Without the site's own rules, which are about single machines. */
export const weighedBy = <Facts>({ severities, off }: SiteRules, rules: readonly Rule<Facts>[]): Rule<Facts>[] =>
  rules.map((rule) => {
    if (isHard(rule)) return rule;
    const why = off[rule.id];
    if (why !== undefined) return { ...rule, isBeside: () => `this site leaves it out: ${why}` };
    const severity = severities[rule.id];
    return severity === undefined ? rule : { ...rule, severity };
  });

function ruleOf({ id, severity, says, remedy, when }: SiteRule): Rule<MachineFacts> {
  return {
    id,
    group: 'site',
    severity,
    isBeside: (facts) => {
      const { holds, because } = hold(when, facts);
      if (holds !== null) return null;
      const why = because.includes('tags') ? untoldTagsOf(facts.vm) : null;
      return `nothing is known of its ${because.join(', ')}${why === null ? '' : `: ${why}`}`;
    },
    finds: (facts) => {
      const { holds, because } = hold(when, facts);
      return holds === true ? (because.length === 0 ? [facts.vm.name] : because) : [];
    },
    says,
    remedy,
    manual: says,
  };
}
