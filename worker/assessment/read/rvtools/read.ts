/** The tabs of an RVTools export → a data centre. */
import type { Estate } from '../../../../main/shared/estate.ts';
import type { InventoryVm } from '../../../../main/shared/inventory.ts';
import { NoMachinesError } from '../errors.ts';
import { dateOf } from '../cells.ts';
import { plainName, Records, type Heading, type Reading, type Tab, type Units } from '../records.ts';
import type { Row, Table } from '../table.ts';
import { Warnings } from '../warnings.ts';
import { completeMachines } from './completing.ts';
import { addCpu, addMedia, addMemory, addPartition, addSnapshot, addTools, addUsb } from './details.ts';
import { addDisk } from './disks.ts';
import { gapsOf } from './gaps.ts';
import { Machines, type Machine } from './machines.ts';
import { Networks } from './networks.ts';
import { addNic } from './nics.ts';
import { Places } from './places.ts';
import type { TabName } from './recognise.ts';
import { Refs } from './refs.ts';
import * as tabs from './tabs.ts';
import { addTold, Seen, type Told } from './told-columns.ts';
import { decimalIn, Version } from './version.ts';

/** The tables of each tab: of several, where files of several vCenters were put together. */
export type Tables = ReadonlyMap<TabName, readonly Table[]>;

const MiB = 1024 * 1024;

/** @throws NoMachinesError and whatever the tables throw */
export async function readRvtools(tables: Tables, from: readonly string[], signal: AbortSignal): Promise<Estate> {
  const reader = new Reader(tables, signal);
  await reader.readVersion();
  await reader.readPlaces();
  await reader.readMachines(from);
  await reader.readDetails();
  return reader.estate(from);
}

class Reader {
  readonly #tables: Tables;
  readonly #signal: AbortSignal;
  readonly #warnings = new Warnings();
  readonly #units: Units = { megabyte: MiB };
  readonly #version = new Version();
  readonly #seen = new Seen();
  /** By which columns the rows of the table that is being read tell of a machine. */
  #told: Readonly<Told> = { had: 0, lacked: 0 };
  readonly #machines = new Machines(this.#warnings);
  readonly #refs = new Refs();
  readonly #networks = new Networks(this.#refs, this.#warnings);
  readonly #places = new Places(this.#refs);

  constructor(tables: Tables, signal: AbortSignal) {
    this.#tables = tables;
    this.#signal = signal;
  }

