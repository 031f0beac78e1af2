/** The daemon's side of the fleet: hears workers, makes nodes of them, gives them jobs and keeps their journals. */
import { randomUUID } from 'node:crypto';
import type { Parts } from '../../operations/handlers.ts';
import type { Hold } from '../../scheduler/entries.ts';
import { measured } from '../../scheduler/measured.ts';
import type { RecordIndex } from '../../scheduler/node.ts';
import { GutsError, RemoteError } from '../../shared/errors.ts';
import type { Heartbeat, Told, Wish } from '../../shared/fleet.ts';
import type { MigrationId } from '../../shared/migration.ts';
import type { NodeId } from '../../shared/schedule.ts';
import { siteRulesIn } from '../../site-rules.ts';
import { Asker } from '../broker/asker.ts';
import { Broker, type BrokerOptions, type BrokerState } from '../broker/broker.ts';
import { Jobs } from '../jobs.ts';
import { daemonClaim, OTHER_DAEMON, ownNameClaim } from '../claims.ts';
import { HEARTBEAT_MS, LOST_AFTER_SECONDS, leaseMsOf } from '../lease.ts';
import { isVouchedFor, newJoinKey } from '../sealing.ts';
import { hearTold } from '../told.ts';
import { keepTruth } from '../truth.ts';
import { askWish } from '../wishes.ts';
import type { Claim } from '../broker/claim.ts';
import { Clocks } from './clocks.ts';
import { Keeper } from './keeper.ts';
import { KnownNodes, type KnownNode } from './known-nodes.ts';
import { Looks } from './looks.ts';
import { RemoteNode } from './remote-node.ts';

export interface FleetOptions extends Omit<BrokerOptions, 'name'> {
  readonly onState: (state: BrokerState) => void;
  /** After which a worker that is not heard counts as lost. */
  readonly lostAfterSeconds?: number;
}

type FleetParts = Pick<
  Parts,
  'dataDir' | 'state' | 'journals' | 'connections' | 'engines' | 'signIns' | 'vault' | 'events'
> & {
  /** What the daemon's own machine is called among nodes: no worker is. */
  readonly ownNode: NodeId;
};

/** What it needs of the scheduler, which in turn needs its nodes. */
export interface Scheduling {
  holdOf(id: MigrationId): Hold | null;
  look(): void;
  tellOf(node: NodeId): void;
}

/** Of the join key in the daemon's vault. */
export const JOIN_KEY = 'fleet';
/** It may hang. */
const TRIED_WITHIN_MS = 5_000;
/** A wish for something that takes its time, such as undoing, waits for it; a node that is gone is known as lost before. */
const WISH_MS = 30 * 60_000;

export class UnknownNodeError extends GutsError {
  readonly code = 'node.unknown';
  readonly remedy: string;

  constructor(id: NodeId, known: readonly NodeId[]) {
    super(`There is no worker “${id}”.`);
    this.remedy =
      known.length === 0 ? 'Start one (“guts worker --broker URL”).' : `Take one of these: ${known.join(', ')}.`;
  }
}

export class NodeInUseError extends GutsError {
  readonly code = 'node.in-use';
  readonly remedy = 'Drain it first (“guts node drain”), stop the worker, and wait until it counts as down.';

  constructor(id: NodeId) {
    super(`The worker “${id}” is up.`);
  }
}

interface Opened {
  readonly broker: Broker;
  readonly asker: Asker;
  readonly joinKey: string;
  readonly lostAfterMs: number;
}

