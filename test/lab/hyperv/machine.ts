/** One machine of the simulated Hyper-V host: whether it runs, its disks' chains of files, and its checkpoints. */
import { uuidOf } from '../vcenter/machine.ts';
import type { DiskChain } from './disk-chain.ts';
import type { DiskFile } from './disk-file.ts';
import type { DiskSpec, MachineSpec, MachineState } from './machine-spec.ts';
import { troubles } from './trouble.ts';

export interface Place {
  readonly controller: 'IDE' | 'SCSI' | 'PMEM';
  readonly number: number;
  readonly location: number;
}

export interface MachineDisk {
  readonly spec: DiskSpec;
  readonly place: Place;
  /** Null where a disk of the host is passed through, and of persistent memory. */
  readonly chain: DiskChain | null;
}

export interface Checkpoint {
  readonly id: string;
  readonly name: string;
  /** Empty for the oldest. */
  readonly parent: string;
  readonly createdAt: Date;
  /** By disk: the file that it froze. */
  readonly frozen: readonly (DiskFile | null)[];
}

export class Machine {
  readonly spec: MachineSpec;
  readonly id: string;
  /** On the host that made it, from 0: its cards are known by it wherever it goes. */
  readonly number: number;
  readonly disks: readonly MachineDisk[];
  state: MachineState;
  /** As its order says, until somebody changes it. */
  ignoresShutdown: boolean;
  /** Its services have ended, as in a guest that shuts down: no heartbeat is heard. */
  isSilent = false;
  /** Oldest first; each lies on the one before it. */
  checkpoints: Checkpoint[] = [];
  /** Nothing is seen yet of the one that is being made. */
  isCheckpointing = false;
  /** How many removed checkpoints are not merged yet. */
  merging = 0;
  #made = 0;

  constructor(spec: MachineSpec, number: number, disks: readonly MachineDisk[]) {
    this.spec = spec;
    this.number = number;
    this.id = spec.id ?? uuidOf(`hyperv ${spec.name}`);
    this.disks = disks;
    this.state = spec.state ?? 'Off';
    this.ignoresShutdown = spec.ignoresShutdown ?? false;
    for (const name of spec.checkpoints ?? []) this.makeCheckpoint(name, new Date('2026-05-04T03:02:01Z'));
  }

  get generation(): 1 | 2 {
    return this.spec.generation ?? 2;
  }

  get isRunning(): boolean {
    return this.state !== 'Off' && this.state !== 'Saved';
  }

  /** @throws Trouble where they are switched off */
  makeCheckpoint(name: string, createdAt = new Date()): Checkpoint {
    if (this.spec.checkpointType === 'Disabled') throw troubles.noCheckpoints(this.spec.name);
    this.#made++;
    const checkpoint: Checkpoint = {
      id: uuidOf(`${this.id} checkpoint ${this.#made}`),
      name,
      parent: this.checkpoints.at(-1)?.id ?? '',
      createdAt,
      frozen: this.disks.map(({ chain }) => chain?.freeze(uuidOf(`${this.id} child ${this.#made}`)) ?? null),
    };
    this.checkpoints.push(checkpoint);
    return checkpoint;
  }

  /** It is gone at once; its files are merged when `merge` is called. */
  removeCheckpoint(checkpoint: Checkpoint): { readonly merge: () => void } {
    this.checkpoints = this.checkpoints.filter((one) => one !== checkpoint);
    this.merging++;
    return {
      merge: () => {
        this.merging--;
        for (const [index, file] of checkpoint.frozen.entries())
          if (file !== null) this.disks[index]?.chain?.merge(file);
      },
    };
  }

  /** Whether a file is one that the running machine writes to. */
  locks(file: DiskFile): boolean {
    return this.isRunning && this.disks.some(({ chain }) => chain?.leaf === file);
  }
}
