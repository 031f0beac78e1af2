/** Machines on their way from a small source into a small cloud, whose movers can be killed wherever their journals stand. */
import { createHash } from 'node:crypto';
import { defaultOptions, MigrationId, tagOf } from '../../main/shared/migration.ts';
import { openImage } from '../../worker/disk/open.ts';
import { openSource } from '../../worker/move/sides.ts';
import { seededContent } from '../lab/content.ts';
import type { FaultBook } from '../lab/faults.ts';
import { signInAs } from '../lab/openstack/sign-in.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { contentHash, MiB, scratch } from '../support/disks.ts';
import { Killable } from '../support/killable.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { Mover, recordIn } from '../support/mover.ts';
import type { AtHome, Home, Ordered, StartHome } from './homes.ts';

const DISKS = [2 * MiB, 3 * MiB];
const never = new AbortController().signal;

/** A source with machines of two disks and two network cards each, and a cloud with room for all of them. */
export class KillWorld<H extends Home> implements AsyncDisposable {
  readonly home: H;
  readonly cloud: OpenstackLab;
  readonly mover: Mover;
  readonly #folder: ReturnType<typeof scratch>;
  readonly #free: string[];
  readonly #all: readonly string[];
  readonly #journeys: Journey[] = [];

  private constructor(home: H, cloud: OpenstackLab, folder: ReturnType<typeof scratch>, names: readonly string[]) {
    this.home = home;
    this.cloud = cloud;
    this.#folder = folder;
    this.mover = new Mover(folder.dir);
    this.#all = names;
    this.#free = [...names];
  }

  /** @param machines how many of them run */
  static async open<H extends Home>(start: StartHome<H>, machines: number): Promise<KillWorld<H>> {
    const quotas = { instances: -1, cores: -1, ramMiB: -1, ports: -1, floatingIps: -1, volumes: -1, volumeGiB: -1 };
    const ordered = Array.from({ length: machines }, (_, i) => orderOf(i));
    const [home, cloud] = await Promise.all([start(ordered), startOpenstack({ quotas })]);
    const names = ordered.map(({ name }) => name);
    const world = new KillWorld(home, cloud, scratch(), names);
    await world.mover.connect(home.signIn, signInAs(cloud));
    return world;
  }

  /** A migration of a machine that had none yet: planned, and read by leases where there are any, unless the flags say otherwise. */
  async journey(...flags: string[]): Promise<Journey> {
    const name = this.#free.shift();
    if (name === undefined) throw new Error('Every machine of this world has been moved.');
    const hasLeases = this.home.signIn.connection.kind === 'vsphere';
    const read = flags.includes('--read') || !hasLeases ? [] : ['--read', 'lease'];
    const create = ['create', '--vm', name, '--map', 'lan', '--floating', 'public', '--json', ...read, ...flags];
    const { request } = recordIn(await this.mover.say(create));
    const journey = new Journey(this, name, request.id);
    this.#journeys.push(journey);
    return journey;
  }

  /** How often a mover was killed. */
  get kills(): number {
    return this.#journeys.reduce((sum, { kills }) => sum + kills, 0);
  }

  /** What is in the cloud and on no server, and what is held on the source. */
  get strays(): readonly string[] {
    const atHome = this.#all.map((name) => this.home.atHome(name));
    return [...straysIn(this.cloud), ...atHome.flatMap(({ snapshots, holds }) => [...snapshots, ...holds])];
  }

  /** The file in which a migration tells what it does. */
  journalOf(id: string): string {
    return this.#folder.file(`data/migrations/${id}.jsonl`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.home[Symbol.asyncDispose](), this.cloud[Symbol.asyncDispose]()]);
    this.#folder[Symbol.dispose]();
  }
}

/** One machine's migration. */
export class Journey extends Killable {
  readonly vm: string;
  readonly #world: KillWorld<Home>;

  constructor(world: KillWorld<Home>, vm: string, id: string) {
    super(world.mover, id, world.journalOf(id));
    this.#world = world;
    this.vm = vm;
  }

  /**
   * Killed when one of the labs has got such a request and not looked at it yet: it does what is asked after the one who
   * asked is dead.
   */
  async killedAsking(
    { faults }: { readonly faults: FaultBook },
    where: string,
    match: string,
    { nth = 1, command = 'start' } = {},
  ): Promise<boolean> {
    faults.add({ where, match, nth, kind: 'delay', delayMs: 250 });
    const rule = faults.rules.length - 1;
    return (await this.killedWhen(async () => faults.rules[rule]?.met === 1 || null, command)) !== null;
  }