export class Fleet implements AsyncDisposable {
  readonly #lostAfterMs: number;
  readonly #parts: FleetParts;
  readonly #known: KnownNodes;
  readonly #broker: Broker;
  readonly #asker: Asker;
  readonly #jobs: Jobs;
  readonly #joinKey: string;
  readonly #looks: Looks;
  readonly #nodes = new Map<NodeId, RemoteNode>();
  readonly #said = new Set<string>();
  readonly #clocks = new Clocks();
  /** Those of which it was said that they are up, here or by the daemon before. */
  readonly #up = new Set<NodeId>();
  /** Those that are up and should have been heard again. */
  readonly #silent = new Set<NodeId>();
  readonly #opened: AsyncDisposable[] = [];
  #scheduling: Scheduling | undefined;
  #keep: (() => Promise<AsyncDisposable>) | undefined;
  #answering: AsyncDisposable | undefined;
  #looking: NodeJS.Timeout | undefined;
  #connectionsHeard: Disposable | undefined;

  private constructor(parts: FleetParts, known: KnownNodes, { broker, asker, joinKey, lostAfterMs }: Opened) {
    this.#lostAfterMs = lostAfterMs;
    this.#parts = parts;
    this.#known = known;
    this.#broker = broker;
    this.#asker = asker;
    this.#jobs = new Jobs(broker);
    this.#joinKey = joinKey;
    const wish = async (id: NodeId, one: Wish, signal: AbortSignal) => await askWish(asker, id, one, signal);
    this.#looks = new Looks(parts.connections, wish);
    this.#follow(known.all);
    for (const id of this.#nodes.keys()) this.#up.add(id); // it is missed, too, where it died meanwhile
  }

  /** Begins to connect; the broker may come later. @throws BrokerUrlError, OtherDaemonError …, what the vault and reading its file throw */
  static async open(options: FleetOptions, parts: FleetParts): Promise<Fleet> {
    const known = await KnownNodes.open(parts.state.documents);
    const joinKey = await joinKeyIn(parts.vault);
    const broker = new Broker({ ...options, name: 'guts serve' });
    broker.onState(options.onState);
    const incarnation = randomUUID();
    const claim = daemonClaim(parts.state.identity ?? incarnation);
    await broker.attach(claim); // before anything that is read there
    await broker.attach(ownNameClaim(parts.ownNode, incarnation));
    const asker = await Asker.on(broker);
    const lostAfterMs = 1000 * (options.lostAfterSeconds ?? LOST_AFTER_SECONDS);
    const fleet = new Fleet(parts, known, { broker, asker, joinKey, lostAfterMs });
    fleet.#opened.push(broker, asker);
    try {
      await isOnlyDaemon(broker, claim);
      return fleet;
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
  }

  get nodes(): readonly RemoteNode[] {
    return [...this.#nodes.values()];
  }

  get state(): BrokerState {
    return this.#broker.state;
  }

  /** Answers workers from now on. */
  async answer(): Promise<void> {
    await this.rest();
    this.#answering = await this.#keep?.();
  }

  /** Another server answers them. */
  async rest(): Promise<void> {
    const answering = this.#answering;
    this.#answering = undefined;
    await answering?.[Symbol.asyncDispose]();
  }

  /** Hears workers from now on. */
  async begin(scheduling: Scheduling, index: RecordIndex): Promise<void> {
    this.#scheduling = scheduling;
    const keeper = new Keeper({
      ...this.#parts,
      index,
      holdOf: (id) => scheduling.holdOf(id),
      node: (id) => this.#nodes.get(id),
      leaseMs: leaseMsOf(this.#lostAfterMs),
    });
    const onStrange = (error: GutsError): void => this.#sayOnce('', error.message);
    this.#opened.push(await hearTold(this.#broker, (told) => this.#hear(told), onStrange));
    this.#keep = async () => await keepTruth(this.#broker, keeper);
    this.#known.follow((nodes) => this.#follow(nodes));
    this.#connectionsHeard = this.#parts.events.listen(({ event }) => {
      if (event.kind === 'connection') this.#tellLooks();
    });
    this.#looking = setInterval(() => {
      this.#tellLooks(); // whoever did not answer
      const lost = new Set(this.nodes.filter((node) => node.look()).map(({ id }) => id));
      let hasLess = lost.size > 0;
      for (const { id, isUp } of this.nodes) {
        const isGone = !isUp && this.#up.delete(id);
        hasLess ||= isGone;
        if (lost.has(id)) this.#say(id, `Node “${id}” is not heard any more; what it ran goes on elsewhere.`);
        else if (isGone) this.#say(id, `Node “${id}” is not heard any more; it ran nothing.`);
      }
      if (hasLess) scheduling.look();
      this.#tellSilent(scheduling);
    }, HEARTBEAT_MS).unref();
  }

