/** `guts check`: what would stop or endanger the move of machines, without moving them. */
import type { Command } from 'commander';
import { GutsError, toErrorInfo } from '../shared/errors.ts';
import type { OutputOf } from '../shared/operations.ts';
import { chosen } from './create.ts';
import { migrationOptions, optionsFrom, type MigrationFlags } from './migration-flags.ts';
import { findingsText } from './migration-text.ts';
import { demandSecrets } from './run-migration.ts';
import { findVm } from './resources.ts';
import { ToldError } from './told-error.ts';
import { Workplace } from './workplace.ts';

interface Flags extends MigrationFlags {
  readonly source?: string;
  readonly destination?: string;
}

class NotAllMayError extends GutsError {
  readonly code = 'check.blocked';
  readonly remedy = 'Do what stands beside each finding that stops a machine, and check again.';

  constructor(names: readonly string[]) {
    super(`${names.length} cannot be moved like this: ${names.join(', ')}.`);
  }
}

type Checked = OutputOf<'checks.run'> & { readonly vm: { readonly ref: string; readonly name: string } };

export function addCheck(program: Command): void {
  const check = program
    .command('check')
    .description('look what would stop or endanger the move of machines; nothing is kept')
    .argument('<vms...>', 'names or refs')
    .option('--source <source>', 'where they are (default: the only source)')
    .option('--destination <destination>', 'where they would go (default: the only destination)');
  migrationOptions(check).action(async (vms: readonly string[], flags: Flags) => {
    const options = await optionsFrom(flags);
    await using workplace = await Workplace.open(check);
    const { sources } = await workplace.call('sources.list', {});
    const { destinations } = await workplace.call('destinations.list', {});
    const source = chosen(sources, 'source', flags.source);
    const destination = chosen(destinations, 'destination', flags.destination);
    await demandSecrets(workplace, { source, destination });
    const checks: Checked[] = [];
    for (const one of vms) {
      const { ref, name } = await findVm(workplace, source, one);
      workplace.terminal.progressLine(`checking ${name} …`);
      checks.push({
        vm: { ref, name },
        ...(await workplace.call('checks.run', { source, destination, vm: ref, options })),
      });
    }
    workplace.terminal.result({ checks }, () =>
      checks
        .map(
          ({ vm, mayStart, findings }) =>
            `${vm.name} (${vm.ref}): ${mayStart ? 'can be moved' : 'CANNOT be moved like this'}\n${findingsText(findings)}`,
        )
        .join('\n'),
    );
    const blocked = checks.filter(({ mayStart }) => !mayStart).map(({ vm }) => vm.name);
    if (blocked.length > 0) throw new ToldError(toErrorInfo(new NotAllMayError(blocked)));
  });
}
