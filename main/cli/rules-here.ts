/** The site’s own rules for what a command judges on this machine itself: of a file that is named, else of the data folder. */
import { dataDir } from '../data-dir.ts';
import { EnginePool } from '../engine-pool.ts';
import type { SiteRules } from '../shared/site-rules.ts';
import { siteRulesIn, siteRulesOf } from '../site-rules.ts';
import { DocumentFiles } from '../store/document-files.ts';
import { rulesTextIn } from './rules.ts';
import { debug } from './run.ts';
import type { Terminal } from './terminal.ts';

/** Nothing is made where there is no such file. @throws GutsError with each line that is wrong */
export async function rulesHere(file: string | undefined, terminal: Terminal): Promise<SiteRules> {
  await using engines = new EnginePool(1, debug(terminal));
  if (file === undefined) return await siteRulesIn({ engines, state: { documents: new DocumentFiles(dataDir()) } });
  return await siteRulesOf({ engines }, file, await rulesTextIn(file));
}
