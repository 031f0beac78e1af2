/** `guts state layout|get|put`: the tables of a state in a database, and what is written into it by hand. */
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { policyOf } from '../access/policy-file.ts';
import { GutsError } from '../shared/errors.ts';
import { EnginePool } from '../engine-pool.ts';
import { SITE_FILE, siteRulesOf } from '../site-rules.ts';
import { wantsJson } from './run.ts';
import { stateFrom, stateOptions, type StateFlags } from './state-flags.ts';
import { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { writeWhole } from './write-whole.ts';

interface Flags extends StateFlags {
  readonly state: string;
}

/** Everything else is changed by commands. */
const BY_HAND = ['policy.json', SITE_FILE] as const;

class NoSuchTextError extends GutsError {
  readonly code = 'state.no-such-text';
  readonly remedy = 'Put one there (“guts state put”); without it, nothing is ruled otherwise.';

  constructor(name: string, place: string) {
    super(`There is no “${name}” in the state at ${place}.`);
  }
}

class TextFileError extends GutsError {
  readonly code = 'state.text-file';
  readonly remedy = 'Name a file of text that this user can read.';
}

const withState = (command: Command): Command =>
  stateOptions(command.requiredOption('--state <url>', 'postgresql://USER@HOST[:PORT]/DATABASE, mysql://… or sqlite:FILE')); // prettier-ignore

export function addStateTables(state: Command): void {
  const layout = withState(
    state.command('layout').description('show or change the layout of the tables in a database; all servers stopped'),
  )
    .option('--set <n>', 'take the layout up or down to this one, for an older Guts', layoutNumber)
    .action(async ({ state: url, set, ...flags }: Flags & { readonly set?: number }) => {
      const terminal = new Terminal(wantsJson(layout));
      const { Database } = await import('../store/sql/database.ts');
      const { LAYOUT } = await import('../store/sql/tables.ts');
      await using database = await Database.openAsItIs(await stateFrom(url, flags));
      const before = await database.layout();
      if (set === undefined) {
        const facts = { layout: before, newest: LAYOUT };
        terminal.result(facts, () => `The tables have layout ${before}; this Guts knows up to ${LAYOUT}.\n`);
        return;
      }
      if (set > LAYOUT) throw new UsageError(`This Guts knows layouts up to ${LAYOUT}.`);
      await database.setLayout(set);
      terminal.result({ before, layout: set }, () => `The tables had layout ${before}, and have ${set} now.\n`);
    });
  const get = withState(state.command('get').description('write the policy, or the rules for preflight, into a file'))
    .argument('<name>', BY_HAND.join(' or '), nameByHand)
    .requiredOption('-o, --output <file>', 'the file')
    .option('--force', 'replace a file that is there', false)
    .action(
      async (name: string, { state: url, output, force, ...flags }: Flags & { output: string; force: boolean }) => {
        const terminal = new Terminal(wantsJson(get));
        const { Database } = await import('../store/sql/database.ts');
        const { SqlDocuments } = await import('../store/sql/documents.ts');
        await using database = await Database.open(await stateFrom(url, flags));
        const text = await new SqlDocuments(database).text(name).read();
        if (text === null) throw new NoSuchTextError(name, database.place);
        const file = path.resolve(output);
        await writeWhole(file, text, force, 0o600);
        terminal.result({ name, file }, () => `Written: ${file}\n`);
      },
    );
  const put = withState(
    state
      .command('put')
      .description('put a policy, or rules for preflight, into the state; they hold at once, everywhere'),
  )
    .argument('<name>', BY_HAND.join(' or '), nameByHand)
    .argument('<file>', 'the file with it')
    .action(async (name: string, from: string, { state: url, ...flags }: Flags) => {
      const terminal = new Terminal(wantsJson(put));
      const text = await readFile(from, 'utf8').catch((cause: NodeJS.ErrnoException) => {
        throw new TextFileError(`The file “${from}” cannot be read (${cause.code ?? 'unknown reason'}).`, { cause });
      });
      if (name === 'policy.json') policyOf(from, text);
      else {
        await using engines = new EnginePool(1);
        await siteRulesOf({ engines }, from, text);
      }
      const { Database } = await import('../store/sql/database.ts');
      const { putDocument } = await import('../store/sql/documents.ts');
      await using database = await Database.open(await stateFrom(url, flags));
      await database.write(async (tx, changed) => await putDocument(tx, name, text, changed));
      terminal.result({ name }, () => `“${name}” holds now, on all servers.\n`);
    });
}

function nameByHand(text: string): string {
  if (!BY_HAND.some((name) => name === text)) throw new InvalidArgumentError(`Give ${BY_HAND.join(' or ')}.`);
  return text;
}

function layoutNumber(text: string): number {
  const value = Number(text);
  if (!/^\d{1,4}$/.test(text) || value < 1) throw new InvalidArgumentError('Give a number from 1 on.');
  return value;
}
