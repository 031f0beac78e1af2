/** The machines of the tab vInfo, and how rows of other tabs find theirs. */
import type { InventoryVm, MachineTraits } from '../../../../main/shared/inventory.ts';
import { ExportLimitError } from '../errors.ts';
import { guestSystem } from '../guest-ids.ts';
import type { Reading } from '../records.ts';
import type { Row } from '../table.ts';
import type { Warnings } from '../warnings.ts';
import { blankMachine } from '../blank.ts';
import type { vInfo, MachineField } from './tabs.ts';
import type { Told } from './told-columns.ts';

type VInfo = keyof typeof vInfo.columns;

export interface Machine {
  readonly vm: InventoryVm;
  /** At its vCenter: `vm-101`; null where the file does not tell it. */
  readonly id: string | null;
  /** How many rows of other tabs were about it. */
  rowCount: number;
  /** The columns of their tables, and of its own row’s. */
  readonly told: Told;
  /** Which vCenter it was read from, in the file's words; null where the file does not say. */
  readonly server: string | null;
  readonly hostName: string | null;
  /** What vInfo counts; null where it does not. */
  readonly diskCount: number | null;
  readonly nicCount: number | null;
  /** Of all its disks together. */
  readonly capacityBytes: number | null;
  readonly inUseBytes: number | null;
  readonly primaryIp: string | null;
  readonly networkNames: readonly string[];
  /** What its rows do not say, or not so that it is understood, by the gap that this is. */
  readonly untold: Set<'firmware' | 'connection' | 'partitions'>;
}

const POWER: Readonly<Record<string, InventoryVm['power']>> = {
  poweredon: 'on',
  on: 'on',
  poweredoff: 'off',
  off: 'off',
  suspended: 'suspended',
};
const MOST_ROWS_OF_ONE = 5000;
const MOST_OF_ONE_NAME = 1000;
const FIRMWARE: Readonly<Record<string, InventoryVm['firmware']>> = { bios: 'bios', efi: 'uefi', uefi: 'uefi' };
const CONNECTIONS: readonly InventoryVm['connection'][] = [
  'connected',
  'disconnected',
  'inaccessible',
  'invalid',
  'orphaned',
];
const NETWORKS = [
  'network1',
  'network2',
  'network3',
  'network4',
  'network5',
  'network6',
  'network7',
  'network8',
] as const;

export class Machines {
  readonly all: Machine[] = [];
  readonly #byId = new Map<string, Machine[]>();
  readonly #byUuid = new Map<string, Machine[]>();
  readonly #byName = new Map<string, Machine[]>();
  /** Rows that may be sums. */
  readonly #bare: { readonly machine: Machine; readonly row: number }[] = [];
  readonly #warnings: Warnings;
  /** Words that many machines share, kept once. */
  readonly #words = new Map<string, string>();

  constructor(warnings: Warnings) {
    this.#warnings = warnings;
  }

  /** @returns the vCenters that the file is of, each once; null of machines of which it is not told */
  get servers(): (string | null)[] {
    return [...new Set(this.all.map(({ server }) => server))];
  }

  /** @returns null, with a warning, where the machine was told before */
  add(records: Reading<VInfo>, row: Row): Machine | null {
    const machine = this.#machineOf(records, row);
    if (isBare(machine) && IDENTITY.some((field) => records.has(field)) && records.text(row, 'power') === null) {
      this.#bare.push({ machine, row: row.number });
      return machine;
    }
    return this.#addTold(machine, row.number);
  }

  /** When all of vInfo is read: rows that have nothing but a name and sizes are machines where no row has more, else sums. */
  addBare(): void {
    const isSum = this.all.length > 0;
    for (const { machine, row } of this.#bare.splice(0))
      if (!isSum) this.#addTold(machine, row);
      else
        this.#warnings.add(
          'vInfo: sums',
          `vInfo, row ${row}: “${machine.vm.name}” has neither power state nor id, UUID or host, which other rows have; it is taken for a sum, and left out.`,
        );
  }

