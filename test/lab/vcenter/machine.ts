/** One machine of the simulated vCenter: what it is, whether it runs, and its snapshots. */
import { createHash } from 'node:crypto';
import type { DiskSpec, MachineSpec } from './machine-spec.ts';
import type { LabDisk } from '../lab-disk.ts';
import type { Ref } from './values.ts';
import { VimFault } from './vim-fault.ts';

export type PowerState = 'poweredOn' | 'poweredOff' | 'suspended';

export interface Snapshot {
  readonly ref: Ref;
  readonly number: number;
  readonly name: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly power: PowerState;
  /** Changes from here on are later than the snapshot. */
  readonly epoch: number;
  readonly changeIds: ReadonlyMap<number, string | undefined>;
}

export interface MachineDisk {
  readonly spec: DiskSpec;
  readonly disk: LabDisk;
  readonly index: number;
}

/** Where the machine stands in the inventory. */
export interface Standing {
  readonly folder: Ref;
  readonly host: Ref;
  readonly pool: Ref;
  /** Of the host. */
  readonly isInMaintenance: boolean;
  readonly datastore: { readonly ref: Ref; readonly name: string; readonly kind: string };
  readonly networks: ReadonlyMap<string, NetworkPlace>;
}

export interface NetworkPlace {
  readonly ref: Ref;
  readonly name: string;
  readonly kind: 'standard' | 'distributed' | 'opaque';
  /** A range is a trunk; null where the network has none. */
  readonly vlan: number | readonly [number, number] | null;
  /** Of the distributed switch; of the opaque network its own id. */
  readonly uuid: string;
  /** What its policy accepts; the rest is rejected. */
  readonly accepts?: readonly ('promiscuous' | 'forgedTransmits' | 'macChanges')[];
}

export class Machine {
  readonly ref: Ref;
  readonly spec: MachineSpec;
  disks: readonly MachineDisk[];
  readonly standing: Standing;
  uuid: string;
  instanceUuid: string;
  power: PowerState;
  isToolsRunning: boolean;
  isShuttingDown = false;
  changeTracking: boolean;
  /** When its configuration was last another. */
  changedAt = new Date();
  bootedAt = new Date(Date.now() - 86_400_000);
  readonly recentTasks: Ref[] = [];
  /** Oldest first; each lies on the one before it. */
  snapshots: Snapshot[] = [];
  #epoch = 1;
  #snapshotsMade = 0;

  constructor(ref: Ref, spec: MachineSpec, disks: readonly MachineDisk[], standing: Standing) {
    this.ref = ref;
    this.spec = spec;
    this.disks = disks;
    this.standing = standing;
    this.uuid = uuidOf(`${ref.id} bios`);
    this.instanceUuid = uuidOf(`${ref.id} instance`);
    this.power = spec.power === 'on' ? 'poweredOn' : spec.power === 'suspended' ? 'suspended' : 'poweredOff';
    this.isToolsRunning = this.power === 'poweredOn' && this.#hasTools;
    this.changeTracking = spec.changeTracking ?? false;
    for (const { spec: disk, disk: lab } of disks) lab.isTracked = this.changeTracking && isTrackable(disk);
  }

  get epoch(): number {
    return this.#epoch;
  }

