/** `guts resource` and `guts instance`: what the sources have, as their inventories were last read. */
import { Option, type Command } from 'commander';
import { GutsError } from '../shared/errors.ts';
import type { HypervFacts, InventoryVm } from '../shared/inventory.ts';
import type { Instance, Resource } from '../shared/operations.ts';
import { canAsk } from './prompt.ts';
import { sheet, table, type Column } from './table.ts';
import { size } from './terminal.ts';
import { Workplace } from './workplace.ts';

interface Filters {
  readonly source?: string;
  readonly name?: string;
  readonly power?: 'on' | 'off' | 'suspended';
  readonly os?: string;
  readonly network?: string;
  readonly folder?: string;
  readonly cluster?: string;
  readonly tag?: string;
  readonly type?: Resource['type'];
}

export function addResource(program: Command): void {
  const resource = program.command('resource').description('machines, networks, datastores and hosts of the sources');
  const list = filterOptions(resource.command('list'))
    .description('what the sources have, with filters')
    .addOption(new Option('--type <kind>', 'only these').choices(['vm', 'network', 'datastore', 'host']))
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts resource list --source vc1 --type datastore\n  $ guts resource list --name "web-*" --power on',
    )
    .action(async (filters: Filters) => {
      await using workplace = await Workplace.open(list);
      const { source, type } = filters;
      const resources = await withInventory(workplace, source, () =>
        workplace.rows('resources.list', { ...wishes(filters), type }),
      );
      tellAges(workplace, resources);
      workplace.terminal.result({ resources }, () => table(resources, resourceColumns, NOTHING));
    });
  const show = resource
    .command('show')
    .description('everything that is known of one of them')
    .argument('<resource>', 'name or ref')
    .option('--source <source>', 'where several sources have it')
    .action(async (nameOrRef: string, { source }: { readonly source?: string }) => {
      await using workplace = await Workplace.open(show);
      const found = await withInventory(workplace, source, () =>
        workplace.call('resources.show', { resource: nameOrRef, source }),
      );
      workplace.terminal.result(found, () => thingText(found));
    });
}

export function addInstance(program: Command): void {
  const instance = program.command('instance').description('the machines that can be moved');
  const list = filterOptions(instance.command('list'))
    .description('the machines of the sources, with filters')
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts instance list --os "*windows*"\n  $ guts instance list --network "VM Network"',
    )
    .action(async (filters: Filters) => {
      await using workplace = await Workplace.open(list);
      const instances = await withInventory(workplace, filters.source, () =>
        workplace.rows('instances.list', wishes(filters)),
      );
      tellAges(workplace, instances);
      workplace.terminal.result({ instances }, () => table(instances, vmColumns, NOTHING));
    });
}

const NOTHING = 'Nothing of that kind.';

function filterOptions(command: Command): Command {
  return command
    .option('--source <source>', 'only of this source')
    .option('--name <pattern>', 'only with such a name; * is any text, ? any letter')
    .addOption(new Option('--power <state>', 'only machines that are').choices(['on', 'off', 'suspended']))
    .option('--os <pattern>', 'only machines with such a guest system')
    .option('--network <pattern>', 'only machines on such a network')
    .option('--folder <pattern>', 'only machines in such a folder')
    .option('--cluster <pattern>', 'only machines of such a cluster')
    .option('--tag <pattern>', 'only machines with such a tag, as NAME or CATEGORY:NAME');
}

/** The wishes as they are asked for. */
const wishes = ({ source, name, power, os, network, folder, cluster, tag }: Filters) => ({
  source,
  name,
  power,
  os,
  network,
  folder,
  cluster,
  tag,
});

/**
 * Where a source's inventory was never read and its password is not kept, the password is asked for, and the whole is
 * tried once more.
 */
async function withInventory<T>(workplace: Workplace, source: string | undefined, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GutsError) || error.code !== 'inventory.none' || !canAsk()) throw error;
    const { sources } = await workplace.call('sources.list', {});
    for (const { id, name } of sources)
      if (source === undefined || source === id || source === name) await workplace.demandSecret('source', id);
    return await ask();
  }
}

const OLD_HOURS = 24;

/** Once for each source whose inventory is old. */
function tellAges(
  { terminal }: Workplace,
  things: readonly { readonly source: string; readonly takenAt: string }[],
): void {
  if (terminal.isJson) return;
  for (const [name, takenAt] of new Map(things.map(({ source, takenAt }) => [source, takenAt]))) {
    const hours = (Date.now() - Date.parse(takenAt)) / 3_600_000;
    if (hours > OLD_HOURS)
      terminal.note(`The inventory of “${name}” is ${Math.floor(hours / 24)} days old: guts source refresh ${name}`);
  }
}

/** The machine with this name or ref. @throws as the operation does */
export async function findVm(workplace: Workplace, source: string, nameOrRef: string): Promise<Instance> {
  return await withInventory(workplace, source, () =>
    workplace.call('instances.show', { source, instance: nameOrRef }),
  );
}

const diskBytes = ({ disks }: InventoryVm): number => disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
const osOf = ({ guestOsName, guestOsId }: InventoryVm): string => guestOsName ?? guestOsId ?? '–';
const networksOf = ({ nics }: InventoryVm): string =>
  [...new Set(nics.map(({ networkName }) => networkName ?? '–'))].join(', ');

