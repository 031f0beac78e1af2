/** `guts worker`: runs migrations for a daemon somewhere else, as the broker brings them, and says what it has and what it is at. */
import { randomBytes } from 'node:crypto';
import { availableParallelism, hostname, totalmem } from 'node:os';
import { version } from '../../../package.json';
import { EnginePool } from '../../engine-pool.ts';
import { SharedRates } from '../../scheduler/shared-rates.ts';
import { spaceHere } from '../../scheduler/space-here.ts';
import type { SourceId, SourceSignIn } from '../../shared/connections.ts';
import { toErrorInfo, type GutsError } from '../../shared/errors.ts';
import type { FleetJob, Heartbeat, Told, Wish, WishAnswer } from '../../shared/fleet.ts';
import type { Progress } from '../../shared/jobs.ts';
import type { MigrationId } from '../../shared/migration.ts';
import type { NodeId } from '../../shared/schedule.ts';
import { DataLock } from '../../store/data-lock.ts';
import { takeForWorker } from '../../store/folder-role.ts';
import type { Vault } from '../../vault/vault.ts';
import { Asker } from '../broker/asker.ts';
import { Broker, type BrokerOptions, type BrokerState } from '../broker/broker.ts';
import { workerNameClaim } from '../claims.ts';
import { takeJobs } from '../jobs.ts';
import { ASK_EVERY_MS, HEARTBEAT_MS } from '../lease.ts';
import { newWorkerKeys, vouch, type WorkerKeys } from '../sealing.ts';
import { tellBy, Teller } from '../told.ts';
import { Truth } from '../truth.ts';
import { grantWishes } from '../wishes.ts';
import { Answered, ANSWERED_WITHIN_MS } from './answered.ts';
import { LatencyTelling } from './latency.ts';
import { Limits } from './limits.ts';
import { MEASURE_EVERY_MS, ReachWatch } from './reach.ts';
import { Work } from './work.ts';

export interface WorkerOptions extends Omit<BrokerOptions, 'name'> {
  readonly node: NodeId;
  readonly dataDir: string;
  readonly tags: readonly string[];
  /** Migrations at the same time. */
  readonly slots: number;
  readonly joinKey: string;
  readonly vault: Vault;
  readonly onSecret: (secret: string) => void;
  readonly onDetail: (detail: string) => void;
  readonly onState: (state: BrokerState) => void;
  /** Why no daemon answers; null when one does after all. */
  readonly onUnanswered: (why: GutsError | null) => void;
  readonly onJob: (what: 'taken' | 'ended' | 'lost', job: FleetJob, error: unknown) => void;
}

/** Of the worker's own key in its vault. */
const KEY = 'fleet-worker-key';
const KEY_SEPARATOR = ' ';
const TELL_EVERY_MS = 1_000;
/** What has just begun when everything is to stand still cannot yet. */
const PAUSE_EVERY_MS = 5_000;
/** Nothing is said of what is just being taken or ended for longer than this. */
const ENDING_MS = 60_000;

interface AtWork {
  readonly work: Work;
  readonly progress: Map<number, Progress>;
  readonly ended: Promise<void>;
}

export class Worker implements AsyncDisposable {
  readonly #options: WorkerOptions;
  readonly #keys: WorkerKeys;
  readonly #incarnation = randomBytes(9).toString('base64url');
  readonly #rates = new SharedRates();
  readonly #limits = new Limits(this.#rates);
  readonly #latency: LatencyTelling;
  readonly #reach = new ReachWatch();
  readonly #engines: EnginePool;
  readonly #atWork = new Map<MigrationId, AtWork>();
  /** Wishes that are being granted, by what they are about: they are asked again until there is an answer. */
  readonly #granting = new Map<string, Promise<WishAnswer>>();
  readonly #opened: AsyncDisposable[] = [];
  readonly #stop = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  #parts: { readonly broker: Broker; readonly truth: Truth; readonly teller: Teller } | undefined;
  /** By migration, the token of what has ended here last. */
  readonly #done = new Map<MigrationId, number>();
  readonly #told = new WeakSet<Progress>();
  #isDraining = false;
  /** What runs is to stand still. */
  #pauses = false;
  #tellEveryMs = TELL_EVERY_MS;
  #toldAtMs = -Infinity;
  /** By the clock on the wall. */
  #lastHeartbeatMs = 0;

