/** Machines of a failover cluster of two simulated nodes: found wherever they run, also when they go elsewhere while they are moved. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Cluster } from '../lab/hyperv/cluster.ts';
import { startHyperv } from '../lab/hyperv/hyperv.ts';
import { recordIn } from '../support/mover.ts';
import { until } from '../support/until.ts';
import { FaultWorld, moved } from './fault-worlds.ts';
import { HypervHome, type AtHome, type Home, type Ordered } from './homes.ts';

/** A node is called by its name. */
const NODES = ['127.0.0.1', '127.0.0.2'] as const;
type Node = (typeof NODES)[number];

/** Whose first node is the one that Guts is told of. */
class ClusterHome implements Home {
  readonly cluster: Cluster;
  readonly first: HypervHome;
  readonly second: HypervHome;

  private constructor(cluster: Cluster, first: HypervHome, second: HypervHome) {
    this.cluster = cluster;
    this.first = first;
    this.second = second;
  }

  /** All machines run on the first node. */
  static async start(machines: readonly Ordered[]): Promise<ClusterHome> {
    const cluster = new Cluster();
    const specs = machines.map(({ name, disks, cards }) => ({
      name,
      state: 'Running' as const,
      generation: 1 as const,
      disks: disks.map((content, i) => ({
        sizeBytes: content.sizeBytes,
        content,
        file: `C:\\ClusterStorage\\Volume1\\${name}\\${name}-${i}.vhdx`,
      })),
      cards: cards.map(({ mac = '' }) => ({ switch: 'LAN', mac: mac.replaceAll(':', '').toUpperCase() })),
    }));
    const first = await startHyperv({ cluster, name: NODES[0], address: NODES[0], machines: specs });
    const portOf = (url: string): number => Number(new URL(url).port);
    const second = await startHyperv({
      cluster,
      name: NODES[1],
      address: NODES[1],
      httpPort: portOf(first.httpUrl),
      httpsPort: portOf(first.httpsUrl),
      smbPort: first.smbPort,
      user: first.user,
      password: first.password,
      machines: [],
    });
    return new ClusterHome(cluster, new HypervHome(first), new HypervHome(second));
  }

  get signIn() {
    return this.first.signIn;
  }

  get faults() {
    return this.first.faults;
  }

  calm(): void {
    this.first.calm();
  }

  nodeOf(vm: string): Node {
    return this.first.atHome(vm).power === 'gone' ? NODES[1] : NODES[0];
  }

  atHome(vm: string): AtHome {
    return this.#at(vm).atHome(vm);
  }

  refOf(vm: string): string {
    return this.#at(vm).refOf(vm);
  }

  async write(...args: Parameters<Home['write']>): Promise<void> {
    await this.#at(args[0]).write(...args);
  }

  async read(...args: Parameters<Home['read']>): Promise<void> {
    await this.#at(args[0]).read(...args);
  }

  /** What of Guts is on either node. */
  get held(): number {
    return [this.first.lab, this.second.lab]
      .map((lab) => lab.state())
      .reduce((sum, { shells, smb }) => sum + shells + smb.sessions, 0);
  }

  #at(vm: string): HypervHome {
    return this.nodeOf(vm) === NODES[0] ? this.first : this.second;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.first[Symbol.asyncDispose](), this.second[Symbol.asyncDispose]()]);
  }
}

const Read = z.object({ vms: z.number(), hosts: z.number(), warnings: z.array(z.string()) });

describe('a machine of a cluster', { timeout: 300_000 }, () => {
  let world: FaultWorld<ClusterHome>;
  beforeAll(async () => void (world = await FaultWorld.make(async (machines) => await ClusterHome.start(machines), 6)));
  afterEach(async () => {
    world.home.calm();
    world.cloud.faults.clear();
    await until(
      async () => world.home.held,
      (held) => held === 0,
    );
  });
  afterAll(async () => await world[Symbol.asyncDispose]());

  const refreshed = async (): Promise<z.infer<typeof Read>> => {
    const said = await world.mover.say(['source', 'refresh', 'from', '--json']);
    return Read.parse(JSON.parse(said.out));
  };

  test('is in the inventory, whichever node runs it', async () => {
    world.home.cluster.move('vm-5', NODES[1]);

    const read = await refreshed();

    expect(read).toEqual({ vms: 6, hosts: 2, warnings: [] });
    const { out } = await world.mover.say(['instance', 'list', '--name', 'vm-5', '--json']);
    expect(out).toContain(`${NODES[1]}.example.test`);
  });

  test('that goes to the other node between its plan and its copy is found there', async () => {
    const vm = 'vm-4';
    const create = ['create', '--source', 'from', '--destination', 'to', '--vm', vm, '--map', 'lan:auto', '--json'];
    const { request } = recordIn(await world.mover.say(create));
    world.home.cluster.move(vm, NODES[1]);

    const said = await world.mover.say(['start', request.id, '--json']);

    expect(world.endOf({ vm, record: recordIn(said), said, before: [] }), said.err).toEqual(moved());
    expect(world.home.nodeOf(vm)).toBe(NODES[1]);
  });

  test('that goes to the other node between its end and its copy is found there', async () => {
    const { home } = world;
    home.faults.add({ where: 'winrm', kind: 'delay', match: 'Receive power shutDown', delayMs: 2000 });

    const move = await world.move([], async (_, vm) => {
      await until(
        async () => home.atHome(vm).power,
        (power) => power === 'off',
      );
      home.cluster.move(vm, NODES[1]);
    });

    expect(world.endOf(move), move.said.err).toEqual(moved());
    expect(home.nodeOf(move.vm)).toBe(NODES[1]);
  });

  test('that runs and goes to the other node while it is copied loses its checkpoint there', async () => {
    const { home } = world;

    const move = await world.move(['--while-running', 'snapshot'], async (_, vm) => {
      await world.midUpload();
      home.cluster.move(vm, NODES[1]);
    });

    expect(world.endOf(move), move.said.err).toEqual(moved('on'));
    expect(home.nodeOf(move.vm)).toBe(NODES[1]);
  });

  test('whose node goes down while it is copied runs again at the other one, and is moved from there', async () => {
    const { home } = world;

    const { vm, record, said } = await world.move(
      [],
      async (_, one) => {
        await world.midUpload();
        await home.second[Symbol.asyncDispose]();
        home.cluster.move(one, NODES[0]);
      },
      (one) => home.cluster.move(one, NODES[1]),
    );

    expect(record, said.err).toMatchObject({ stage: 'failed', error: { code: 'net.unreachable' }, ledger: [] });
    expect(home.atHome(vm)).toEqual({ power: 'on', snapshots: [], holds: [] });
    const again = await world.mover.say(['retry', record.request.id, '--json']);

    expect(world.endOf({ vm, record: recordIn(again), said: again, before: [] }), again.err).toEqual(moved());
  });

  test('is moved although the other node is down, of which the inventory warns', async () => {
    const { home } = world;
    home.cluster.move('vm-5', NODES[0]);
    await home.second[Symbol.asyncDispose](); // if no story before has

    const read = await refreshed();
    const move = await world.move([]);

    expect(read.warnings).toEqual([
      expect.stringMatching(new RegExp(`^The machines of node “${NODES[1]}” are missing here: `)),
    ]);
    expect(read.hosts).toBe(1);
    expect(world.endOf(move), move.said.err).toEqual(moved());
  });
});