  async readVersion(): Promise<void> {
    await this.#read(tabs.vMetaData, (records, row) =>
      this.#version.note(records.text(row, 'version'), records.date(row, 'takenAt')),
    );
    if (this.#version.product !== null) return;
    await this.#read(tabs.vMetaDataList, (records, row) => {
      const [name, value] = [plainName(records.text(row, 'property') ?? ''), records.text(row, 'value')];
      if (name === 'rvtoolsversion') this.#version.note(value, null);
      if (name === 'exportedtimestamp' || name === 'xlsxcreationdatetime')
        this.#version.note(null, dateOf(value) ?? null);
    });
  }

  async readPlaces(): Promise<void> {
    const [networks, places] = [this.#networks, this.#places];
    await this.#read(tabs.vHost, (records, row) => places.addHost(records, row));
    await this.#read(tabs.vDatastore, (records, row) => places.addDatastore(records, row));
    await this.#read(tabs.vSwitch, (records, row) => networks.addSwitch(records, row));
    await this.#read(tabs.dvSwitch, (records, row) => networks.addDistributedSwitch(records, row));
    await this.#read(tabs.vPort, (records, row) => networks.addStandard(records, row));
    await this.#read(tabs.dvPort, (records, row) => networks.addDistributed(records, row));
  }

  async readMachines(from: readonly string[]): Promise<void> {
    await this.#read(tabs.vInfo, (records, row) => {
      const machine = this.#machines.add(records, row);
      if (machine !== null) addTold(machine.told, this.#told);
    });
    this.#machines.addBare();
    if (!this.#seen.has('vInfo'))
      throw new NoMachinesError(`“${from.join('”, “')}” has no tab vInfo with a column “VM”.`);
    if (this.#machines.servers.length > 1) this.#refs.addServers();
  }

  async readDetails(): Promise<void> {
    const [machines, networks, warnings] = [this.#machines, this.#networks, this.#warnings];
    await this.#readOf(tabs.vDisk, (records, row, machine) => addDisk(records, row, machine, { machines, warnings }));
    await this.#readOf(tabs.vNetwork, (records, row, machine) =>
      addNic(records, row, machine, { machines, networks, warnings }),
    );
    await this.#readOf(tabs.vCPU, (records, row, { vm }) => addCpu(records, row, vm));
    await this.#readOf(tabs.vMemory, (records, row, { vm }) => addMemory(records, row, vm));
    await this.#readOf(tabs.vPartition, (records, row, machine) => addPartition(records, row, machine, warnings));
    await this.#readOf(tabs.vSnapshot, (records, row, { vm }) => addSnapshot(records, row, vm, warnings));
    await this.#readOf(tabs.vTools, (records, row, { vm }) => addTools(records, row, vm));
    await this.#readOf(tabs.vCD, (records, row, { vm }) => addMedia(records, row, vm));
    await this.#readOf(tabs.vFloppy, (records, row, { vm }) => addMedia(records, row, vm));
    await this.#readOf(tabs.vUSB, (records, row, { vm }) => addUsb(records, row, vm));
  }

  estate(from: readonly string[]): Estate {
    const [networks, places, warnings] = [this.#networks, this.#places, this.#warnings];
    completeMachines(this.#machines, { networks, places, warnings });
    const vms: InventoryVm[] = this.#machines.all.map(({ vm }) => vm);
    const [server, ...otherServers] = this.#machines.servers;
    return {
      kind: 'rvtools',
      product: this.#version.product,
      takenAt: this.#version.takenAt?.toISOString() ?? null,
      from: [...from],
      ...(typeof server === 'string' && otherServers.length === 0 ? { server } : {}),
      vms,
      networks: networks.list(),
      datastores: places.datastores,
      hosts: places.hosts,
      gaps: gapsOf(this.#seen, this.#machines.all),
      warnings: warnings.list(),
    };
  }

  async #readOf<Field extends string>(
    tab: Tab<Field | tabs.MachineField>,
    tell: (records: Reading<Field | tabs.MachineField>, row: Row, machine: Machine) => void,
  ): Promise<void> {
    await this.#read(tab, (records, row) => {
      const machine = this.#machines.of(records, row);
      if (machine === null) return;
      addTold(machine.told, this.#told);
      tell(records, row, machine);
    });
  }

  async #read<Field extends string>(tab: Tab<Field>, tell: (records: Reading<Field>, row: Row) => void): Promise<void> {
    for (const table of this.#tables.get(tab.name as TabName) ?? []) {
      this.#signal.throwIfAborted();
      const records = new Records(table, tab, {
        warnings: this.#warnings,
        units: this.#units,
        onHeadings: (headings) => this.#begin(tab.name, headings),
      });
      const hasHeadings = await records.each((row) => tell(records, row), this.#signal);
      if (!hasHeadings && tab.name === 'vInfo')
        this.#warnings.add('Tables without headings', `“${table.name}” has no column “VM”, and is not used.`);
    }
  }

  #begin(tab: string, headings: ReadonlyMap<string, Heading>): void {
    this.#told = this.#seen.note(tab, headings);
    this.#version.settle(this.#units, headings);
    for (const written of decimalIn(this.#units, headings))
      this.#warnings.add(
        'Columns in MB',
        `${tab}, column “${written}”: taken as millions of bytes, since this export says MiB where it means MiB.`,
      );
  }
}
