/** `guts state`: everything that Guts knows, but no secret, as one file for another machine or for safe keeping. */
import * as path from 'node:path';
import type { Command } from 'commander';
import { version } from '../../package.json';
import { dataDir } from '../data-dir.ts';
import { isStateUrl } from '../store/sql/address.ts';
import { demandOwnState } from '../store/sql/mark.ts';
import type { StateEnd } from '../store/sql/state-move.ts';
import { exportState, importState, type StateFile } from '../store/state.ts';
import { wantsJson } from './run.ts';
import { stateFrom, stateOptions, type StateFlags } from './state-flags.ts';
import { addStateTables } from './state-tables.ts';
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
      await demandOwnState(dataDir());
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
      await demandOwnState(folder);
      const files = await importState(path.resolve(name), folder);
      terminal.result(
        { folder, files },
        () =>
          `${summary(files)}They are in “${folder}” now. Passwords are not among them: each is asked for when it is needed.\n`,
      );
    });
  addMigrate(state);
  addStateTables(state);
}

interface MigrateFlags extends StateFlags {
  readonly from?: string;
  readonly to: string;
}

function addMigrate(state: Command): void {
  const migrate = stateOptions(
    state
      .command('migrate')
      .description('move the state from the data folder into a database, or back; nothing may run meanwhile')
      .requiredOption('--to <place>', 'postgresql://USER@HOST[:PORT]/DATABASE, mysql://…, sqlite:FILE, or a folder')
      .option('--from <place>', 'where it is now, likewise (default: the data folder)'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts state migrate --to postgresql://guts@db.example.net/guts --state-password-file pw --state-ca-file ca.pem\n  $ guts state migrate --from postgresql://guts@db.example.net/guts --state-password-file pw --state-ca-file ca.pem --to /var/lib/guts',
    )
    .action(async ({ from = dataDir(), to, ...flags }: MigrateFlags) => {
      const terminal = new Terminal(wantsJson(migrate));
      const { moveState } = await import('../store/sql/state-move.ts');
      const source = await endOf(from, flags);
      const { files, setAside } = await moveState(source, await endOf(to, flags));
      terminal.result({ from, to, files, setAside }, () =>
        [
          summary(files),
          'Read back and compared: all of it is the same.\n',
          ...(setAside === null ? [] : [`The files that it came from are in “${setAside}” now.\n`]),
          ...('database' in source
            ? ['The database it came from has it still: start no server there any more, and drop it when you need it no longer.\n'] // prettier-ignore
            : []),
          'Passwords are not among them: each server has them in its own vault.\n',
        ].join(''),
      );
    });
}

/** A folder, or a database by its URL. */
async function endOf(text: string, flags: StateFlags): Promise<StateEnd> {
  return isStateUrl(text) ? { database: await stateFrom(text, flags) } : { folder: path.resolve(text) };
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
