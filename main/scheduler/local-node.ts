/** This machine as a node: migrations run in the engines of this process, with the secrets of its vault. */
import { availableParallelism, hostname, totalmem } from 'node:os';
import { defaultLanes } from '../engine-thread.ts';
import { cancelJobOf } from '../operations/cancel-job.ts';
import type { Parts } from '../operations/handlers.ts';
import type { DatastoreLatency } from '../shared/latency.ts';
import type { MigrateJob, SourceLatencyJob } from '../shared/move-jobs.ts';
import type { MigrationRequest } from '../shared/migration.ts';
import { NodeId, type SlotUse } from '../shared/schedule.ts';
import { siteRulesIn } from '../site-rules.ts';
import type { LatencyWish, MigrationNode, RunListener, RunOptions } from './node.ts';
import { measured } from './measured.ts';
import { spaceHere } from './space-here.ts';

/** A job that is told to stop undoes what it made: a scheduler that stops pauses instead, or leaves it. */
const never = new AbortController().signal;

export class LocalNode implements MigrationNode {
  readonly id: NodeId;
  readonly #isDrained: boolean;
  readonly #parts: Pick<Parts, 'engines' | 'signIns' | 'dataDir' | 'state' | 'journals'>;

  /**
   * @param name among nodes
   * @param isDrained it is given nothing to run: workers do
   */
  constructor(
    parts: Pick<Parts, 'engines' | 'signIns' | 'dataDir' | 'state' | 'journals'>,
    name: NodeId = nodeIdOf(hostname()),
    isDrained = false,
  ) {
    this.#parts = parts;
    this.id = name;
    this.#isDrained = isDrained;
  }

  async facts(): ReturnType<MigrationNode['facts']> {
    return {
      id: this.id,
      host: hostname(),
      isAlive: true,
      space: await spaceHere(),
      processors: availableParallelism(),
      memoryBytes: totalmem(),
      seenAt: new Date().toISOString(),
      isDraining: this.#isDrained,
    };
  }

  async preflight(request: MigrationRequest, listener: RunListener): Promise<void> {
    await this.#migrate(request, { until: 'queued' }, listener);
  }

  async measure(request: MigrationRequest): Promise<SlotUse> {
    return await measured(this.#parts, request);
  }

  async run(request: MigrationRequest, { buckets }: RunOptions, listener: RunListener): Promise<void> {
    await this.#migrate(request, { until: 'end', onTrouble: 'wait', limits: [...buckets] }, listener);
  }

  async pause({ id }: MigrationRequest): Promise<void> {
    const { engines, journals, dataDir } = this.#parts;
    await using journal = await journals.take(id);
    await engines.run({ kind: 'pauseMigration', id, dataDir, ...journal.job }, never, journal.listener);
  }

  async cancel({ id }: MigrationRequest): Promise<void> {
    const { engines, journals, dataDir } = this.#parts;
    await using journal = await journals.take(id);
    const { record } = await engines.run({ kind: 'journey', id, dataDir }, never);
    await engines.run({ ...(await cancelJobOf(this.#parts, record)), ...journal.job }, never, journal.listener);
  }

  async watchLatency(
    { source, places, everyMs }: LatencyWish,
    onLatency: (latencies: readonly DatastoreLatency[]) => void,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { engines, signIns } = this.#parts;
    const signIn = await signIns.source(source);
    const job: SourceLatencyJob = { kind: 'source.latency', ...signIn, places: [...places], everyMs };
    const { obstacle } = await engines.run(job, signal, { onLatency });
    return obstacle;
  }

  async #migrate(request: MigrationRequest, how: Partial<MigrateJob>, listener: RunListener): Promise<void> {
    const { engines, journals, dataDir } = this.#parts;
    const sides = await this.#signIns(request);
    const site = await siteRulesIn(this.#parts);
    await using journal = await journals.take(request.id);
    const own = { dataDir, lanes: defaultLanes(), ...journal.job };
    const job = { kind: 'migrate', request, ...sides, ...own, site, ...how } as const;
    await engines.run(job, never, { ...listener, ...journal.listener });
  }

  async #signIns({ source, destination }: MigrationRequest): Promise<Pick<MigrateJob, 'source' | 'destination'>> {
    const { signIns } = this.#parts;
    return { source: await signIns.source(source), destination: await signIns.destination(destination) };
  }
}

export function nodeIdOf(host: string): NodeId {
  const letters = host.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return NodeId.parse(letters === '' ? 'this' : letters.slice(0, 63));
}
