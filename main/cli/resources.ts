/** `guts resource` and `guts instance`: what the sources have, as their inventories were last read. */
import { Option, type Command } from 'commander';
import type { SourceConnection } from '../shared/connections.ts';
import { GutsError } from '../shared/errors.ts';
import type { InventoryVm } from '../shared/inventory.ts';
import type { InventoryThing } from '../store/inventory.ts';
import { matcher } from './glob.ts';
import { inventoryOf } from './refresh.ts';
import { sheet, table, type Column } from './table.ts';
import { size } from './terminal.ts';
import { Workplace } from './workplace.ts';

interface Filters {
  readonly source?: string;
  readonly name?: string;
  readonly power?: InventoryVm['power'];
  readonly os?: string;
  readonly network?: string;
  readonly folder?: string;
  readonly cluster?: string;
  readonly type?: InventoryThing['kind'];
}

/** A thing, and the source that has it. */
interface Found {
  readonly source: SourceConnection;
  readonly one: InventoryThing;
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
      const workplace = new Workplace(list);
      const found = await find(workplace, filters, wantedBy(filters));
      const resources = found.map(({ source, one }) => ({ source: source.name, type: one.kind, ...one.thing }));
      workplace.terminal.result({ resources }, () => table(found, resourceColumns, NOTHING));
    });
  const show = resource
    .command('show')
    .description('everything that is known of one of them')
    .argument('<resource>', 'name or ref')
    .option('--source <source>', 'where several sources have it')
    .action(async (nameOrRef: string, { source }: { readonly source?: string }) => {
      const workplace = new Workplace(show);
      const filters = source === undefined ? {} : { source };
      const found = await find(workplace, filters, ({ thing }) => thing.ref === nameOrRef || thing.name === nameOrRef);
      const { one, source: from } = theOnly(found, nameOrRef);
      workplace.terminal.result({ source: from.name, type: one.kind, ...one.thing }, () => thingText(from, one));
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
      const workplace = new Workplace(list);
      const found = await find(workplace, filters, wantedBy({ ...filters, type: 'vm' }));
      const vms = found.flatMap(({ source, one }) => (one.kind === 'vm' ? [{ source, vm: one.thing }] : []));
      const instances = vms.map(({ source, vm }) => ({ source: source.name, ...vm }));
      workplace.terminal.result({ instances }, () => table(vms, vmColumns, NOTHING));
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
    .option('--cluster <pattern>', 'only machines of such a cluster');
}

function wantedBy(filters: Filters): (one: InventoryThing) => boolean {
  const name = matcher(filters.name);
  const [os, network, folder, cluster] = [filters.os, filters.network, filters.folder, filters.cluster].map(matcher);
  const isAboutVms = [filters.power, filters.os, filters.network, filters.folder, filters.cluster].some(
    (filter) => filter !== undefined,
  );
  const any = (): boolean => true;
  const suits = (vm: InventoryVm): boolean =>
    (filters.power === undefined || vm.power === filters.power) &&
    [vm.guestOsName ?? '', vm.guestOsId ?? ''].some(os ?? any) &&
    (filters.network === undefined || vm.nics.some(({ networkName }) => (network ?? any)(networkName ?? ''))) &&
    (folder ?? any)(vm.folder) &&
    (cluster ?? any)(vm.cluster ?? '');
  return (one) => {
    if (filters.type !== undefined && one.kind !== filters.type) return false;
    if (!name(one.thing.name)) return false;
    return one.kind === 'vm' ? suits(one.thing) : !isAboutVms;
  };
}

async function find(
  workplace: Workplace,
  { source }: Pick<Filters, 'source'>,
  wanted: (one: InventoryThing) => boolean,
): Promise<Found[]> {
  const { connections } = workplace;
  const sources = source === undefined ? await connections.list('source') : [await connections.find('source', source)];
  const found: Found[] = [];
  for (const source of sources) {
    const { things, takenAt } = await inventoryOf(workplace, source, wanted);
    found.push(...things.map((one) => ({ source, one })).sort(byName));
    if (!workplace.terminal.isJson) tellAge(workplace, source, takenAt);
  }
  return found;
}

/** As people count: web-9 before web-10. */
const inOrder = new Intl.Collator('en', { numeric: true });
const byName = (a: Found, b: Found): number => inOrder.compare(a.one.thing.name, b.one.thing.name);

const OLD_HOURS = 24;

function tellAge({ terminal }: Workplace, { name }: SourceConnection, takenAt: string): void {
  const hours = (Date.now() - Date.parse(takenAt)) / 3_600_000;
  if (hours > OLD_HOURS)
    terminal.note(`The inventory of “${name}” is ${Math.floor(hours / 24)} days old: guts source refresh ${name}`);
}

class UnknownResourceError extends GutsError {
  readonly code = 'resource.unknown';
  readonly remedy =
    'Look for it with “guts resource list --name PATTERN”; if it is new, run “guts source refresh” first.';

  constructor(nameOrRef: string) {
    super(`No source has “${nameOrRef}”.`);
  }
}

/** A name that several things have: their refs tell them apart. */
export class AmbiguousResourceError extends GutsError {
  readonly code = 'resource.ambiguous';
  readonly remedy = 'Say which one by its ref, the first word of each.';

  constructor(name: string, candidates: readonly string[]) {
    super(`“${name}” is the name of ${candidates.length}: ${candidates.join('; ')}.`);
  }
}

function theOnly(found: readonly Found[], nameOrRef: string): Found {
  const byRef = found.filter(({ one }) => one.thing.ref === nameOrRef);
  const [first, ...others] = byRef.length > 0 ? byRef : found;
  if (first === undefined) throw new UnknownResourceError(nameOrRef);
  if (others.length > 0)
    throw new AmbiguousResourceError(
      nameOrRef,
      [first, ...others].map(({ source, one }) => `${one.thing.ref} (${one.kind} of ${source.name}, ${whereOf(one)})`),
    );
  return first;
}

/** The machine with this name or ref. @throws UnknownResourceError, AmbiguousResourceError */
export async function findVm(workplace: Workplace, source: SourceConnection, nameOrRef: string): Promise<InventoryVm> {
  const wanted = (one: InventoryThing): boolean =>
    one.kind === 'vm' && (one.thing.ref === nameOrRef || one.thing.name === nameOrRef);
  const { things } = await inventoryOf(workplace, source, wanted);
  const { one } = theOnly(
    things.map((one) => ({ source, one })),
    nameOrRef,
  );
  if (one.kind !== 'vm') throw new UnknownResourceError(nameOrRef);
  return one.thing;
}

const diskBytes = ({ disks }: InventoryVm): number => disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
const osOf = ({ guestOsName, guestOsId }: InventoryVm): string => guestOsName ?? guestOsId ?? '–';
const networksOf = ({ nics }: InventoryVm): string =>
  [...new Set(nics.map(({ networkName }) => networkName ?? '–'))].join(', ');

const vmColumns: readonly Column<{ readonly source: SourceConnection; readonly vm: InventoryVm }>[] = [
  { title: 'NAME', cell: ({ vm }) => vm.name, isLastCut: true },
  { title: 'REF', cell: ({ vm }) => vm.ref, isWhole: true },
  { title: 'SOURCE', cell: ({ source }) => source.name, isLastCut: true },
  { title: 'POWER', cell: ({ vm }) => (vm.isTemplate ? 'template' : vm.power), isWhole: true },
  { title: 'CPU', cell: ({ vm }) => String(vm.cpus), isNumber: true, isWhole: true },
  { title: 'MEMORY', cell: ({ vm }) => size(vm.memoryBytes), isNumber: true, isWhole: true },
  { title: 'DISKS', cell: ({ vm }) => `${vm.disks.length}: ${size(diskBytes(vm))}`, isNumber: true, isWhole: true },
  { title: 'SYSTEM', cell: ({ vm }) => osOf(vm) },
  { title: 'NETWORKS', cell: ({ vm }) => networksOf(vm) },
];

const resourceColumns: readonly Column<Found>[] = [
  { title: 'TYPE', cell: ({ one }) => one.kind, isWhole: true },
  { title: 'NAME', cell: ({ one }) => one.thing.name, isLastCut: true },
  { title: 'REF', cell: ({ one }) => one.thing.ref, isWhole: true },
  { title: 'SOURCE', cell: ({ source }) => source.name, isLastCut: true },
  { title: 'WHERE', cell: ({ one }) => whereOf(one) },
  { title: 'WHAT', cell: ({ one }) => whatOf(one) },
];

function whereOf({ kind, thing }: InventoryThing): string {
  if (kind === 'vm') return thing.folder;
  return (kind === 'host' ? thing.cluster : thing.datacenter) ?? '–';
}

function whatOf(one: InventoryThing): string {
  switch (one.kind) {
    case 'vm':
      return `${one.thing.isTemplate ? 'template' : one.thing.power}, ${one.thing.cpus} CPU, ${size(one.thing.memoryBytes)}, ${one.thing.disks.length} ${one.thing.disks.length === 1 ? 'disk' : 'disks'}, ${size(diskBytes(one.thing))}`;
    case 'network':
      return `${one.thing.kind}${one.thing.vlanId === null ? '' : `, VLAN ${one.thing.vlanId}`}`;
    case 'datastore':
      return `${one.thing.kind}, ${size(one.thing.freeBytes)} free of ${size(one.thing.capacityBytes)}${one.thing.isAccessible ? '' : ', NOT ACCESSIBLE'}`;
    case 'host':
      return `${one.thing.cpus} CPU, ${size(one.thing.memoryBytes)}${one.thing.isConnected ? '' : ', NOT CONNECTED'}${one.thing.inMaintenance ? ', in maintenance' : ''}`;
  }
}

function thingText(source: SourceConnection, one: InventoryThing): string {
  const head: [string, string][] = [
    ['name', one.thing.name],
    ['ref', one.thing.ref],
    ['source', source.name],
    ['where', whereOf(one)],
  ];
  if (one.kind !== 'vm') return sheet([...head, [one.kind, whatOf(one)]]);
  const vm = one.thing;
  const { guest, firmware, secureBoot, hasTpm, snapshots, disks, nics, annotation } = vm;
  return sheet([
    ...head,
    ['machine', whatOf(one)],
    ['system', osOf(vm)],
    ['firmware', `${firmware}${secureBoot ? ', secure boot' : ''}${hasTpm ? ', TPM' : ''}`],
    ['tools', `${guest.tools}${guest.hostName === null ? '' : `, host name ${guest.hostName}`}`],
    ...disks.map((disk): [string, string] => [
      disk.label,
      `${size(disk.sizeBytes)} on ${disk.controller.model ?? disk.controller.kind} ${disk.controller.bus}:${disk.controller.unit}, ${disk.mode}${disk.rawDevice === null ? '' : `, raw device (${disk.rawDevice})`}, ${disk.file ?? 'no file'}`,
    ]),
    ...nics.map((nic): [string, string] => [
      nic.label,
      `${nic.model} ${nic.mac ?? ''} on ${nic.networkName ?? '–'} ${nic.ipAddresses.map(({ address }) => address).join(' ')}${nic.connected ? '' : ', unplugged'}`,
    ]),
    ['snapshots', snapshots.length === 0 ? 'none' : snapshots.map(({ name }) => name).join(', ')],
    ...(annotation === '' ? [] : ([['notes', annotation]] satisfies [string, string][])),
  ]);
}
