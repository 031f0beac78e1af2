/** Answers what is asked about the rules that stand before a migration. */
import { toErrorInfo, type ErrorInfo } from '../shared/errors.ts';
import { noSiteRules, type SiteRules } from '../shared/site-rules.ts';
import { siteRulesIn } from '../site-rules.ts';
import type { Parts, Some } from './handlers.ts';

export const checkHandlers = (parts: Pick<Parts, 'engines' | 'state'>): Some<'rules.list'> => ({
  'rules.list': async (_, { signal }) => {
    const known = await parts.engines.run({ kind: 'rules' }, signal);
    const { site, problem } = await siteOr(parts);
    return {
      rules: [
        ...known.map((rule) => ({
          ...rule,
          isOfSite: false,
          here: site.severities[rule.id] ?? rule.severity,
          off: site.off[rule.id] ?? null,
        })),
        ...site.rules.map(({ when: _when, ...rule }) => ({
          ...rule,
          group: 'site',
          isHard: false,
          mayHaveFix: false,
          isOfSite: true,
          here: rule.severity,
          off: null,
        })),
      ],
      problem,
    };
  },
});

async function siteOr(
  parts: Pick<Parts, 'engines' | 'state'>,
): Promise<{ readonly site: SiteRules; readonly problem: ErrorInfo | null }> {
  try {
    return { site: await siteRulesIn(parts), problem: null };
  } catch (error) {
    return { site: noSiteRules, problem: toErrorInfo(error) };
  }
}
