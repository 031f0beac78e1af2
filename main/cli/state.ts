/** `guts state`: everything that Guts knows, but no secret, as one file for another machine or for safe keeping. */
import * as path from 'node:path';
import type { Command } from 'commander';
import { version } from '../../package.json';
import { dataDir } from '../data-dir.ts';
import { exportState, importState, type StateFile } from '../store/state.ts';
import { wantsJson } from './run.ts';
import { size, Terminal } from './terminal.ts';
import { writeWhole } from './write-whole.ts';

interface ExportFlags {
  readonly withAudit: boolean;
  readonly withTokens: boolean;
  readonly force: boolean;
}

export function addState(program: Command): void {
  const state = program
    .command('state')
    .description('take everything that Guts knows, but no secret, to another machine');
  const save = state
    .command('export')
    .description('write connections, settings, plans, queue and the journals of migrations into one file')
    .argument('<file>', 'the file to write')
    .option('--with-audit', 'also the audit log', false)
    .option('--with-tokens', 'also who may come in by which token, as hashes', false)
    .option('--force', 'replace a file that is there', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts state export guts-state.jsonl\n  $ guts state export backup.jsonl --with-audit',
    )
    .action(async (name: string, { withAudit, withTokens, force }: ExportFlags) => {
      const terminal = new Terminal(wantsJson(save));
      const file = path.resolve(name);
      const files: StateFile[] = [];
      async function* lines(): AsyncGenerator<string, void, void> {
        files.push(...(yield* exportState(dataDir(), { version, withAudit, withTokens })));
      }
      await writeWhole(file, lines(), force, 0o600);
      terminal.result({ file, files }, () => `${summary(files)}Written: ${file}\nSecrets are not in it.\n`);
    });
  const load = state
    .command('import')
    .description('put an exported state into a data folder that has none')
    .argument('<file>', 'the file that “guts state export” has written')
    .action(async (name: string) => {
      const terminal = new Terminal(wantsJson(load));
      const folder = dataDir();
      const files = await importState(path.resolve(name), folder);
      terminal.result(
        { folder, files },
        () =>
          `${summary(files)}They are in “${folder}” now. Passwords are not among them: each is asked for when it is needed.\n`,
      );
    });
}

/** How many of each kind. */
function summary(files: readonly StateFile[]): string {
  const kinds = new Map<string, { count: number; bytes: number }>();
  for (const { what, bytes } of files) {
    const before = kinds.get(what) ?? { count: 0, bytes: 0 };
    kinds.set(what, { count: before.count + 1, bytes: before.bytes + bytes });
  }
  if (kinds.size === 0) return 'There is nothing to take along.\n';
  return [...kinds]
    .map(([what, { count, bytes }]) => `  ${what}${count > 1 ? ` × ${count}` : ''} (${size(bytes)})\n`)
    .join('');
}
