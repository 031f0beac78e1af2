/** `guts logs bundle`: what helps whoever mends Guts, shown first and then written as one archive, without secrets. */
import * as path from 'node:path';
import type { Command } from 'commander';
import { version } from '../../package.json';
import { dataDir } from '../data-dir.ts';
import { bundleName, gatherBundle, packBundle, type Bundle } from '../logs/bundle.ts';
import { Vault } from '../vault/vault.ts';
import { askYes, canAsk } from './prompt.ts';
import { wantsJson } from './run.ts';
import { table } from './table.ts';
import { size, Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { writeWhole } from './write-whole.ts';

interface Flags {
  readonly output?: string;
  readonly preview: boolean;
  readonly yes: boolean;
  readonly force: boolean;
}

export function addLogs(program: Command): void {
  const logs = program.command('logs').description('what Guts has written down, for whoever mends it');
  const bundle = logs
    .command('bundle')
    .description(
      'gather versions, logs, journals and settings into one .tar.gz, without secrets; shows what goes into it',
    )
    .option('-o, --output <file>', 'the file to write (default: guts-logs-DATE.tar.gz here)')
    .option('--preview', 'only tell what would go into it', false)
    .option('--yes', 'write it without asking', false)
    .option('--force', 'replace a file that is there', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts logs bundle --preview\n  $ guts logs bundle --yes --output logs.tar.gz',
    )
    .action(async (flags: Flags) => {
      const terminal = new Terminal(wantsJson(bundle));
      if (flags.preview && flags.yes) throw new UsageError('Give --preview or --yes, not both.');
      if (!flags.preview && !flags.yes && !canAsk())
        throw new UsageError('There is no terminal to ask on: look with --preview, or write it with --yes.');
      await run(terminal, flags);
    });
}

async function run(terminal: Terminal, { output, preview, yes, force }: Flags): Promise<void> {
  const folder = dataDir();
  const vault = new Vault({ dataDir: folder, askPassphrase: () => Promise.resolve(null) });
  const bundle = await gatherBundle({ dataDir: folder, vault, version });
  const facts = {
    parts: bundle.parts.map(({ name, what, content }) => ({ name, what, bytes: content.length })),
    secretsLookedFor: bundle.secretsLookedFor,
    notLookedFor: bundle.notLookedFor,
  };
  if (preview) {
    terminal.result({ file: null, ...facts }, () => previewText(bundle));
    return;
  }
  if (!yes) {
    terminal.note(previewText(bundle));
    if (!(await askYes('Write it?'))) {
      terminal.note('Nothing was written.');
      return;
    }
  }
  const name = bundleName();
  const file = path.resolve(output ?? `${name}.tar.gz`);
  await writeWhole(file, await packBundle(bundle.parts, name), force, 0o600);
  terminal.result({ file, ...facts }, () => `Written: ${file}\nLook into it before you send it to anybody.\n`);
}

function previewText({ parts, secretsLookedFor, notLookedFor }: Bundle): string {
  const list = table(
    parts,
    [
      { title: 'FILE', cell: ({ name }) => name, isWhole: true },
      { title: 'SIZE', cell: ({ content }) => size(content.length), isNumber: true, isWhole: true },
      { title: 'WHAT', cell: ({ what }) => what },
    ],
    'There is nothing to gather.',
  );
  return [
    list,
    'Names of machines, users, servers and networks are in it; passwords and what was given to guests as user data are not.',
    `Each of ${secretsLookedFor} known secrets was looked for, and is replaced by “[secret]” wherever it may stand.`,
    ...notLookedFor.map(({ name, why }) => `The secret of “${name}” could not be looked for: ${why}`),
    '',
  ].join('\n');
}