  /** Gives it nothing more, or gives it work again. @param pauses stops what runs there where it can go on elsewhere */
  async drain(id: NodeId, isDraining: boolean, pauses: boolean): Promise<void> {
    const node = this.#demand(id);
    const before = this.#known.all.find((one) => one.id === id);
    await this.#known.put({ id, isDraining, joinedAt: before?.joinedAt ?? now() });
    node.isDraining = isDraining;
    this.#say(id, null);
    this.#scheduling?.look();
    if (!node.isUp) return;
    const signal = AbortSignal.timeout(WISH_MS);
    const answer = await askWish(this.#asker, id, { kind: 'drain', isDraining, pauses }, signal);
    if (answer.kind === 'failed') throw new RemoteError(answer.error);
  }

  /** Forgets one that will not come back. @throws UnknownNodeError, NodeInUseError */
  async remove(id: NodeId): Promise<void> {
    const node = this.#demand(id);
    if (node.isUp) throw new NodeInUseError(id);
    await this.#jobs.forget(id); // while the broker is away it is still known, to be forgotten later
    await this.#known.remove(id);
    this.#forget(id);
    this.#say(id, null);
    this.#scheduling?.look();
  }

  /** What runs on workers goes on without this daemon. */
  letGo(): void {
    for (const node of this.#nodes.values()) node.letGo();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#looking);
    this.#connectionsHeard?.[Symbol.dispose]();
    this.letGo();
    await this.rest();
    for (const one of this.#opened.reverse()) await one[Symbol.asyncDispose]();
  }

  #tellSilent(scheduling: Scheduling): void {
    for (const { id, lostAt } of this.nodes) {
      const isSilent = lostAt !== null;
      if (isSilent === this.#silent.has(id)) continue;
      if (isSilent) this.#silent.add(id);
      else this.#silent.delete(id);
      scheduling.tellOf(id);
    }
  }

  #hear(told: Told): void {
    if (told.kind === 'heartbeat') this.#hearHeartbeat(told);
    else if (told.kind === 'turnedAway') this.#hearTurnedAway(told);
    else if (told.kind === 'progress')
      this.#nodes.get(told.node)?.hearProgress(told.migration, told.token, told.progress);
    else if (told.kind === 'latencies') this.#nodes.get(told.node)?.hearLatencies(told);
    else this.#scheduling?.look();
  }

  #hearHeartbeat(told: Heartbeat): void {
    const { node: id, publicKey, at, vouched } = told;
    if (!isVouchedFor(this.#joinKey, id, publicKey, at, vouched)) {
      this.#sayOnce(
        id,
        `A worker that calls itself “${id}” does not have this daemon’s join key, and is given nothing.`,
      );
      return;
    }
    if (id === this.#parts.ownNode) {
      this.#sayOnce(
        id,
        `A worker on ${told.facts.host} calls itself “${id}” as this machine does, and is given nothing. Start it under a name of its own (--name), or this daemon (--node).`,
      );
      return;
    }
    const before = this.#nodes.get(id);
    // An old one; or that of a worker which was down, and begins anew with its clock put right.
    if (before?.isUp === true && before.heartbeat !== null && before.heartbeat.at > at) return;
    const node = before ?? this.#nodeOf(id, false);
    const isAnother = before?.heartbeat?.incarnation !== told.incarnation;
    const wasUp = before !== undefined && before.isUp && before.heartbeat !== null;
    this.#nodes.set(id, node);
    node.hear(told);
    this.#up.add(id);
    const news = this.#clocks.hear(id, Date.parse(told.facts.seenAt), Date.now());
    if (news !== null) this.#say(id, news);
    if (before === undefined)
      this.#known
        .put({ id, isDraining: false, joinedAt: now() })
        .catch((error: unknown) => this.#say(id, `Node “${id}” could not be written down: ${String(error)}`));
    if (wasUp && !isAnother) return;
    this.#tellLooks();
    this.#say(id, wasUp ? `Node “${id}” was started anew.` : `Node “${id}” is up.`);
    this.#scheduling?.look();
  }

  #hearTurnedAway({ node, host, at, publicKey, vouched }: Extract<Told, { kind: 'turnedAway' }>): void {
    if (!isVouchedFor(this.#joinKey, node, publicKey, at, vouched)) return;
    const says = `A worker on ${host} was turned away: “${node}” is another node’s name. Start it under one of its own (--name).`;
    this.#sayOnce(node, says);
  }

  /** Another server has met a worker, drained or forgotten one. */
  #follow(nodes: readonly KnownNode[]): void {
    for (const { id, isDraining } of nodes) {
      if (id === this.#parts.ownNode) continue; // a worker that was let in by an older Guts
      const node = this.#nodes.get(id);
      if (node === undefined) this.#nodes.set(id, this.#nodeOf(id, isDraining));
      else node.isDraining = isDraining;
    }
    for (const id of this.#nodes.keys()) if (!nodes.some((one) => one.id === id)) this.#forget(id);
  }

  #forget(id: NodeId): void {
    this.#nodes.get(id)?.forget(); // nobody looks any more whether it is heard
    this.#nodes.delete(id);
    this.#up.delete(id);
    this.#silent.delete(id);
  }

  #tellLooks(): void {
    this.#looks
      .tell(this.nodes)
      .catch((error: unknown) => this.#sayOnce('', `Workers could not be told what to look at: ${String(error)}`));
  }

  #nodeOf(id: NodeId, isDraining: boolean): RemoteNode {
    return new RemoteNode(
      id,
      {
        say: (says) => this.#say(id, says),
        send: async (job) => await this.#jobs.send(id, job),
        wish: async (wish, signal) =>
          await askWish(this.#asker, id, wish, AbortSignal.any([signal, AbortSignal.timeout(WISH_MS)])),
        measure: async (request) => await measured(this.#parts, request),
        site: async () => await siteRulesIn(this.#parts),
        nowMs: () => performance.now(),
        lostAfterMs: this.#lostAfterMs,
      },
      isDraining,
    );
  }

  #demand(id: NodeId): RemoteNode {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new UnknownNodeError(id, [...this.#nodes.keys()]);
    return node;
  }

  #sayOnce(about: string, says: string): void {
    if (this.#said.has(says)) return;
    this.#said.add(says);
    this.#say(about, says);
  }

  #say(about: string, says: string | null): void {
    this.#parts.events.tell({ kind: 'node', node: about, says });
  }
}

/** A broker that is away is not waited for: if there is another daemon, that is told when it comes. @throws OtherDaemonError */
async function isOnlyDaemon(broker: Broker, claim: Claim): Promise<void> {
  await broker.tried(TRIED_WITHIN_MS);
  if (broker.state.kind === 'down' && broker.state.why?.code === OTHER_DAEMON) await broker.ready(claim.hopeless);
}

/** Made at the first start with a broker. @throws what the vault throws */
export async function joinKeyIn(vault: Parts['vault']): Promise<string> {
  const kept = await vault.get(JOIN_KEY);
  if (kept !== null) return kept;
  const key = newJoinKey();
  await vault.set(JOIN_KEY, key);
  return key;
}

const now = (): string => new Date().toISOString();
