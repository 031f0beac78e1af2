/** `guts doctor papers`: writes the files for those who own the vCenter, the Hyper-V hosts and the firewall. */
import { mkdir } from 'node:fs/promises';
import * as path from 'node:path';
import type { Command } from 'commander';
import { table } from './table.ts';
import { Workplace } from './workplace.ts';
import { writeWhole } from './write-whole.ts';

interface Flags {
  readonly source?: string;
  readonly destination?: string;
  readonly output: string;
  readonly force: boolean;
}

export function addPapers(doctor: Command): void {
  const papers = doctor
    .command('papers')
    .description(
      'write the role with the least privileges, the rights on Hyper-V hosts and the firewall request, as files',
    )
    // All of these are of “guts doctor” as well, which takes them wherever they stand: they are here to be told.
    .option('--source <source>', 'name or id (default: all of them)')
    .option('--destination <destination>', 'name or id (default: all of them)')
    .option('-o, --output <folder>', 'where to write them', '.')
    .option('--force', 'replace files that are there', false)
    .addHelpText('after', '\nExample:\n  $ guts doctor papers --source vc01 --output papers')
    .action(async () => {
      const flags = papers.optsWithGlobals<Flags>();
      await using workplace = await Workplace.open(papers);
      await write(workplace, flags);
    });
}

async function write(workplace: Workplace, { source, destination, output, force }: Flags): Promise<void> {
  const isAll = source === undefined && destination === undefined;
  const sources = isAll
    ? (await workplace.call('sources.list', {})).sources.map(({ name }) => name)
    : [source ?? []].flat();
  const destinations = isAll
    ? (await workplace.call('destinations.list', {})).destinations.map(({ name }) => name)
    : [destination ?? []].flat();
  for (const one of sources) await workplace.demandSecret('source', one);
  for (const one of destinations) await workplace.demandSecret('destination', one);
  const { papers, warnings } = await workplace.call('doctor.papers', { sources, destinations });
  const folder = path.resolve(output);
  await mkdir(folder, { recursive: true });
  for (const { name, text } of papers) await writeWhole(path.join(folder, name), text, force);
  for (const warning of warnings) workplace.terminal.note(`Note: ${warning}`);
  workplace.terminal.result({ folder, papers: papers.map(({ name, says }) => ({ name, says })), warnings }, () =>
    [
      table(
        papers,
        [
          { title: 'FILE', cell: ({ name }) => name, isWhole: true },
          { title: 'FOR', cell: ({ says }) => says },
        ],
        'Nothing was written.',
      ),
      `Written to ${folder}. No secret is in them; names of hosts and users are.\n`,
    ].join(''),
  );
}