  #addTold(machine: Machine, row: number): Machine | null {
    const { vm, id } = machine;
    if (this.#wasTold(machine)) {
      this.#warnings.add(
        'vInfo: machines told twice',
        `vInfo, row ${row}: “${vm.name}” was told before, with the same id; this row is left out.`,
      );
      return null;
    }
    this.all.push(machine);
    if (id !== null) pushTo(this.#byId, id, machine);
    if (vm.instanceUuid !== null) pushTo(this.#byUuid, vm.instanceUuid, machine);
    pushTo(this.#byName, vm.name, machine);
    return machine;
  }

  /** By its id; by its UUID where either lacks the id; by that of its BIOS, which clones share, where it has the name as well. */
  #wasTold({ vm, id, server }: Machine): boolean {
    const isThis = (other: Machine): boolean => other.server === server && (server !== null || isAlike(other.vm, vm));
    const isThisByUuid = (other: Machine): boolean => (id === null || other.id === null) && isThis(other);
    if (id !== null && isAmong(this.#byId.get(id), isThis)) return true;
    if (vm.instanceUuid !== null) return isAmong(this.#byUuid.get(vm.instanceUuid), isThisByUuid);
    return (
      vm.biosUuid !== null &&
      isAmong(this.#byName.get(vm.name), (other) => other.vm.biosUuid === vm.biosUuid && isThisByUuid(other))
    );
  }

  /** The machine of a row in another tab; null, with a warning, where none is or several could be meant. */
  of(records: Reading<MachineField>, row: Row): Machine | null {
    const name = records.text(row, 'vm') ?? '';
    const id = this.#byId.size === 0 ? null : records.text(row, 'id');
    const uuid = this.#byUuid.size === 0 ? null : lower(records.text(row, 'uuid'));
    const server = records.text(row, 'server');
    const named = id !== null ? this.#byId.get(id) : uuid !== null ? this.#byUuid.get(uuid) : this.#byName.get(name);
    let own = narrowed(narrowed(named ?? [], serverOf, server), nameOf, name);
    if (own.length > 1) own = narrowed(own, biosUuidOf, lower(records.text(row, 'biosUuid')));
    const [first, ...others] = narrowed(own, hostOf, records.text(row, 'host'));
    if (first !== undefined && others.length === 0) {
      first.rowCount += 1;
      if (first.rowCount > MOST_ROWS_OF_ONE)
        throw new ExportLimitError(`“${name}” has more than ${MOST_ROWS_OF_ONE} rows in the tabs of the export.`);
      return first;
    }
    const tab = records.tabName;
    if (first === undefined)
      this.#warnings.add(
        `${tab}: rows of no machine`,
        `${tab}, row ${row.number}: “${name}” is not in vInfo, so the row is left out.`,
      );
    else
      this.#warnings.add(
        `${tab}: rows of several machines`,
        `${tab}, row ${row.number}: “${name}” could be ${others.length + 1} machines, and nothing says which, so the row is left out.`,
      );
    return null;
  }

  /** The same text as one that was kept before. */
  word(text: string): string;
  word(text: string | null): string | null;
  word(text: string | null): string | null {
    if (text === null) return null;
    const kept = this.#words.get(text);
    if (kept !== undefined) return kept;
    if (this.#words.size < 50_000) this.#words.set(text, text);
    return text;
  }

  #machineOf(records: Reading<VInfo>, row: Row): Machine {
    const text = (field: VInfo): string | null => records.text(row, field);
    const word = (field: VInfo): string | null => this.word(text(field));
    const name = text('vm') ?? '';
    const id = text('id');
    const uuid = lower(text('uuid'));
    const server = word('server');
    const firmware = records.meaning(row, 'firmware', (said) => FIRMWARE[plain(said)]);
    const isUefi = firmware === 'uefi';
    const hostName = word('host');
    const system = guestSystem(word('osConfig'), word('osTools'));
    const connection = records.meaning(row, 'connection', (said) => CONNECTIONS.find((one) => one === plain(said)));
    const hardware = /^(?:vmx-)?0*(\d{1,3})$/i.exec(text('hardware') ?? '')?.[1];
    const vm: InventoryVm = {
      ...blankMachine(id ?? uuid ?? `name:${name}`, name),
      folder: word('folder') ?? '',
      datacenter: word('datacenter'),
      cluster: word('cluster'),
      host: hostName,
      isTemplate: records.flag(row, 'template') ?? false,
      power: records.meaning(row, 'power', (said) => POWER[plain(said)]) ?? 'unknown',
      connection: connection ?? 'connected',
      biosUuid: lower(text('biosUuid')),
      instanceUuid: uuid,
      cpus: records.count(row, 'cpus') ?? 0,
      memoryBytes: records.bytes(row, 'memory') ?? 0,
      firmware: firmware ?? 'bios',
      secureBoot: isUefi && records.flag(row, 'secureBoot') === true,
      hardwareVersion: hardware === undefined ? null : Number(hardware),
      ...system,
      needsConsolidation: records.flag(row, 'consolidation') ?? false,
      changeTracking: records.flag(row, 'changeTracking') ?? false,
      annotation: text('annotation') ?? '',
      traits: traitsIn(records, row),
    };
    vm.guest.hostName = text('hostName');
    vm.guest.tools = toolsBy(text('guestState'));
    return {
      vm,
      id,
      rowCount: 0,
      told: { had: 0, lacked: 0 },
      server,
      hostName,
      diskCount: records.count(row, 'disks'),
      nicCount: records.count(row, 'nics'),
      capacityBytes: records.bytes(row, 'capacity') ?? records.bytes(row, 'provisioned'),
      inUseBytes: records.bytes(row, 'inUse') || null, // no machine takes nothing: its settings are files, too
      primaryIp: text('ip'),
      networkNames: NETWORKS.flatMap((field) => word(field) ?? []),
      untold: new Set([
        ...(firmware === null ? (['firmware'] as const) : []),
        ...(connection === null && text('connection') !== null ? (['connection'] as const) : []),
      ]),
    };
  }
}

/** What vInfo tells of how a machine is set up; other tabs add to it. */
function traitsIn(records: Reading<VInfo>, row: Row): MachineTraits {
  const latency = records.text(row, 'latency')?.toLowerCase() ?? 'normal';
  const tolerance = toleranceIn(records, row);
  return {
    ...(records.flag(row, 'placeholder') === true ? { isPlaceholder: true } : {}),
    ...(records.flag(row, 'showsDiskIds') === true ? { showsDiskIds: true } : {}),
    ...(latency === 'normal' ? {} : { tuning: [`latency sensitivity ${latency}`] }),
    ...(tolerance === null ? {} : { availability: [tolerance] }),
  };
}

/** `running`, `enabled`, `needSecondary` …; the second of a pair is a machine of its own in the file. */
function toleranceIn(records: Reading<VInfo>, row: Row): string | null {
  const state = records.text(row, 'ftState');
  if (state === null || /^(?:not\s?configured|n\/?a|none|-)$/i.test(state)) return null;
  return `fault tolerance ${state}${(records.count(row, 'ftRole') ?? 1) > 1 ? ', the second of its pair' : ''}`;
}

/** `Powered On` and `poweredOn` are one word. */
const plain = (said: string): string => said.toLowerCase().replaceAll(/[\s_]/g, '');

const lower = (text: string | null): string | null => text?.toLowerCase() ?? null;

const IDENTITY = ['power', 'id', 'uuid', 'biosUuid', 'host'] as const;

/** Nothing says which machine it is, or where. */
const isBare = ({ vm, id, hostName }: Machine): boolean =>
  id === null && hostName === null && vm.instanceUuid === null && vm.biosUuid === null;

const serverOf = ({ server }: Machine): string | null => server;
const biosUuidOf = ({ vm }: Machine): string | null => vm.biosUuid;
const nameOf = ({ vm }: Machine): string => vm.name;
const hostOf = ({ hostName }: Machine): string | null => hostName;

/** Whether one id means one machine, where nobody says which vCenter it is of: each vCenter counts for itself. */
const isAlike = (one: InventoryVm, other: InventoryVm): boolean =>
  one.name === other.name &&
  (one.instanceUuid === null || other.instanceUuid === null || one.instanceUuid === other.instanceUuid);

/** Also of more than are looked through. */
const isAmong = (machines: readonly Machine[] | undefined, isThis: (machine: Machine) => boolean): boolean =>
  machines !== undefined && (machines.length > MOST_OF_ONE_NAME || machines.some(isThis));

/** Those that have this value, where the row says it and any of them does. */
function narrowed(
  machines: readonly Machine[],
  of: (machine: Machine) => string | null,
  value: string | null,
): readonly Machine[] {
  if (machines.length < 2 || machines.length > MOST_OF_ONE_NAME || value === null) return machines;
  const same = machines.filter((machine) => of(machine) === value);
  return same.length > 0 ? same : machines;
}

function toolsBy(guestState: string | null): InventoryVm['guest']['tools'] {
  if (guestState === 'running') return 'running';
  return guestState === 'notRunning' ? 'stopped' : 'unknown';
}

function pushTo<Key>(map: Map<Key, Machine[]>, key: Key, machine: Machine): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [machine]);
  else list.push(machine);
}