  /** Somebody starts the machine, and its guest writes to its first disk. */
  async startedMeanwhile(): Promise<void> {
    const { home } = this.#world;
    await using source = await openSource(home.signIn, never);
    const facts = { vm: home.refOf(this.vm), power: 'on' };
    await source.undo({ key: 'power', side: 'source', kind: 'power', name: this.vm, id: null, facts }, never);
    await home.write(this.vm, 0, 0, Buffer.from('written after the copy'));
  }

  /** Its guest writes to every disk. */
  async writesOn(): Promise<void> {
    for (const disk of DISKS.keys()) await this.#world.home.write(this.vm, disk, 0, Buffer.from('written since'));
  }

  /** Somebody shuts it down. */
  async isShutDown(): Promise<void> {
    const { home } = this.#world;
    await using source = await openSource(home.signIn, never);
    const vm = await source.describe(home.refOf(this.vm), never);
    await source.shutDown(vm, defaultOptions, new MemoryLedger('by-hand'), never);
  }

  /** Somebody removes the snapshot from which its disks are copied. */
  async snapshotRemoved(): Promise<void> {
    const { home } = this.#world;
    await using source = await openSource(home.signIn, never);
    const facts = { vm: home.refOf(this.vm) };
    const name = tagOf(MigrationId.parse(this.id));
    await source.undo({ key: 'snapshot', side: 'source', kind: 'snapshot', name, id: null, facts }, never);
  }

  /** How both sides stand as far as this machine goes, in words that say all there is. */
  async standing(): Promise<Standing> {
    const { cloud, home } = this.#world;
    const { stage, ledger, isRunning, outcome } = await this.goOn('show');
    const servers = cloud.state().servers.filter(({ name }) => name === this.vm);
    const disks = servers.flatMap(({ id }) => cloud.serverDisks(id));
    return {
      stage: isRunning ? `${stage}, at work` : stage,
      ledger: ledger.map(({ key }) => key),
      servers: servers.map(({ id, status }) => (id === outcome?.serverId ? status : `${status}, not in the record`)),
      cards: servers.flatMap(({ portIds }) => portIds).length,
      disks: await Promise.all(disks.map(hashOf)),
      ...home.atHome(this.vm),
      ownerless: thingsOf(cloud).filter((name) => name.includes(this.id)),
    };
  }

  /** How they stand when it has arrived. */
  async arrived(power = 'off'): Promise<Standing> {
    const disks = await this.#contents();
    return { ...nothing, stage: 'done', servers: ['ACTIVE'], cards: 2, disks, power };
  }

  /** SHA-256 of what the guest sees on each disk. */
  async #contents(): Promise<string[]> {
    return await Promise.all(
      DISKS.map(async (sizeBytes, i) => {
        const bytes = Buffer.alloc(sizeBytes);
        await this.#world.home.read(this.vm, i, bytes, 0);
        return createHash('sha256').update(bytes).digest('hex');
      }),
    );
  }
}

export interface Standing extends AtHome {
  readonly stage: string;
  readonly ledger: readonly string[];
  readonly servers: readonly string[];
  readonly cards: number;
  /** SHA-256 of what the server's guest sees on each. */
  readonly disks: readonly string[];
  /** What still carries the migration's tag. */
  readonly ownerless: readonly string[];
}

const nothing = { ledger: [], servers: [], cards: 0, disks: [], snapshots: [], holds: [], ownerless: [] };

/** How both sides stand when all is undone. */
export const undone: Standing = { ...nothing, stage: 'cancelled', power: 'on' };

function straysIn(cloud: OpenstackLab): readonly string[] {
  const { servers, images, volumes, ports, floatingIps, flavors } = cloud.state();
  const used = new Set(servers.flatMap(({ portIds, imageId }) => [...portIds, imageId]));
  for (const { attachments } of servers) for (const { volumeId } of attachments) used.add(volumeId);
  const unused = [...images, ...volumes, ...ports].filter(({ id }) => !used.has(id)).map(({ name }) => name ?? '');
  const idle = floatingIps.filter(({ portId }) => !used.has(portId ?? '')).map(({ address }) => address);
  return [...unused, ...idle, ...flavors];
}

/** By the names that a migration gives. */
function thingsOf(cloud: OpenstackLab): string[] {
  const { images, volumes, ports, floatingIps } = cloud.state();
  const named = [...images, ...volumes, ...ports].map(({ name }) => name ?? '');
  return [...named, ...floatingIps.map(({ description }) => description)];
}

const orderOf = (number: number): Ordered => ({
  name: `books-${number}`,
  disks: DISKS.map((sizeBytes, i) => seededContent(`disk ${i} of books-${number}`, sizeBytes, 10 * number + i)),
  cards: [{ network: 'servers' }, { network: 'web' }],
});

async function hashOf({ path }: { readonly path: string }): Promise<string> {
  await using image = await openImage(path);
  return await contentHash(image);
}
