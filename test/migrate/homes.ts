/** Where the machines of a story come from: a small vCenter or a small Hyper-V host, which are asked and told the same. */
import type { SourceSignIn } from '../../main/shared/connections.ts';
import type { ByteSource } from '../../worker/disk/bytes.ts';
import type { FaultBook } from '../lab/faults.ts';
import { startHyperv, type Hyperv, type HypervOptions } from '../lab/hyperv/hyperv.ts';
import { startVcenter, type Vcenter, type VcenterOptions } from '../lab/vcenter/vcenter.ts';
import { signInToHyperv } from '../support/hyperv-source.ts';
import { signInTo } from '../support/vsphere-source.ts';

/** It runs. */
export interface Ordered {
  readonly name: string;
  readonly disks: readonly ByteSource[];
  readonly cards: readonly { readonly network: 'servers' | 'web'; readonly mac?: string }[];
}

export interface Home extends AsyncDisposable {
  readonly signIn: SourceSignIn;
  readonly faults: FaultBook;
  /** Nothing that a story has told it to do wrong is still to come. */
  calm(): void;
  /** The machine as it stands, and what of Guts holds it. */
  atHome(vm: string): AtHome;
  /** As the source names it, for its driver. @throws Error where it is gone */
  refOf(vm: string): string;
  /** As the guest does. */
  write(vm: string, disk: number, offset: number, bytes: Uint8Array): Promise<void>;
  read(vm: string, disk: number, into: Uint8Array, offset: number): Promise<void>;
}

export type StartHome<H extends Home> = (machines: readonly Ordered[]) => Promise<H>;

export interface AtHome {
  /** `on`, `off`, `gone`, or another word of the source’s. */
  readonly power: string;
  readonly snapshots: readonly string[];
  /** What of its disks is not as it was, and by what they are kept: a lease that is not over, a file that is open. */
  readonly holds: readonly string[];
}

export class VcenterHome implements Home {
  readonly lab: Vcenter;
  readonly signIn: SourceSignIn;

  constructor(lab: Vcenter) {
    this.lab = lab;
    this.signIn = signInTo(lab);
  }

  get faults(): FaultBook {
    return this.lab.faults;
  }

  calm(): void {
    this.lab.faults.clear();
    this.lab.outage(0);
  }

  atHome(vm: string): AtHome {
    const { machines, leases } = this.lab.state();
    const machine = machines.find(({ name }) => name === vm);
    const open = leases.filter(
      ({ state, machine: of }) => of === vm && (state === 'initializing' || state === 'ready'),
    );
    const power = { poweredOn: 'on', poweredOff: 'off', suspended: 'suspended' }[machine?.power ?? 'suspended'];
    return {
      power: machine === undefined ? 'gone' : power,
      snapshots: [...(machine?.snapshots ?? [])],
      holds: open.map(({ state }) => `a lease, ${state}`),
    };
  }

  refOf(vm: string): string {
    return found(vm, this.lab.state().machines).ref;
  }

  async write(...args: Parameters<Home['write']>): Promise<void> {
    await this.lab.write(...args);
  }

  async read(...args: Parameters<Home['read']>): Promise<void> {
    await this.lab.read(...args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab[Symbol.asyncDispose]();
  }
}

const portGroups = { servers: 'VM Network', web: 'dv-web-100' } as const;
export const vcenterHome =
  (options: VcenterOptions = {}): StartHome<VcenterHome> =>
  async (machines) => {
    const specs = machines.map(({ name, disks, cards }) => ({
      name,
      power: 'on' as const,
      tools: 'running' as const,
      changeTracking: true,
      disks: disks.map((content) => ({ sizeBytes: content.sizeBytes, isThin: true, content })),
      nics: cards.map(({ network, mac }) => ({ network: portGroups[network], ...(mac === undefined ? {} : { mac }) })),
    }));
    return new VcenterHome(await startVcenter({ ...options, machines: specs, withOthers: false }));
  };

/** A dead mover's lease does not keep its machine busy for long, and one that lives does not lose its own where others are busy. */
export const leasedVcenter = vcenterHome({ leaseTimeoutMs: 3000 });

export class HypervHome implements Home {
  readonly lab: Hyperv;
  readonly signIn: SourceSignIn;

  constructor(lab: Hyperv) {
    this.lab = lab;
    const { httpUrl: url, fingerprint: sha256, ...rest } = lab;
    this.signIn = signInToHyperv({ ...rest, url, trust: { kind: 'pinned', sha256 } });
  }

  get faults(): FaultBook {
    return this.lab.faults;
  }

  calm(): void {
    this.lab.faults.clear();
    this.lab.outage(0);
  }

  atHome(vm: string): AtHome {
    const { machines, smb } = this.lab.state();
    const machine = machines.find(({ name }) => name === vm);
    const files = machine?.files.flat() ?? [];
    const words: Readonly<Record<string, string>> = { Running: 'on', Off: 'off' };
    return {
      power: machine === undefined ? 'gone' : (words[machine.state] ?? machine.state),
      snapshots: [...(machine?.checkpoints ?? [])],
      holds: [
        ...(machine?.isMerging === true ? ['a merge'] : []),
        ...smb.openFiles.filter((path) => files.includes(path)).map((path) => `${path} is open`),
      ],
    };
  }

  refOf(vm: string): string {
    return found(vm, this.lab.state().machines).id;
  }

  async write(...args: Parameters<Home['write']>): Promise<void> {
    await this.lab.write(...args);
  }

  async read(...args: Parameters<Home['read']>): Promise<void> {
    await this.lab.read(...args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab[Symbol.asyncDispose]();
  }
}

const switches = { servers: 'LAN', web: 'Web' } as const;
/** Of the first generation, since small clouds boot that. */
export const hypervHome =
  (options: HypervOptions = {}): StartHome<HypervHome> =>
  async (machines) => {
    const specs = machines.map(({ name, disks, cards }) => ({
      name,
      state: 'Running' as const,
      generation: 1 as const,
      disks: disks.map((content) => ({ sizeBytes: content.sizeBytes, content })),
      cards: cards.map(({ network, mac }) => ({
        switch: switches[network],
        ...(mac === undefined ? {} : { mac: mac.replaceAll(':', '').toUpperCase(), isMacDynamic: false }),
      })),
    }));
    return new HypervHome(await startHyperv({ ...options, machines: specs }));
  };

function found<T extends { readonly name: string }>(vm: string, machines: readonly T[]): T {
  const machine = machines.find(({ name }) => name === vm);
  if (machine === undefined) throw new Error(`${vm} is gone.`);
  return machine;
}
