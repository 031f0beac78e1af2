/** `guts rules`: what a move is held against, as this site weighs it; the schema of a site's own file. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { GutsError, toErrorInfo } from '../shared/errors.ts';
import type { OutputOf } from '../shared/operations.ts';
import { SiteRules } from '../shared/site-rules.ts';
import { readSiteRules } from '../site-rules.ts';
import { wantsJson } from './run.ts';
import { table } from './table.ts';
import { Terminal } from './terminal.ts';
import { ToldError } from './told-error.ts';
import { Workplace } from './workplace.ts';

type Rules = OutputOf<'rules.list'>['rules'];

export function addRules(program: Command): void {
  const command = program
    .command('rules')
    .description('the rules that a move is held against, as this site weighs them (preflight.yaml in the data folder)')
    .option('--schema', 'print the JSON Schema of preflight.yaml, for editors', false)
    .option('--file <file>', 'only look whether this file could be the site’s own')
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts rules\n  $ guts rules --schema > preflight.schema.json\n  $ guts rules --file new.yaml',
    )
    .action(async ({ schema, file }: { readonly schema: boolean; readonly file?: string }) => {
      if (schema) {
        const text = JSON.stringify(siteSchema(), null, 2);
        new Terminal(wantsJson(command)).result(siteSchema(), () => `${text}\n`);
        return;
      }
      await using workplace = await Workplace.open(command);
      if (file !== undefined) {
        const { severities, off, rules } = readSiteRules(await knownTo(workplace), file, await rulesTextIn(file));
        const changed = Object.keys(severities).length;
        const left = Object.keys(off).length;
        workplace.terminal.result(
          { severities, off, rules },
          () => `“${file}” is sound: ${changed} weigh otherwise, ${left} are left out, ${rules.length} are its own.\n`,
        );
        return;
      }
      const listed = await workplace.call('rules.list', {});
      workplace.terminal.result(listed, () => text(listed.rules));
      if (listed.problem !== null) throw new ToldError(toErrorInfo(new UnusedSiteRulesError(listed.problem)));
    });
}

/** For editors; also what a reader of the file demands, but for which rules there are. */
const siteSchema = (): unknown => z.toJSONSchema(SiteRules, { io: 'input' });

/** The text of a file, which is sound for the rules that there are where `workplace` works. @throws GutsError */
export async function soundRulesIn(file: string, workplace: Workplace): Promise<string> {
  const rules = await rulesTextIn(file);
  readSiteRules(await knownTo(workplace), file, rules);
  return rules;
}

async function knownTo(workplace: Workplace): Promise<Rules> {
  return (await workplace.call('rules.list', {})).rules.filter(({ isOfSite }) => !isOfSite);
}

/** @throws GutsError */
export async function rulesTextIn(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UnreadableRulesError(`The file “${file}” cannot be read (${cause.code ?? 'unknown reason'}).`, { cause });
  });
}

class UnreadableRulesError extends GutsError {
  readonly code = 'preflight.unreadable-rules';
  readonly remedy = 'Name a file of rules; “guts rules --schema” prints what may stand in one.';
}

class UnusedSiteRulesError extends GutsError {
  readonly code: string;
  readonly remedy: string;

  constructor({ code, message, remedy }: { readonly code: string; readonly message: string; readonly remedy: string }) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}

function text(rules: Rules): string {
  return table(
    rules,
    [
      { title: 'ID', cell: ({ id }) => id, isWhole: true },
      { title: 'HERE', cell: ({ here, off }) => (off === null ? here : 'off'), isWhole: true },
      { title: 'OTHERWISE', cell: (rule) => (rule.here === rule.severity && rule.off === null ? '' : rule.severity) },
      { title: 'SAYS', cell: ({ says, off }) => (off === null ? says : `${says} (left out: ${off})`) },
    ],
    'There are no rules.',
  );
}
