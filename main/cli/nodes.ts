/** `guts node drain|remove|key`: workers are emptied, forgotten, and given what lets them join. */
import * as path from 'node:path';
import type { Command } from 'commander';
import { dataDir } from '../data-dir.ts';
import { JOIN_KEY, joinKeyIn } from '../fleet/daemon/fleet.ts';
import { Vault } from '../vault/vault.ts';
import { joinKeyFrom } from './join-key.ts';
import { nodeId } from './node-name.ts';
import { askPassphrase } from './passphrase.ts';
import { wantsJson } from './run.ts';
import { UsageError } from './usage-error.ts';
import { Terminal } from './terminal.ts';
import { Workplace } from './workplace.ts';
import { writeWhole } from './write-whole.ts';

interface KeyFlags {
  readonly output?: string;
  readonly take?: string;
  readonly force: boolean;
  readonly dataDir?: string;
}

export function addNodeChanges(nodes: Command): void {
  const drain = nodes
    .command('drain')
    .argument('<node>', 'a worker, by its name', nodeId)
    .description('give a worker nothing new, so that it can be taken away; or give it work again')
    .option('--pause', 'stop what runs there where it can be stopped: it goes on elsewhere', false)
    .option('--undo', 'give it work again', false)
    .addHelpText('after', '\nExample:\n  $ guts node drain w1 --pause')
    .action(async (node: string, { pause, undo }: { pause: boolean; undo: boolean }) => {
      await using workplace = await Workplace.open(drain);
      const { nodes: all } = await workplace.call('nodes.drain', { node, pause, isDraining: !undo });
      const now = all.find(({ id }) => id === node);
      const left = now?.running.length ?? 0;
      workplace.terminal.result({ nodes: all }, () =>
        undo
          ? `Node “${node}” is given work again.\n`
          : left === 0
            ? `Node “${node}” is given nothing more, and runs nothing: the worker can be stopped.\n`
            : `Node “${node}” is given nothing more; ${left} still ${left === 1 ? 'runs' : 'run'} there: look again (“guts node list”).\n`,
      );
    });
  const remove = nodes
    .command('remove')
    .argument('<node>', 'a worker, by its name', nodeId)
    .description('forget a worker that is down and will not come back')
    .action(async (node: string) => {
      await using workplace = await Workplace.open(remove);
      await workplace.call('nodes.remove', { node });
      workplace.terminal.result({ node }, () => `Node “${node}” is forgotten.\n`);
    });
  const key = nodes
    .command('key')
    .description(
      'write the key by which workers join this machine’s daemon into a file that only you can read, or take another server’s',
    )
    .option('-o, --output <file>', 'a new file; give it to each worker (--join-key-file)')
    .option('--take <file>', 'keep the key in this file, which another server of the same state has written')
    .option('--force', 'replace a file that is there already', false)
    .option('--data-dir <folder>', 'the daemon’s (default: GUTS_DATA_DIR, or the system’s place)')
    .action(async ({ output, take, force, dataDir: folder }: KeyFlags) => {
      if ((output === undefined) === (take === undefined)) throw new UsageError('Give --output or --take.');
      const terminal = new Terminal(wantsJson(key));
      const vault = new Vault({ dataDir: folder === undefined ? dataDir() : path.resolve(folder), askPassphrase });
      if (take !== undefined) {
        const file = path.resolve(take);
        await vault.set(JOIN_KEY, await joinKeyFrom(file));
        terminal.result({ file }, () => 'The join key is in this machine’s vault: start the daemon again.\n');
        return;
      }
      const file = path.resolve(output ?? '');
      await writeWhole(file, `${await joinKeyIn(vault)}\n`, force, 0o600);
      terminal.result({ file }, () => `The join key is in “${file}”. Whoever has it can call itself a worker.\n`);
    });
}
