/** Reads a site's own rules for preflight, from `preflight.yaml` in the data folder or as somebody sent them. */
import type { Parts } from './operations/handlers.ts';
import { GutsError } from './shared/errors.ts';
import { StoreRefusedError } from './store/errors.ts';
import type { StateText } from './store/documents.ts';
import { noSiteRules, siteRulesFor, type KnownRule, type SiteRules } from './shared/site-rules.ts';
import { demandWritten } from './yaml-problems.ts';

export const SITE_FILE = 'preflight.yaml';

type Engines = Pick<Parts, 'engines'>;

/**
 * Read anew each time: it is small, and somebody may just have changed it. Nothing where there is no such file.
 * @throws FileProblemsError with line and column of everything that is wrong
 */
export async function siteRulesIn({
  engines,
  state,
}: Engines & { readonly state: Pick<Parts['state'], 'documents'> }): Promise<SiteRules> {
  const text = await textOf(state.documents.text(SITE_FILE));
  return text === null ? noSiteRules : await siteRulesOf({ engines }, SITE_FILE, text);
}

/** @param file for messages @throws FileProblemsError */
export async function siteRulesOf({ engines }: Engines, file: string, text: string): Promise<SiteRules> {
  const known = await engines.run({ kind: 'rules' }, new AbortController().signal);
  return readSiteRules(known, file, text);
}

/** @throws FileProblemsError */
export function readSiteRules(known: readonly KnownRule[], file: string, text: string): SiteRules {
  if (text.split('\n').every((line) => /^\s*(?:#.*)?$/.test(line))) return noSiteRules; // everything is commented out
  return demandWritten(siteRulesFor(known), file, text, REMEDY);
}

const REMEDY =
  'Mend these lines; the manual has the fields, and an editor finds them by the schema (“guts rules --schema”).';

async function textOf(text: StateText): Promise<string | null> {
  try {
    return await text.read();
  } catch (error) {
    if (!(error instanceof StoreRefusedError)) throw error;
    throw new UnreadableSiteRulesError(error.message, { cause: error });
  }
}

class UnreadableSiteRulesError extends GutsError {
  readonly code = 'preflight.unreadable-rules';
  readonly remedy = 'Let the user of Guts read it, or take it away; without it, the rules are held as they are.';
}
