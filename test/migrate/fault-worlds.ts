/** Small sources and clouds with machines to move, for stories side by side; and what must be true when one is told. */
import { writeFileSync } from 'node:fs';
import type { MigrationRecord } from '../../main/shared/migration.ts';
import { seededContent } from '../lab/content.ts';
import { FaultRule } from '../lab/faults.ts';
import { signInAs } from '../lab/openstack/sign-in.ts';
import { startOpenstack, type OpenstackLab, type OpenstackState } from '../lab/openstack/start.ts';
import { CloudClient } from '../support/cloud-client.ts';
import { MiB, qemuImg, scratch } from '../support/disks.ts';
import { Mover, type Said } from '../support/mover.ts';
import { until } from '../support/until.ts';
import type { AtHome, Home, StartHome } from './homes.ts';

const SIZES = [6 * MiB, 3 * MiB];
const contents = () => SIZES.map((sizeBytes, i) => seededContent(`disk ${i}`, sizeBytes, 7 + i));
const idsOf = ({ images, volumes, ports, floatingIps, servers, flavors }: OpenstackState): string[] =>
  [...[...images, ...volumes, ...ports, ...floatingIps, ...servers].map(({ id }) => id), ...flavors].sort();

const macOf = (machine: number): string => `00:50:56:aa:00:${machine.toString(16).padStart(2, '0')}`;

/** A source whose machines all run, an empty cloud, and a `guts` that knows both as `from` and `to`. */
export class FaultWorld<H extends Home> implements AsyncDisposable {
  readonly home: H;
  readonly cloud: OpenstackLab;
  readonly mover: Mover;
  readonly #folder: ReturnType<typeof scratch>;
  #moves = 0;

  /** @param machines how many moves there can be */
  static async make<H extends Home>(start: StartHome<H>, machines: number): Promise<FaultWorld<H>> {
    const home = await start(
      Array.from({ length: machines }, (_, i) => ({
        name: `vm-${i}`,
        disks: contents(),
        cards: [{ network: 'servers', mac: macOf(i) }],
      })),
    );
    const cloud = await startOpenstack({ buildMs: 20, quotas: { instances: 100, cores: 200, volumes: 200 } });
    const world = new FaultWorld(home, cloud);
    for (const [i, disk] of contents().entries()) {
      const bytes = Buffer.alloc(disk.sizeBytes);
      await disk.read(bytes, 0);
      writeFileSync(world.#folder.file(`disk-${i}`), bytes);
    }
    await world.mover.connect(home.signIn, signInAs(cloud));
    return world;
  }

  private constructor(home: H, cloud: OpenstackLab) {
    this.home = home;
    this.cloud = cloud;
    this.#folder = scratch();
    this.mover = new Mover(this.#folder.file('mover'));
  }

  /** Moves a machine that nobody moved yet. @param meanwhile happens beside it @param first happens before it */
  async move(
    options: readonly string[],
    meanwhile?: (mac: string, vm: string) => Promise<void>,
    first?: (vm: string) => void,
  ): Promise<Moved> {
    const machine = this.#moves++;
    const vm = `vm-${machine}`;
    first?.(vm);
    const before = idsOf(this.cloud.state());
    const [{ record, said }] = await Promise.all([
      this.mover.move(vm, '--map', 'lan:auto', ...options),
      meanwhile?.(macOf(machine), vm) ?? null,
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
    const unmet = [...this.home.faults.rules, ...this.cloud.faults.rules].filter(({ met }) => met === 0);
    return {
      stage,
      error: error?.code ?? null,
      isTold: error === null || (/^[A-Z].{15,}\.$/.test(error.remedy) && said.err.includes(error.remedy)),
      exitCode: said.code,
      ledger: ledger.map(({ kind }) => kind),
      inCloud: outcome === null ? this.#leftOf(before) : this.#madeBy(vm, outcome),
      atHome: this.home.atHome(vm),
      unmet: unmet.map(({ where, kind, match }) => `${where} ${kind} ${match}`),
    };
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
    await Promise.all([this.home[Symbol.asyncDispose](), this.cloud[Symbol.asyncDispose]()]);
    this.#folder[Symbol.dispose]();
  }
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
export const moved = (power = 'off'): End => ({
  stage: 'done',
  error: null,
  isTold: true,
  exitCode: 0,
  ledger: [],
  inCloud: SERVER,
  atHome: { power, snapshots: [], holds: [] },
  unmet: [],
});

/** Both sides are as they were, and the operator knows why. */
export const putBack = (error: string, power = 'on'): End => ({
  stage: 'failed',
  error,
  isTold: true,
  exitCode: 1,
  ledger: [],
  inCloud: NOTHING,
  atHome: { power, snapshots: [], holds: [] },
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
export class WorldPool<H extends Home> implements AsyncDisposable {
  readonly #free: FaultWorld<H>[];
  readonly #all: readonly FaultWorld<H>[];
  readonly #waiting: ((world: FaultWorld<H>) => void)[] = [];

  static async make<H extends Home>(start: StartHome<H>, worlds: number, machines: number): Promise<WorldPool<H>> {
    return new WorldPool(await Promise.all(Array.from({ length: worlds }, () => FaultWorld.make(start, machines))));
  }

  private constructor(all: readonly FaultWorld<H>[]) {
    this.#all = all;
    this.#free = [...all];
  }

  get all(): readonly FaultWorld<H>[] {
    return this.#all;
  }

  async lend(story: (world: FaultWorld<H>) => Promise<void>): Promise<void> {
    const world = this.#free.pop() ?? (await new Promise<FaultWorld<H>>((resolve) => this.#waiting.push(resolve)));
    try {
      await story(world);
    } finally {
      world.home.calm();
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
