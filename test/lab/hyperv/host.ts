/** The simulated Hyper-V host: its machines, the files in which their disks are, and what happens to them over time. */
import type { ByteSource } from '../../../worker/disk/bytes.ts';
import { openContent } from '../content.ts';
import { DiskChain } from './disk-chain.ts';
import type { DiskFile, FileContent } from './disk-file.ts';
import type { DiskSpec, MachineSpec } from './machine-spec.ts';
import { Machine, type Checkpoint, type MachineDisk } from './machine.ts';
import { Trouble, troubles } from './trouble.ts';

/** The cluster that a host is in, as far as the host goes. */
export interface Together {
  /** Of all nodes. */
  readonly machines: readonly Machine[];
  /** As every node tells it. */
  readonly told: unknown;
}

/** In every node of a cluster at the same place, whichever of them runs the machine. */
const isOnClusterVolume = (path: string): boolean => /^C:\\ClusterStorage\\/i.test(path);

/** May be changed at any time. */
export interface HostPace {
  /** A guest takes so long to shut down. */
  shutdownMs: number;
  /** Stop-VM waits so long for a guest that does not. */
  stopWaitMs: number;
  /** A checkpoint is there after that, whatever became of whoever ordered it. */
  checkpointMs: number;
  /** A removed checkpoint of a running machine is merged after that. */
  mergeMs: number;
}

export interface FoundFile {
  readonly file: DiskFile;
  readonly chain: DiskChain;
  readonly machine: Machine;
}

