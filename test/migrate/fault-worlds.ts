/** Small vCenters and clouds with machines to move, for stories side by side; and what must be true when one is told. */
import { writeFileSync } from 'node:fs';
import type { MigrationRecord } from '../../main/shared/migration.ts';
import { seededContent } from '../lab/content.ts';
import { FaultRule } from '../lab/faults.ts';
import { signInAs } from '../lab/openstack/sign-in.ts';
import { startOpenstack, type OpenstackLab, type OpenstackState } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { CloudClient } from '../support/cloud-client.ts';
import { MiB, qemuImg, scratch } from '../support/disks.ts';
import { Mover, type Said } from '../support/mover.ts';
import { until } from '../support/until.ts';
import { signInTo } from '../support/vsphere-source.ts';

const SIZES = [6 * MiB, 3 * MiB];
const contents = () => SIZES.map((sizeBytes, i) => seededContent(`disk ${i}`, sizeBytes, 7 + i));
const idsOf = ({ images, volumes, ports, floatingIps, servers, flavors }: OpenstackState): string[] =>
  [...[...images, ...volumes, ...ports, ...floatingIps, ...servers].map(({ id }) => id), ...flavors].sort();

const macOf = (machine: number): string => `00:50:56:aa:00:${machine.toString(16).padStart(2, '0')}`;

/** A vCenter whose machines all run, an empty cloud, and a `guts` that knows both as `from` and `to`. */
export class FaultWorld implements AsyncDisposable {
  readonly vcenter: Vcenter;
  readonly cloud: OpenstackLab;
  readonly mover: Mover;
  readonly #folder: ReturnType<typeof scratch>;
  #moves = 0;

  /** @param machines how many moves there can be */
  static async make(machines: number): Promise<FaultWorld> {
    const vcenter = await startVcenter({
      machines: Array.from({ length: machines }, (_, i) => ({
        name: `vm-${i}`,
        power: 'on',
        changeTracking: true,
        disks: contents().map((content) => ({ sizeBytes: content.sizeBytes, isThin: true, content })),
        nics: [{ network: 'VM Network', mac: macOf(i) }],
      })),
      withOthers: false,
    });
    const cloud = await startOpenstack({ buildMs: 20, quotas: { instances: 100, cores: 200, volumes: 200 } });
    const world = new FaultWorld(vcenter, cloud);
    for (const [i, disk] of contents().entries()) {
      const bytes = Buffer.alloc(disk.sizeBytes);
      await disk.read(bytes, 0);
      writeFileSync(world.#folder.file(`disk-${i}`), bytes);
    }
    await world.mover.connect(signInTo(vcenter), signInAs(cloud));
    return world;
  }

  private constructor(vcenter: Vcenter, cloud: OpenstackLab) {
    this.vcenter = vcenter;
    this.cloud = cloud;
    this.#folder = scratch();
    this.mover = new Mover(this.#folder.file('mover'));
  }

  /** Moves a machine that nobody moved yet. @param meanwhile happens beside it */
  async move(options: readonly string[], meanwhile?: (mac: string) => Promise<void>): Promise<Moved> {
    const machine = this.#moves++;
    const vm = `vm-${machine}`;
    const before = idsOf(this.cloud.state());
    const [{ record, said }] = await Promise.all([
      this.mover.move(vm, '--map', 'lan:auto', ...options),
      meanwhile?.(macOf(machine)) ?? null,
    ]);
    return { vm, record, said, before };
  }

  /** Returns while the cloud takes the bytes of an image, slowly. */
  async midUpload(): Promise<void> {
    const rule = { where: 'image', kind: 'stall', match: '^PUT .*/file', afterBytes: 100_000, delayMs: 1_500 } as const;
    this.cloud.faults.add(rule);
    await until(
      async () => this.cloud.faults.rules.find(({ kind }) => kind === 'stall')?.met ?? 0,
      (met) => met > 0,
    );
  }

  /** Somebody else makes a port with this MAC address on the network where the machine is to go. @returns to remove it */
  async takeMac(mac: string): Promise<() => Promise<void>> {
    const { authUrl, certificate: ca, users } = this.cloud;
    const [user] = users;
    if (user === undefined) throw new Error('the cloud has no users');
    const { name, password, defaultProject: project } = user;
    const client = await CloudClient.signIn({ authUrl, ca, user: name, password, project });
    const networks = (await client.ask('network', 'GET', '/v2.0/networks?name=lan')).json();
    const port = { network_id: String(networks['networks']?.['0']?.['id']), mac_address: mac };
    const made = (await client.ask('network', 'POST', '/v2.0/ports', { body: { port } })).json();
    const id = String(made['port']?.['id']);
    return async () => void (await client.ask('network', 'DELETE', `/v2.0/ports/${id}`));
  }

  /** How a move has come out, on both sides. */
  endOf({ vm, record, said, before }: Moved): End {
    const { stage, error, ledger, outcome } = record;
    const unmet = [...this.vcenter.faults.rules, ...this.cloud.faults.rules].filter(({ met }) => met === 0);
    return {
      stage,
      error: error?.code ?? null,
      isTold: error === null || (/^[A-Z].{15,}\.$/.test(error.remedy) && said.err.includes(error.remedy)),
      exitCode: said.code,
      ledger: ledger.map(({ kind }) => kind),
      inCloud: outcome === null ? this.#leftOf(before) : this.#madeBy(vm, outcome),
      atHome: this.atHome(vm),
      unmet: unmet.map(({ where, kind, match }) => `${where} ${kind} ${match}`),
    };
  }

  /** The machine as it stands, and what of Guts holds it. */
  atHome(vm: string): AtHome {
    const { machines, leases } = this.vcenter.state();
    const machine = machines.find(({ name }) => name === vm);
    const open = leases.filter(({ state }) => state === 'initializing' || state === 'ready');
    return { power: machine?.power ?? 'gone', snapshots: machine?.snapshots ?? [], leases: open.length };
  }

  #leftOf(before: readonly string[]): string {
    const left = idsOf(this.cloud.state()).filter((id) => !before.includes(id));
    return left.length === 0 ? NOTHING : `left over: ${left.join(', ')}`;
  }

  #madeBy(vm: string, { serverId, disks }: NonNullable<MigrationRecord['outcome']>): string {
    const named = this.cloud.state().servers.filter(({ name }) => name === vm);
    const [server] = named;
    if (named.length !== 1 || server?.id !== serverId || server.status !== 'ACTIVE')
      return `servers: ${named.map(({ id, status }) => `${id} ${status}`).join(', ')}`;
    const there = this.cloud.serverDisks(serverId);
    if (there.length !== SIZES.length) return `${there.length} disks`;
    for (const [i, disk] of there.entries())
      qemuImg('compare', '-f', 'raw', '-F', disk.format, this.#folder.file(`disk-${i}`), disk.path); // throws
    return disks.every(({ proofs }) => proofs.length >= 2) ? SERVER : 'disks without proofs';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.vcenter[Symbol.asyncDispose](), this.cloud[Symbol.asyncDispose]()]);
    this.#folder[Symbol.dispose]();
  }
}

