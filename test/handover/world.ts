/** For stories of hand-overs: two daemons of their own processes, with the same vCenter and cloud, and a way between them. */
import { writeFileSync } from 'node:fs';
import type { ApiClient } from '../../main/shared/client/client.ts';
import type { Handover } from '../../main/shared/handover.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { ScheduledMigration } from '../../main/shared/schedule.ts';
import { seededContent } from '../lab/content.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import type { MachineSpec } from '../lab/vcenter/machine-spec.ts';
import { setUpSides } from '../e2e/two-sides.ts';
import { Daemon, type DaemonOptions } from '../support/daemon.ts';
import { MiB, scratch } from '../support/disks.ts';
import { FaultWay, type Step } from '../support/fault-way.ts';
import { until } from '../support/until.ts';

const quotas = { instances: -1, cores: -1, ramMiB: -1, ports: -1, floatingIps: -1, volumes: -1, volumeGiB: -1 };

type Files = Pick<DaemonOptions, 'dataDir' | 'passphraseFile' | 'flags' | 'node'>;

/** A daemon that is killed and started again: on another port, since anybody may have its old one by then. */
export class Side implements AsyncDisposable {
  readonly name: string;
  readonly files: Files;
  #daemon: Daemon;
  #isDead = false;

  private constructor(name: string, files: Files, daemon: Daemon) {
    this.name = name;
    this.files = files;
    this.#daemon = daemon;
  }

  static async start(name: string, files: Files): Promise<Side> {
    return new Side(name, files, await Daemon.start(files));
  }

  get url(): string {
    return this.#daemon.url;
  }

  get token(): string {
    return this.#daemon.token;
  }

  get client(): ApiClient {
    return this.#daemon.client;
  }

  get log(): string {
    return this.#daemon.log;
  }

  async kill(): Promise<void> {
    await this.#daemon.kill();
    this.#isDead = true;
  }

