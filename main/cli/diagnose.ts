/** `guts diagnose hyperv`: what is seen on a host, step by step, in a file for whoever mends Guts. */
import * as path from 'node:path';
import type { Command } from 'commander';
import { table } from './table.ts';
import { Workplace } from './workplace.ts';
import { writeWhole } from './write-whole.ts';

interface Flags {
  readonly output?: string;
  readonly force: boolean;
}

export function addDiagnose(program: Command): void {
  const diagnose = program.command('diagnose').description('look at a source step by step, for whoever mends Guts');
  const hyperv = diagnose
    .command('hyperv')
    .description(
      'what a Hyper-V host answers: requests, faults, scripts and what they write, without secrets and names; changes nothing there',
    )
    .argument('<source>', 'name or id')
    .option('-o, --output <file>', 'the file to write (default: guts-hyperv-DATE.json here)')
    .option('--force', 'replace a file that is there', false)
    .addHelpText('after', '\nExample:\n  $ guts diagnose hyperv hv01 --output hv01.json')
    .action(async (source: string, { output, force }: Flags) => {
      await using workplace = await Workplace.open(hyperv);
      await workplace.demandSecret('source', source);
      const seen = await workplace.call('sources.diagnose', { source });
      const file = path.resolve(output ?? `guts-hyperv-${seen.takenAt.slice(0, 19).replaceAll(':', '-')}.json`);
      await writeWhole(file, `${JSON.stringify(seen, null, 2)}\n`, force, 0o600);
      workplace.terminal.result({ file, steps: seen.steps }, () =>
        [
          table(
            seen.steps,
            [
              { title: 'STEP', cell: ({ name }) => name, isWhole: true },
              { title: 'WENT', cell: ({ isGood }) => (isGood ? 'well' : 'wrong'), isWhole: true },
              { title: 'SAYS', cell: ({ says }) => says },
            ],
            'Nothing was looked at.',
          ),
          `Written: ${file}\nNames, addresses and paths are masked in it, and secrets taken out. Look into it before you send it to anybody.\n`,
        ].join(''),
      );
    });
}