  get #hasTools(): boolean {
    return this.spec.tools !== 'missing' && this.spec.tools !== 'stopped';
  }

  turn(power: 'poweredOn' | 'poweredOff'): void {
    if (this.power === power) {
      throw new VimFault(
        'InvalidPowerState',
        `The attempted operation cannot be performed in the current state (${power === 'poweredOn' ? 'Powered on' : 'Powered off'}).`,
        {
          requestedState: power,
          existingState: this.power,
        },
      );
    }
    this.power = power;
    this.isShuttingDown = false;
    this.isToolsRunning = power === 'poweredOn' && this.#hasTools;
    if (power === 'poweredOn') this.bootedAt = new Date();
  }

  /** A running machine's disks are tracked from the next snapshot on. */
  track(isOn: boolean): void {
    this.changeTracking = isOn;
    this.changedAt = new Date();
    if (!isOn || this.power === 'poweredOff') this.#applyTracking();
  }

  /** @throws VimFault where the machine's hardware allows none */
  createSnapshot(name: string, description: string): Snapshot {
    const refusal = this.#snapshotRefusal();
    if (refusal !== null) throw new VimFault('GenericVmConfigFault', refusal, { reason: refusal });
    this.#applyTracking();
    this.#epoch++;
    this.#snapshotsMade++;
    const snapshot: Snapshot = {
      ref: { type: 'VirtualMachineSnapshot', id: `snapshot-${this.ref.id.replace(/\D/g, '')}${this.#snapshotsMade}` },
      number: this.#snapshotsMade,
      name,
      description,
      createdAt: new Date(),
      power: this.power,
      epoch: this.#epoch,
      changeIds: new Map(this.disks.map(({ disk }) => [disk.key, disk.changeId(this.#epoch)])),
    };
    for (const { spec, disk } of this.disks) if (isLayered(spec)) disk.pushLayer();
    this.snapshots.push(snapshot);
    this.changedAt = new Date();
    return snapshot;
  }

  removeSnapshot(ref: Ref, withChildren: boolean): void {
    const at = this.snapshots.findIndex((snapshot) => snapshot.ref.id === ref.id);
    const gone = withChildren ? this.snapshots.length - at : 1;
    for (let index = at + gone - 1; index >= at; index--) {
      for (const { spec, disk } of this.disks) if (isLayered(spec)) disk.foldLayer(index);
    }
    this.snapshots.splice(at, gone);
    this.changedAt = new Date();
  }

  /** One without snapshots, as somebody changes it by hand. */
  replug(disks: readonly MachineDisk[]): void {
    if (this.snapshots.length > 0) throw new RangeError(`“${this.spec.name}” has snapshots.`);
    this.disks = disks;
    this.changedAt = new Date();
    this.#applyTracking();
  }

  /** How many layers of its disks a snapshot sees. */
  layersOf(snapshot: Snapshot): number {
    return this.snapshots.indexOf(snapshot) + 1;
  }

  /** `[datastore] folder/name` without an ending. */
  get place(): string {
    return `[${this.standing.datastore.name}] ${this.folderName}`;
  }

  get folderName(): string {
    return this.spec.name;
  }

  /** The name of a disk's file, without folder: the base file for layer 0, a delta above it. */
  diskFile(index: number, layer: number): string {
    const base = index === 0 ? this.folderName : `${this.folderName}_${index}`;
    const number = layer === 0 ? undefined : this.snapshots[layer - 1]?.number;
    return number === undefined ? `${base}.vmdk` : `${base}-${String(number).padStart(6, '0')}.vmdk`;
  }

  #applyTracking(): void {
    for (const { spec, disk } of this.disks) disk.isTracked = this.changeTracking && isTrackable(spec);
  }

  #snapshotRefusal(): string | null {
    if (this.spec.sharedBus !== undefined)
      return 'A snapshot operation cannot be performed: the virtual machine uses a shared SCSI bus.';
    const isPassedThrough =
      (this.spec.devices ?? []).some((device) => device === 'pci' || device === 'vgpu') ||
      (this.spec.nics ?? []).some(({ model }) => model === 'sriov');
    return isPassedThrough && this.power === 'poweredOn'
      ? 'A snapshot of a running virtual machine with a PCI passthrough device is not supported.'
      : null;
  }
}

/** Snapshots leave independent disks and physical raw devices out. */
export function isLayered(spec: DiskSpec): boolean {
  return (spec.mode ?? 'persistent') === 'persistent' && spec.rawDevice !== 'physicalMode';
}

function isTrackable(spec: DiskSpec): boolean {
  return isLayered(spec) && spec.isMultiWriter !== true;
}

/** The same for the same text everywhere. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