  async again(): Promise<void> {
    if (!this.#isDead) return;
    this.#daemon = await Daemon.start(this.files);
    this.#isDead = false;
  }

  /** None where it does not know it. */
  async find(id: MigrationId): Promise<ScheduledMigration | null> {
    return await this.client.call('migrations.show', { id }).catch((error: { code?: string }) => {
      if (error.code === 'migration.unknown') return null;
      throw error;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isDead) await this.#daemon.stop();
  }
}

export interface World extends AsyncDisposable {
  readonly vc: Vcenter;
  readonly cloud: OpenstackLab;
  readonly desk: Side;
  readonly rack: Side;
  /** From the desk to the rack. */
  readonly way: FaultWay;
  readonly file: (name: string) => string;
}

const options = {
  networks: [{ from: null, to: 'lan', ip: 'auto' as const }],
  keepMac: false,
  mayPullPlug: true,
  bootTimeoutSeconds: 0,
};

interface WorldOptions {
  /** Whether the rack has the source and the cloud as well. */
  readonly hasSides?: boolean;
  /** Small machines besides, `m-0` and on. */
  readonly crowd?: number;
  /** Whether the rack has its state in a database, as a server that may share it with others. */
  readonly isShared?: boolean;
}

export async function openWorld({ hasSides = true, crowd = 0, isShared = false }: WorldOptions = {}): Promise<World> {
  const tmp = scratch();
  writeFileSync(tmp.file('passphrase'), 'a passphrase for tests\n', { mode: 0o600 });
  const machines = [
    machineOf('one', [2 * MiB]),
    machineOf('two', [2 * MiB]),
    machineOf('large', [4 * MiB, 24 * MiB]),
    ...Array.from({ length: crowd }, (_, at) => machineOf(`m-${at}`, [MiB / 2])),
  ];
  const [vc, cloud, desk, rack] = await Promise.all([
    startVcenter({ machines, withOthers: false, leaseTimeoutMs: 1500 }),
    startOpenstack({ buildMs: 20, quotas }),
    Side.start('desk', { dataDir: tmp.file('desk'), passphraseFile: tmp.file('passphrase') }),
    isShared
      ? serverOf('rack', tmp.file)
      : Side.start('rack', { dataDir: tmp.file('rack'), passphraseFile: tmp.file('passphrase') }),
  ]);
  await setUpSides(desk.client, { vc, cloud } as never);
  if (hasSides) await setUpSides(rack.client, { vc, cloud } as never);
  const way = await FaultWay.open(() => rack.url);
  return {
    vc,
    cloud,
    desk,
    rack,
    way,
    file: tmp.file,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([desk[Symbol.asyncDispose](), rack[Symbol.asyncDispose]()]);
      await way[Symbol.asyncDispose]();
      await Promise.all([vc[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
      tmp[Symbol.dispose]();
    },
  };
}

/** One of the servers that share a state; SQLite takes a newer Node. */
export async function serverOf(name: string, file: World['file']): Promise<Side> {
  return await Side.start(name, {
    dataDir: file(name),
    passphraseFile: file('passphrase'),
    flags: ['--node', name, '--state', `sqlite:${file('shared.db')}`],
    node: process.execPath,
  });
}

function machineOf(name: string, sizes: readonly number[]): MachineSpec {
  const disks = sizes.map((sizeBytes, at) => ({
    sizeBytes,
    isThin: true,
    content: seededContent(`${name} ${at}`, sizeBytes, 7 + at + name.length),
  }));
  return { name, power: 'off', disks, nics: [{ network: 'VM Network' }] };
}

/** A plan that was started, and whose migrations wait where the queue is held. @returns their ids, by machine */
export async function startedPlan(
  side: Side,
  vms: readonly string[] | Readonly<Record<string, number>>,
  name = 'spring',
): Promise<ReadonlyMap<string, MigrationId>> {
  await plannedOf(side, vms, name);
  const { plan } = await side.client.call('plans.start', { plan: name });
  return new Map(plan.machines.flatMap(({ vm, migration }) => (migration === null ? [] : [[vm.name, migration]])));
}

/** A plan that was not started. @param vms all in wave 1, or each with its wave */
export async function plannedOf(
  side: Side,
  vms: readonly string[] | Readonly<Record<string, number>>,
  name = 'spring',
): Promise<void> {
  const waves = Array.isArray(vms) ? vms.map((vm: string) => [vm, 1] as const) : Object.entries(vms);
  await side.client.call('plans.create', {
    name,
    source: 'vc1',
    destination: 'os1',
    options,
    machines: waves.map(([vm, wave]) => ({ vm, wave })),
  });
}

export const peerBy = ({ way, rack }: World) => ({ name: 'rack', url: way.url, token: rack.token });

/** Waits until both say that it is over. */
export async function over({ desk, rack }: World, id: Handover['id']): Promise<Handover> {
  for (const side of [desk, rack])
    await until(
      async () => await side.client.call('handovers.show', { handover: id }),
      ({ state }) => state === 'done',
    );
  return await desk.client.call('handovers.show', { handover: id });
}

/** Who may work on it: exactly one. What changes hands while it is asked for may be with none, and is never with both. */
export async function ownerOf({ desk, rack }: World, id: MigrationId): Promise<string[]> {
  const isOwn = async (side: Side): Promise<boolean> => {
    const one = await side.find(id);
    return one !== null && one.stage !== 'given';
  };
  const [before, there, after] = [await isOwn(desk), await isOwn(rack), await isOwn(desk)];
  return [...(before && after ? [desk.name] : []), ...(there ? [rack.name] : [])];
}

export async function doneAt(side: Side, id: MigrationId): Promise<ScheduledMigration> {
  return await until(
    async () => await side.client.call('migrations.show', { id }),
    ({ stage }) => stage === 'done' || stage === 'failed',
  );
}

/** Nothing was made twice, and nothing is left on either side. */
export async function leftovers({
  desk,
  rack,
  cloud,
}: World): Promise<{ readonly found: readonly string[]; readonly servers: readonly string[] }> {
  const found: string[] = [];
  for (const side of [desk, rack]) {
    const { leftovers: left } = await side.client.call('tidy.run', { alsoUnknown: true });
    found.push(...left.map(({ item, state }) => `${side.name}: ${item.kind} ${item.name} ${state}`));
  }
  return {
    found,
    servers: cloud
      .state()
      .servers.map(({ name }) => name)
      .toSorted(),
  };
}

/** Asks for something, and kills a side at a step of it, once that was answered. @returns the answer, when it is dead */
export async function killedAt<T>(
  way: FaultWay,
  side: Side,
  step: Omit<Step, 'happens'>,
  ask: () => Promise<T>,
): Promise<T> {
  let answered = (): void => {};
  const isAnswered = new Promise<void>((resolve) => (answered = resolve));
  const killed = new Promise<void>((resolve) =>
    way.at({
      ...step,
      happens: async () => {
        await isAnswered; // the work goes on beside it, and may be there first
        await side.kill();
        resolve();
      },
    }),
  );
  const answer = await ask();
  answered();
  await killed;
  return answer;
}