const vmColumns: readonly Column<Instance>[] = [
  { title: 'NAME', cell: ({ name }) => name, isLastCut: true },
  { title: 'REF', cell: ({ ref }) => ref, isWhole: true },
  { title: 'SOURCE', cell: ({ source }) => source, isLastCut: true },
  { title: 'POWER', cell: (vm) => (vm.isTemplate ? 'template' : vm.power), isWhole: true },
  { title: 'CPU', cell: (vm) => String(vm.cpus), isNumber: true, isWhole: true },
  { title: 'MEMORY', cell: (vm) => size(vm.memoryBytes), isNumber: true, isWhole: true },
  { title: 'DISKS', cell: (vm) => `${vm.disks.length}: ${size(diskBytes(vm))}`, isNumber: true, isWhole: true },
  { title: 'SYSTEM', cell: (vm) => osOf(vm) },
  { title: 'NETWORKS', cell: (vm) => networksOf(vm) },
];

const resourceColumns: readonly Column<Resource>[] = [
  { title: 'TYPE', cell: ({ type }) => type, isWhole: true },
  { title: 'NAME', cell: ({ name }) => name, isLastCut: true },
  { title: 'REF', cell: ({ ref }) => ref, isWhole: true },
  { title: 'SOURCE', cell: ({ source }) => source, isLastCut: true },
  { title: 'WHERE', cell: whereOf },
  { title: 'WHAT', cell: whatOf },
];

function whereOf(one: Resource): string {
  if (one.type === 'vm') return one.folder === '' ? (one.cluster ?? one.host ?? '–') : one.folder;
  return (one.type === 'host' ? one.cluster : one.datacenter) ?? '–';
}

function whatOf(one: Resource): string {
  switch (one.type) {
    case 'vm':
      return `${one.isTemplate ? 'template' : one.power}, ${one.cpus} CPU, ${size(one.memoryBytes)}, ${one.disks.length} ${one.disks.length === 1 ? 'disk' : 'disks'}, ${size(diskBytes(one))}`;
    case 'network':
      return `${one.kind}${one.vlanId === null || (one.kind === 'switch' && one.vlanId === 0) ? '' : `, VLAN ${one.vlanId}`}`;
    case 'datastore':
      return `${one.kind}, ${size(one.freeBytes)} free of ${size(one.capacityBytes)}${one.isAccessible ? '' : ', NOT ACCESSIBLE'}`;
    case 'host':
      return `${one.cpus} CPU, ${size(one.memoryBytes)}${one.isConnected ? '' : ', NOT CONNECTED'}${one.inMaintenance ? ', in maintenance' : ''}`;
  }
}

function hypervText({ generation, version, dynamicMemory, ...rest }: HypervFacts): string {
  return [
    `generation ${generation}, configuration ${version}, ${rest.checkpointType} checkpoints`,
    dynamicMemory === null
      ? []
      : `dynamic memory from ${size(dynamicMemory.minimum)} to ${size(dynamicMemory.maximum)}, ${size(dynamicMemory.startup)} at the start`,
    rest.replication === null ? [] : `replication ${rest.replication}`,
    rest.isClustered ? 'clustered' : [],
    rest.isShielded ? 'shielded' : [],
    rest.hasRecoveryCheckpoint ? 'a backup’s checkpoint is there' : [],
  ]
    .flat()
    .join(', ');
}

function thingText(one: Resource): string {
  const head: [string, string][] = [
    ['name', one.name],
    ['ref', one.ref],
    ['source', one.source],
    ['where', whereOf(one)],
  ];
  if (one.type !== 'vm') return sheet([...head, [one.type, whatOf(one)]]);
  const { guest, firmware, secureBoot, hasTpm, snapshots, disks, nics, annotation, tags } = one;
  return sheet([
    ...head,
    ['machine', whatOf(one)],
    ['system', osOf(one)],
    ...(one.hyperv === undefined ? [] : ([['Hyper-V', hypervText(one.hyperv)]] satisfies [string, string][])),
    ['firmware', `${firmware}${secureBoot ? ', secure boot' : ''}${hasTpm ? ', TPM' : ''}`],
    ['tools', `${guest.tools}${guest.hostName === null ? '' : `, host name ${guest.hostName}`}`],
    ...disks.map((disk): [string, string] => [
      disk.label,
      `${size(disk.sizeBytes)} on ${disk.controller.model ?? disk.controller.kind} ${disk.controller.bus}:${disk.controller.unit}, ${disk.mode}${disk.rawDevice === null ? '' : `, raw device (${disk.rawDevice})`}, ${disk.file ?? 'no file'}${disk.problem === undefined ? '' : `, UNREADABLE: ${disk.problem}`}`,
    ]),
    ...nics.map((nic): [string, string] => [
      nic.label,
      `${nic.model} ${nic.mac ?? ''} on ${nic.networkName ?? '–'} ${nic.ipAddresses.map(({ address }) => address).join(' ')}${nic.connected ? '' : ', unplugged'}`,
    ]),
    ['snapshots', snapshots.length === 0 ? 'none' : snapshots.map(({ name }) => name).join(', ')],
    ...(tags.length === 0 ? [] : ([['tags', tags.join(', ')]] satisfies [string, string][])),
    ...(annotation === '' ? [] : ([['notes', annotation]] satisfies [string, string][])),
  ]);
}