export interface AtHome {
  readonly power: string;
  readonly snapshots: readonly string[];
  /** That are not over. */
  readonly leases: number;
}

export interface End {
  readonly stage: string;
  readonly error: string | null;
  /** Where there is an error: the operator was told a remedy. */
  readonly isTold: boolean;
  readonly exitCode: number | null;
  readonly ledger: readonly string[];
  readonly inCloud: string;
  readonly atHome: AtHome;
  /** Faults that did not come about. */
  readonly unmet: readonly string[];
}

const NOTHING = 'nothing new';
const SERVER = 'one server that runs with the machine’s own disks';

/** The machine runs in the cloud; at home it is off, or goes on where that was the wish. */
export const moved = (power = 'poweredOff'): End => ({
  stage: 'done',
  error: null,
  isTold: true,
  exitCode: 0,
  ledger: [],
  inCloud: SERVER,
  atHome: { power, snapshots: [], leases: 0 },
  unmet: [],
});

/** Both sides are as they were, and the operator knows why. */
export const putBack = (error: string): End => ({
  stage: 'failed',
  error,
  isTold: true,
  exitCode: 1,
  ledger: [],
  inCloud: NOTHING,
  atHome: { power: 'poweredOn', snapshots: [], leases: 0 },
  unmet: [],
});

export interface Moved {
  readonly vm: string;
  readonly record: MigrationRecord;
  readonly said: Said;
  /** The ids of everything that was in the cloud. */
  readonly before: readonly string[];
}

/** Worlds that are lent to one story at a time, without faults. */
export class WorldPool implements AsyncDisposable {
  readonly #free: FaultWorld[];
  readonly #all: readonly FaultWorld[];
  readonly #waiting: ((world: FaultWorld) => void)[] = [];

  static async make(worlds: number, machines: number): Promise<WorldPool> {
    return new WorldPool(await Promise.all(Array.from({ length: worlds }, () => FaultWorld.make(machines))));
  }

  private constructor(all: readonly FaultWorld[]) {
    this.#all = all;
    this.#free = [...all];
  }

  get all(): readonly FaultWorld[] {
    return this.#all;
  }

  async lend(story: (world: FaultWorld) => Promise<void>): Promise<void> {
    const world = this.#free.pop() ?? (await new Promise<FaultWorld>((resolve) => this.#waiting.push(resolve)));
    try {
      await story(world);
    } finally {
      world.vcenter.faults.clear();
      world.cloud.faults.clear();
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(world);
      else next(world);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map(async (world) => await world[Symbol.asyncDispose]()));
  }
}

export const rule = (fault: unknown): FaultRule => FaultRule.parse(fault);
