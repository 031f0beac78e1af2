/** `guts volume`: the disks of the machines that can be moved. */
import type { Command } from 'commander';
import { table } from './table.ts';
import { size } from './terminal.ts';
import { Workplace } from './workplace.ts';

interface Flags {
  readonly source?: string;
  readonly vm?: string;
}

export function addVolume(program: Command): void {
  const volume = program.command('volume').description('the disks of the machines');
  const list = volume
    .command('list')
    .description('the disks of the machines, with filters')
    .option('--source <source>', 'only of this source')
    .option('--vm <pattern>', 'only of machines with such a name; * is any text, ? any letter')
    .action(async ({ source, vm }: Flags) => {
      await using workplace = await Workplace.open(list);
      const volumes = await workplace.rows('volumes.list', { source, vm });
      workplace.terminal.result({ volumes }, () =>
        table(
          volumes,
          [
            { title: 'VM', cell: (row) => row.vm, isLastCut: true },
            { title: 'DISK', cell: ({ label }) => label, isWhole: true },
            { title: 'SIZE', cell: ({ sizeBytes }) => size(sizeBytes), isNumber: true, isWhole: true },
            { title: 'SOURCE', cell: (row) => row.source, isLastCut: true },
            { title: 'DATASTORE', cell: ({ datastore }) => datastore ?? '–' },
            { title: 'FILE', cell: ({ file }) => file ?? 'no file' },
          ],
          'No disks.',
        ),
      );
    });
}