  private constructor(options: WorkerOptions, keys: WorkerKeys) {
    this.#options = options;
    this.#keys = keys;
    this.#engines = new EnginePool(Math.max(1, options.slots), options.onDetail, this.#rates.table);
    this.#latency = new LatencyTelling({
      engines: this.#engines,
      signIn: (source) => this.#sourceOf(source),
      tell: async (told) => await this.#parts?.teller.tell({ kind: 'latencies', node: options.node, ...told }),
    });
  }

  /** @throws DataFolderHeldError, BrokerUrlError, NameTakenError …; a broker that is away is waited for, and told of by `onState` */
  static async start(options: WorkerOptions): Promise<Worker> {
    const lock = await DataLock.take(options.dataDir);
    try {
      await takeForWorker(options.dataDir, options.node);
    } catch (error) {
      await lock[Symbol.asyncDispose]();
      throw error;
    }
    const worker = new Worker(options, await keysIn(options.vault));
    worker.#opened.push(lock, worker.#engines);
    try {
      await worker.#open();
      return worker;
    } catch (error) {
      await worker[Symbol.asyncDispose]();
      throw error;
    }
  }

  get running(): readonly MigrationId[] {
    return [...this.#atWork.keys()];
  }

  /** Takes nothing more, and returns when nothing runs any more. @param pauses stops what runs where it can go on elsewhere */
  async drain(pauses: boolean): Promise<void> {
    this.#isDraining = true;
    this.#pauses = pauses;
    await this.#tell(); // else what is paused here is given to this node again
    await this.#pauseAll();
    while (this.#atWork.size > 0) await Promise.all([...this.#atWork.values()].map(async ({ ended }) => await ended));
    await this.#tell();
  }

  /** What still runs is ended where it stands, as in a crash: it goes on elsewhere by its journal. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the worker ends'));
    for (const timer of this.#timers) clearInterval(timer);
    this.#limits[Symbol.dispose]();
    this.#latency[Symbol.dispose]();
    const { node } = this.#options;
    if (this.#atWork.size === 0) await this.#parts?.teller.tell({ kind: 'left', node, at: now() });
    await this.#engines.abandon();
    for (const one of this.#opened.reverse()) await one[Symbol.asyncDispose]();
  }

  async #open(): Promise<void> {
    const { node, slots, onState, onUnanswered } = this.#options;
    const broker = new Broker({ ...this.#options, name: `guts worker ${node}` });
    this.#opened.push(broker);
    broker.onState(onState);
    const name = workerNameClaim(node, this.#incarnation, async (session) => await tellBy(session, this.#turnedAway()));
    await broker.attach(name); // before anything that others of this name have, too
    await broker.ready(name.hopeless);
    const asker = await Asker.on(broker);
    this.#opened.push(asker);
    const truth = await Truth.on(broker, asker);
    const teller = await Teller.on(broker);
    this.#parts = { broker, truth, teller };
    const answered = new Answered(broker, onUnanswered);
    const grant = async (wish: Wish): Promise<WishAnswer> => {
      answered.hear();
      return await this.#grantOnce(wish);
    };
    this.#opened.push(await grantWishes(broker, node, grant));
    await this.#tell(); // before the first job: the daemon seals to the key that this brings
    this.#opened.push(await takeJobs(broker, { node, slots, take: async (job) => await this.#take(job) }));
    this.#every(HEARTBEAT_MS, async () => await this.#tell());
    this.#every(ASK_EVERY_MS, async () => await this.#askAll());
    this.#every(ANSWERED_WITHIN_MS, async () => await answered.look());
    this.#every(MEASURE_EVERY_MS, async () => await this.#measure());
    this.#every(TELL_EVERY_MS, async () => await this.#tellProgress());
    this.#every(PAUSE_EVERY_MS, async () => await this.#pauseAll());
  }

  /** Returns when the daemon knows it: from then on the heartbeats name it. */
  async #take(job: FleetJob): Promise<void> {
    const { truth } = this.#demandParts();
    const { migration, token } = job;
    const admission = { migration, token, node: this.#options.node };
    const { answer } = await truth.ask({ kind: 'lease', ...admission }, this.#stop.signal);
    if (answer.kind !== 'taken') return; // it has become somebody else's meanwhile
    // It may have come once more, or with the next token, while what was before it came to its end.
    for (let before = this.#atWork.get(migration); before !== undefined; before = this.#atWork.get(migration)) {
      const { work, ended } = before;
      if (!work.isLost && (work.job.kind === job.kind || work.token >= token)) {
        work.adopt(token); // twice, or from a daemon that has started again
        return;
      }
      work.letGo();
      await ended;
    }
    if ((this.#done.get(migration) ?? 0) >= token) return; // it came twice
    this.#begin(job);
    await this.#tell();
  }

  #begin(job: FleetJob): void {
    const { node, dataDir, onSecret, onJob } = this.#options;
    const { truth } = this.#demandParts();
    const progress = new Map<number, Progress>();
    const { migration: id, request } = job;
    const { datastores = [], isLimited = false } = job.kind === 'run' ? job : {};
    const limited = this.#limits.forRun({ id, source: request.source, datastores, isLimited });
    const work = new Work(job, {
      node,
      dataDir,
      engines: this.#engines,
      truth,
      keys: this.#keys,
      onSecret,
      onProgress: (told) => void progress.set(told.diskIndex, told),
      buckets: limited.buckets,
    });
    onJob('taken', job, null);
    const ended = this.#toTheEnd(work).finally(() => limited[Symbol.dispose]());
    this.#atWork.set(job.migration, { work, progress, ended });
  }

  /** Never throws. */
  async #toTheEnd(work: Work): Promise<void> {
    const { migration } = work.job;
    const { onJob, onDetail } = this.#options;
    const error = await work.run();
    const isOurs = await work.tellEnd(error, this.#stop.signal).catch((cause: unknown) => {
      if (!this.#stop.signal.aborted) onDetail(String(cause));
      return false;
    });
    this.#done.set(migration, work.token);
    onJob(isOurs ? 'ended' : 'lost', work.job, error);
    if (this.#atWork.get(migration)?.work === work) this.#atWork.delete(migration);
    await this.#tell();
  }

  async #grantOnce(wish: Wish): Promise<WishAnswer> {
    const about = JSON.stringify(wish);
    const before = this.#granting.get(about);
    if (before !== undefined) return await before;
    const granting = this.#grant(wish).catch((error: unknown): WishAnswer => {
      return { kind: 'failed', error: toErrorInfo(error) };
    });
    this.#granting.set(about, granting);
    void granting.finally(() => this.#granting.delete(about));
    return await granting;
  }

  async #grant(wish: Wish): Promise<WishAnswer> {
    switch (wish.kind) {
      case 'pause':
      case 'cancel': {
        const atWork = this.#atWork.get(wish.migration);
        if (atWork?.work.token !== wish.token || !atWork.work.isReady) return { kind: 'notHere' };
        await atWork.work[wish.kind]();
        return { kind: 'done' };
      }
      case 'drain':
        this.#isDraining = wish.isDraining;
        this.#pauses = wish.isDraining && wish.pauses;
        await this.#pauseAll();
        await this.#tell();
        return { kind: 'done' };
      case 'bandwidth':
        this.#limits.set(wish);
        return { kind: 'done' };
      case 'look':
        this.#reach.look(wish.targets);
        this.#tellEveryMs = wish.progressEveryMs ?? TELL_EVERY_MS;
        void this.#measure(); // the heartbeat tells, which may take longer than an answer should
        return { kind: 'done' };
      case 'watchLatency':
        return { kind: this.#latency.watch(wish) ? 'done' : 'notHere' };
    }
  }

  /** What has come too far goes on. */
  async #pauseAll(): Promise<void> {
    if (!this.#pauses) return;
    const ready = [...this.#atWork.values()].filter(({ work }) => work.isReady);
    await Promise.all(ready.map(async ({ work }) => await work.pause().catch(() => {})));
  }

  #sourceOf(source: SourceId): Promise<SourceSignIn> | null {
    const here = [...this.#atWork.values()].find(({ work }) => !work.isLost && work.job.request.source === source);
    return here === undefined ? null : here.work.source();
  }

  async #measure(): Promise<void> {
    if (await this.#reach.measure()) await this.#tell();
  }

  /** What it runs may have become somebody else's while nobody heard anything. */
  async #askAll(): Promise<void> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ENDING_MS)]);
    await Promise.all([...this.#atWork.values()].map(async ({ work }) => await work.ask(signal)));
  }

  async #tell(): Promise<void> {
    const { node, tags, slots, joinKey } = this.#options;
    // Of two heartbeats the daemon tells the older one by this, so it never goes back, whatever becomes of the clock.
    this.#lastHeartbeatMs = Math.max(this.#lastHeartbeatMs, Date.now());
    const at = new Date(this.#lastHeartbeatMs).toISOString();
    const { publicKey } = this.#keys;
    const told: Heartbeat = {
      kind: 'heartbeat',
      node,
      incarnation: this.#incarnation,
      at,
      version,
      tags: [...tags],
      reach: [...this.#reach.measured],
      slots,
      isDraining: this.#isDraining,
      facts: await this.#facts(),
      running: [...this.#atWork.values()].map(({ work, progress }) => {
        const { token } = work;
        const { migration } = work.job;
        const bytesPerSecond = [...progress.values()].reduce((sum, one) => sum + one.bytesPerSecond, 0);
        return { migration, token, bytesPerSecond };
      }),
      publicKey,
      vouched: vouch(joinKey, node, publicKey, at),
    };
    await this.#parts?.teller.tell(told);
  }

  #turnedAway(): Told {
    const { node, joinKey } = this.#options;
    const { publicKey } = this.#keys;
    const at = now();
    const vouched = vouch(joinKey, node, publicKey, at);
    return { kind: 'turnedAway', node, host: hostname(), at, publicKey, vouched };
  }

  async #tellProgress(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#toldAtMs < this.#tellEveryMs - TELL_EVERY_MS / 2) return;
    this.#toldAtMs = nowMs;
    const { node } = this.#options;
    for (const { work, progress } of this.#atWork.values()) {
      const { token } = work;
      const { migration } = work.job;
      for (const one of progress.values()) {
        if (this.#told.has(one)) continue; // nothing has moved since
        const isTold = await this.#parts?.teller.tell({ kind: 'progress', migration, token, node, progress: one });
        if (isTold === true) this.#told.add(one);
      }
    }
  }

  async #facts(): Promise<Heartbeat['facts']> {
    return {
      id: this.#options.node,
      host: hostname(),
      isAlive: true,
      space: await spaceHere(),
      processors: availableParallelism(),
      memoryBytes: totalmem(),
      seenAt: now(),
    };
  }

  #every(ms: number, work: () => Promise<void>): void {
    const run = (): void =>
      void work().catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#options.onDetail(String(error));
      });
    this.#timers.push(setInterval(run, ms));
  }

  #demandParts(): { readonly broker: Broker; readonly truth: Truth; readonly teller: Teller } {
    if (this.#parts === undefined) throw new Error('the worker is not open');
    return this.#parts;
  }
}

/** Made at the first start, and kept in the vault. @throws what the vault throws */
async function keysIn(vault: Vault): Promise<WorkerKeys> {
  const kept = await vault.get(KEY);
  const [privateKey, publicKey] = kept?.split(KEY_SEPARATOR) ?? [];
  if (privateKey !== undefined && publicKey !== undefined) return { privateKey, publicKey };
  const keys = newWorkerKeys();
  await vault.set(KEY, [keys.privateKey, keys.publicKey].join(KEY_SEPARATOR));
  return keys;
}

const now = (): string => new Date().toISOString();
