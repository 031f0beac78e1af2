/** `guts tidy`: what carries our tag on either side and no migration needs any more. */
import type { Command } from 'commander';
import { GutsError, toErrorInfo } from '../shared/errors.ts';
import type { Leftover } from '../shared/move-jobs.ts';
import { repeated } from './repeated.ts';
import { table } from './table.ts';
import { ToldError } from './told-error.ts';
import { Workplace } from './workplace.ts';

interface Flags {
  readonly source: readonly string[];
  readonly destination: readonly string[];
  readonly remove: boolean;
  readonly unknown: boolean;
}

export function addTidy(program: Command): void {
  const tidy = program
    .command('tidy')
    .description('list what migrations have left on either side; with --remove, remove it')
    .option('--source <source>', 'only look there (may be repeated)', repeated, [])
    .option('--destination <destination>', 'only look there (may be repeated)', repeated, [])
    .option('--remove', 'remove what no migration needs', false)
    .option('--unknown', 'also what no migration of this machine made: make sure that no other is at work', false)
    .addHelpText('after', '\nExamples:\n  $ guts tidy\n  $ guts tidy --destination os1 --remove')
    .action(async (flags: Flags) => {
      await using workplace = await Workplace.open(tidy);
      const isAll = flags.source.length === 0 && flags.destination.length === 0;
      const all = isAll ? await workplace.call('sources.list', {}) : { sources: [] };
      const sources = isAll ? all.sources.map(({ id }) => id) : flags.source;
      const clouds = isAll ? await workplace.call('destinations.list', {}) : { destinations: [] };
      const destinations = isAll ? clouds.destinations.map(({ id }) => id) : flags.destination;
      for (const one of sources) await workplace.demandSecret('source', one);
      for (const one of destinations) await workplace.demandSecret('destination', one);
      const { remove, unknown: alsoUnknown } = flags;
      const result = await workplace.call('tidy.run', {
        sources: [...sources],
        destinations: [...destinations],
        remove,
        alsoUnknown,
      });
      workplace.terminal.result(result, () => text(result.leftovers, flags.remove));
      const failed = result.leftovers.filter(({ state }) => state === 'failed').length;
      if (failed > 0) throw new ToldError(toErrorInfo(new NotTidyError(failed)));
    });
}

class NotTidyError extends GutsError {
  readonly code = 'tidy.not-all';
  readonly remedy =
    'See beside each why it stayed; remove it by hand where Guts cannot, or run “guts tidy --remove” again.';

  constructor(failed: number) {
    super(`${failed} of them could not be removed.`);
  }
}

const stateText: Readonly<Record<Leftover['state'], string>> = {
  found: 'found',
  removed: 'removed',
  inUse: 'in use',
  failed: 'NOT REMOVED',
};

function text(leftovers: readonly Leftover[], isRemoving: boolean): string {
  const list = table(
    leftovers,
    [
      { title: 'AT', cell: ({ connection }) => connection },
      { title: 'KIND', cell: ({ item }) => item.kind, isWhole: true },
      { title: 'NAME', cell: ({ item }) => item.name },
      { title: 'ID', cell: ({ item }) => item.id ?? '–', isWhole: true },
      { title: 'STATE', cell: ({ state }) => stateText[state], isWhole: true },
      { title: 'SAYS', cell: ({ says }) => says ?? '' },
    ],
    'Nothing is left over.',
  );
  const hint = !isRemoving && leftovers.some(({ state }) => state === 'found');
  return hint ? `${list}Remove what was found: guts tidy --remove\n` : list;
}