export class Host implements AsyncDisposable {
  readonly name: string;
  readonly machines: Machine[] = [];
  readonly pace: HostPace;
  cluster: Together | null = null;
  /** Of the user who signs in, by their ids: Administrators, Users. */
  groups: readonly string[] = ['S-1-5-32-544', 'S-1-5-32-545'];
  isUp = true;
  /** Of its cluster. */
  readonly otherNodes: readonly string[];
  readonly #opened: ByteSource[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(name: string, pace: HostPace, otherNodes: readonly string[]) {
    this.name = name;
    this.pace = pace;
    this.otherNodes = otherNodes;
  }

  /** @throws RangeError where a content has another size than its disk */
  static async make(
    name: string,
    specs: readonly MachineSpec[],
    pace: HostPace,
    otherNodes: readonly string[] = [],
  ): Promise<Host> {
    const host = new Host(name, pace, otherNodes);
    try {
      for (const spec of specs) host.machines.push(await host.#machine(spec));
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
    return host;
  }

  /** @throws Trouble where there is none */
  machine(id: string): Machine {
    const found = this.machines.find((machine) => machine.id.toLowerCase() === id.toLowerCase());
    if (found === undefined) throw troubles.noMachine(id);
    const { trouble } = found.spec;
    if (trouble !== undefined) throw new Trouble(trouble.message, trouble.id);
    return found;
  }

  machineNamed(name: string): Machine {
    const found = this.machines.find(({ spec }) => spec.name === name);
    if (found === undefined) throw new RangeError(`The simulated host has no machine “${name}”.`);
    return found;
  }

  /** By its path, whose letters may be large or small. */
  file(path: string): FoundFile | null {
    const wanted = path.toLowerCase();
    const others = isOnClusterVolume(path) ? (this.cluster?.machines ?? []) : [];
    for (const machine of [...this.machines, ...others]) {
      for (const { chain, spec } of machine.disks) {
        const file = chain?.files.find((one) => one.path.toLowerCase() === wanted);
        if (chain !== null && file !== undefined && spec.isMissing !== true) return { file, chain, machine };
      }
    }
    return null;
  }

  /** Whether any file lies below it. */
  hasFolder(path: string): boolean {
    const below = path.endsWith('\\') ? path.toLowerCase() : `${path.toLowerCase()}\\`;
    return this.machines.some(({ disks }) =>
      disks.some(({ chain }) => chain?.files.some((file) => file.path.toLowerCase().startsWith(below)) === true),
    );
  }

  contentOf({ file, chain }: FoundFile): FileContent {
    return chain.contentOf(file);
  }

  /** Asks the guest; returns when it is off. @throws Trouble where it does not go off in time */
  async shutDown(machine: Machine): Promise<void> {
    if (machine.state === 'Off') return;
    const { shutdownMs, stopWaitMs } = this.pace;
    if (machine.state !== 'Running') throw troubles.wrongState(machine.spec.name, 'StopVM');
    const goesOff = !machine.ignoresShutdown && machine.spec.hasNoServices !== true;
    if (goesOff) this.later(shutdownMs, () => void (machine.state = 'Off'));
    await new Promise<void>((resolve) => {
      this.later(goesOff ? Math.min(shutdownMs, stopWaitMs) : stopWaitMs, resolve);
    });
    if (machine.isRunning) throw troubles.noShutdown(machine.spec.name);
  }

  /** Its files stay, but nobody finds them here. */
  delete(machine: Machine): void {
    this.machines.splice(this.machines.indexOf(machine), 1);
  }

  turnOff(machine: Machine): void {
    machine.state = 'Off';
  }

  start(machine: Machine): void {
    if (machine.state === 'Running') throw troubles.wrongState(machine.spec.name, 'StartVM');
    machine.state = 'Running';
  }

  /** @throws Trouble where they are switched off, or one is being made */
  async makeCheckpoint(machine: Machine, name: string): Promise<Checkpoint> {
    if (machine.isCheckpointing) throw troubles.wrongState(machine.spec.name, 'CheckpointVM');
    const { checkpointMs } = this.pace;
    if (checkpointMs === 0) return machine.makeCheckpoint(name);
    machine.isCheckpointing = true;
    await new Promise<void>((resolve) => this.later(checkpointMs, resolve));
    machine.isCheckpointing = false;
    return machine.makeCheckpoint(name);
  }

  /** The files of a machine that is off are merged at once. */
  removeCheckpoint(machine: Machine, checkpoint: Checkpoint): void {
    const { merge } = machine.removeCheckpoint(checkpoint);
    if (this.pace.mergeMs === 0) merge();
    else this.later(this.pace.mergeMs, merge);
  }

  later(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, ms);
    this.#timers.add(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isUp = false;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const source of this.#opened.splice(0)) await source[Symbol.asyncDispose]();
  }

  async #machine(spec: MachineSpec): Promise<Machine> {
    const disks: MachineDisk[] = [];
    const counts = { IDE: 0, SCSI: 0, PMEM: 0 };
    for (const [index, disk] of (spec.disks ?? []).entries()) {
      const controller = disk.controller ?? ((spec.generation ?? 2) === 1 && index < 2 ? 'IDE' : 'SCSI');
      const location = counts[controller]++;
      const place =
        controller === 'IDE'
          ? ({ controller, number: location >> 1, location: location & 1 } as const)
          : ({ controller, number: 0, location } as const);
      const path = disk.file ?? defaultPath(spec.name, index, disk);
      const isFile = disk.hostDisk === undefined && controller !== 'PMEM';
      disks.push({ spec: disk, place, chain: isFile ? await this.#chain(disk, path) : null });
    }
    return new Machine(spec, this.machines.length, disks);
  }

  async #chain(spec: DiskSpec, path: string): Promise<DiskChain> {
    const content = spec.content === undefined ? null : await openContent(spec.content);
    if (content !== null && content !== spec.content) this.#opened.push(content);
    return await DiskChain.open(spec, path, content);
  }
}

function defaultPath(machine: string, index: number, { format = 'vhdx' }: DiskSpec): string {
  return `D:\\Hyper-V\\${machine}\\Virtual Hard Disks\\${machine}${index === 0 ? '' : `-${index}`}.${format}`;
}
