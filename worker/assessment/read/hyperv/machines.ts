/** A row about a machine of Hyper-V, and how the rows of its disks and network cards find it. */
import { type InventoryVm, TIME_UNTOLD } from '../../../../main/shared/inventory.ts';
import { memoryThatCounts } from '../../../../main/shared/proposals/dynamic-memory.ts';
import { blankMachine } from '../blank.ts';
import { ExportLimitError } from '../errors.ts';
import { guestSystem } from '../guest-ids.ts';
import type { Reading } from '../records.ts';
import type { Row } from '../table.ts';
import type { Warnings } from '../warnings.ts';
import type * as tabs from './tabs.ts';

type Field = keyof typeof tabs.machines.columns;
const MOST_ROWS_OF_ONE = 1000;

export class HypervMachines {
  readonly all: InventoryVm[] = [];
  readonly #byId = new Map<string, InventoryVm>();
  readonly #byName = new Map<string, InventoryVm[]>();
  readonly #warnings: Warnings;

  constructor(warnings: Warnings) {
    this.#warnings = warnings;
  }

  /** @returns null, with a warning, where the machine was told before */
  add(records: Reading<Field>, row: Row): InventoryVm | null {
    const vm = machineOf(records, row);
    if (this.#byId.has(vm.ref)) {
      this.#warnings.add(
        'Machines told twice',
        `${records.tabName}, row ${row.number}: “${vm.name}” was told before; this row is left out.`,
      );
      return null;
    }
    this.all.push(vm);
    this.#byId.set(vm.ref, vm);
    const named = this.#byName.get(vm.name);
    if (named === undefined) this.#byName.set(vm.name, [vm]);
    else named.push(vm);
    return vm;
  }

  /** The machine of a row about a disk or card; null, with a warning, where none is or several could be meant. */
  of(records: Reading<'vm' | 'id' | 'host'>, row: Row): InventoryVm | null {
    const [name, id] = [records.text(row, 'vm') ?? '', records.text(row, 'id')?.toLowerCase() ?? ''];
    const byId = this.#byId.get(id);
    const [first, ...others] = byId === undefined ? (this.#byName.get(name) ?? []) : [byId];
    if (first !== undefined && others.length === 0) {
      if (first.disks.length + first.nics.length >= MOST_ROWS_OF_ONE)
        throw new ExportLimitError(`“${name}” has more than ${MOST_ROWS_OF_ONE} disks and network cards.`);
      return first;
    }
    this.#warnings.add(
      `${records.tabName}: rows of no machine`,
      `${records.tabName}, row ${row.number}: ${first === undefined ? `“${name}” is not among the machines` : `“${name}” could be ${others.length + 1} machines, and nothing says which`}, so the row is left out.`,
    );
    return null;
  }
}

function machineOf(records: Reading<Field>, row: Row): InventoryVm {
  const text = (field: Field): string | null => records.text(row, field);
  const name = text('vm') ?? '';
  const host = text('host');
  const id = text('id')?.toLowerCase() ?? null;
  const generation = records.count(row, 'generation') === 2 ? 2 : 1;
  const assigned = records.bytes(row, 'assigned') ?? 0;
  const startup = records.bytes(row, 'startup') ?? assigned;
  const [minimum, maximum] = [records.bytes(row, 'minimum') ?? startup, records.bytes(row, 'maximum') ?? startup];
  const isDynamic = records.flag(row, 'dynamic') ?? false;
  const replication = text('replication');
  const version = text('version') ?? '';
  const secureBoot = generation === 2 && records.flag(row, 'secureBoot') === true;
  const vm: InventoryVm = {
    ...blankMachine(id ?? `name:${host ?? ''}/${name}`, name),
    cluster: text('cluster'),
    host,
    power: powerOf(text('state')),
    instanceUuid: id,
    cpus: records.count(row, 'cpus') ?? 0,
    memoryBytes: memoryThatCounts({ isDynamic, startup, maximum, assigned }),
    firmware: generation === 2 ? 'uefi' : 'bios',
    secureBoot,
    hasTpm: records.flag(row, 'tpm') ?? false,
    hardwareVersion: Math.trunc(Number(version)) || null,
    ...guestSystem(text('os'), null),
    annotation: text('notes') ?? '',
    hyperv: {
      generation,
      version,
      isShielded: records.flag(row, 'shielded') ?? false,
      replication: replication === null || replication === 'None' ? null : replication,
      isClustered: records.flag(row, 'clustered') ?? false,
      dynamicMemory: isDynamic ? { startup, minimum, maximum } : null,
      secureBootTemplate: secureBoot ? text('template') : null,
      hasRecoveryCheckpoint: false,
      checkpointType: text('checkpointType') ?? 'Production',
    },
  };
  vm.guest.hostName = text('hostName');
  const parent = text('parentCheckpoint');
  if (parent !== null)
    vm.snapshots.push({ ref: `${vm.ref}/checkpoint`, name: parent, createdAt: TIME_UNTOLD, depth: 0 });
  return vm;
}

/** By name, or by the number that a cmdlet gives where its names are lost. */
function powerOf(state: string | null): InventoryVm['power'] {
  if (state === 'Running' || state === '2') return 'on';
  if (state === 'Off' || state === '3') return 'off';
  return /^(?:FastSaved|Saved|Paused|6|9)$/.test(state ?? '') ? 'suspended' : 'unknown';
}
