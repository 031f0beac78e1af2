/** `guts network`: the networks of both sides, which a migration maps onto each other. */
import type { Command } from 'commander';
import type { DestinationConnection, SourceConnection } from '../shared/connections.ts';
import { matcher } from './glob.ts';
import { inventoryOf } from './refresh.ts';
import { table } from './table.ts';
import { Workplace } from './workplace.ts';

interface Flags {
  readonly source?: string;
  readonly destination?: string;
  readonly name?: string;
  readonly refresh: boolean;
}

interface Row {
  readonly side: 'source' | 'destination';
  readonly connection: string;
  readonly name: string;
  readonly id: string;
  readonly kind: string;
  /** VLAN, or segment of an overlay. */
  readonly segment: number | null;
  readonly subnets: readonly string[];
}

export function addNetwork(program: Command): void {
  const network = program.command('network').description('the networks of sources and destinations');
  const list = network
    .command('list')
    .description('the networks of both sides')
    .option('--source <source>', 'only of this source')
    .option('--destination <destination>', 'only of this destination')
    .option('--name <pattern>', 'only with such a name; * is any text, ? any letter')
    .option('--refresh', 'ask the destinations anew', false)
    .addHelpText('after', '\nExamples:\n  $ guts network list\n  $ guts network list --destination os1 --refresh')
    .action(async (flags: Flags) => {
      const workplace = new Workplace(list);
      const rows: Row[] = [];
      for (const source of await chosen(workplace, 'source', flags)) rows.push(...(await ofSource(workplace, source)));
      for (const destination of await chosen(workplace, 'destination', flags))
        rows.push(...(await ofDestination(workplace, destination, flags.refresh)));
      const suits = matcher(flags.name);
      const networks = rows.filter(({ name }) => suits(name));
      workplace.terminal.result({ networks }, () => text(networks));
    });
}

/** All of a side, one that was named, or none where only the other side was named. */
async function chosen<K extends 'source' | 'destination'>({ connections }: Workplace, side: K, flags: Flags) {
  const name = flags[side];
  if (name !== undefined) return [await connections.find(side, name)];
  return flags.source === undefined && flags.destination === undefined ? await connections.list(side) : [];
}

async function ofSource(workplace: Workplace, source: SourceConnection): Promise<Row[]> {
  const { things } = await inventoryOf(workplace, source, ({ kind }) => kind === 'network');
  return things.flatMap((one): Row[] =>
    one.kind === 'network'
      ? [
          {
            side: 'source',
            connection: source.name,
            name: one.thing.name,
            id: one.thing.ref,
            kind: one.thing.kind,
            segment: one.thing.vlanId,
            subnets: [],
          },
        ]
      : [],
  );
}

async function ofDestination(workplace: Workplace, destination: DestinationConnection, anew: boolean): Promise<Row[]> {
  const kept = anew ? null : await workplace.clouds.read(destination.id);
  const { facts } = kept ?? (await freshFacts(workplace, destination));
  return facts.networks.map(({ id, name, kind, isExternal, segmentationId, subnets }) => ({
    side: 'destination',
    connection: destination.name,
    name,
    id,
    kind: isExternal ? 'external' : (kind ?? '–'),
    segment: segmentationId,
    subnets: subnets.map(({ cidr }) => cidr),
  }));
}

/** @throws what finding the secret and asking the cloud throws */
async function freshFacts(workplace: Workplace, { id }: DestinationConnection) {
  const signIn = await workplace.signInToDestination(id);
  return await workplace.clouds.write(id, await workplace.perform({ kind: 'destination.facts', ...signIn }));
}

function text(networks: readonly Row[]): string {
  return table(
    networks,
    [
      { title: 'SIDE', cell: ({ side }) => side, isWhole: true },
      { title: 'AT', cell: ({ connection }) => connection },
      { title: 'NAME', cell: ({ name }) => name, isLastCut: true },
      { title: 'KIND', cell: ({ kind }) => kind },
      { title: 'VLAN', cell: ({ segment }) => (segment === null ? '–' : String(segment)), isNumber: true },
      { title: 'SUBNETS', cell: ({ subnets }) => subnets.join(' ') },
      { title: 'ID', cell: ({ id }) => id, isWhole: true },
    ],
    'No networks.',
  );
}
