/** This machine as a node: migrations run in the engines of this process, with the secrets of its vault. */
import { statfs } from 'node:fs/promises';
import { availableParallelism, hostname, tmpdir, totalmem } from 'node:os';
import { defaultLanes } from '../engine-thread.ts';
import { cancelJobOf } from '../operations/cancel-job.ts';
import type { Parts } from '../operations/handlers.ts';
import type { DatastoreLatency } from '../shared/latency.ts';
import type { MigrateJob, SourceLatencyJob } from '../shared/move-jobs.ts';
import type { MigrationRequest } from '../shared/migration.ts';
import { NodeId, type SlotUse } from '../shared/schedule.ts';
import type { LatencyWish, MigrationNode, RunListener, RunOptions } from './node.ts';
import { routesOf, spaceFor } from './space.ts';

/** A job that is told to stop undoes what it made: a scheduler that stops pauses instead, or leaves it. */
const never = new AbortController().signal;

export class LocalNode implements MigrationNode {
  readonly id: NodeId;
  readonly #parts: Pick<Parts, 'engines' | 'signIns' | 'dataDir'>;

  /** @param name among nodes */
  constructor(parts: Pick<Parts, 'engines' | 'signIns' | 'dataDir'>, name: NodeId = nodeIdOf(hostname())) {
    this.#parts = parts;
    this.id = name;
  }

  /** Conversion space is where the engine holds back what cannot be sent yet: the folder for temporary files. */
  async facts(): ReturnType<MigrationNode['facts']> {
    const folder = tmpdir();
    const { bsize, blocks, bavail } = await statfs(folder);
    return {
      id: this.id,
      host: hostname(),
      isAlive: true,
      space: { folder, totalBytes: blocks * bsize, freeBytes: bavail * bsize, reservedBytes: 0 },
      processors: availableParallelism(),
      memoryBytes: totalmem(),
      seenAt: new Date().toISOString(),
    };
  }

  async preflight(request: MigrationRequest, listener: RunListener): Promise<void> {
    await this.#migrate(request, { until: 'queued' }, listener);
  }

  async measure({ id, source, destination }: MigrationRequest): Promise<SlotUse> {
    const { engines, dataDir } = this.#parts;
    const { record, vm } = await engines.run({ kind: 'journey', id, dataDir }, never);
    const { plan } = record;
    const keys = new Set(plan?.disks.map(({ key }) => key));
    const disks = vm?.disks.filter(({ key }) => keys.has(key)) ?? [];
    return {
      source,
      destination,
      host: vm?.host ?? null,
      datastores: [...new Set(disks.flatMap(({ datastore }) => datastore ?? []))],
      disks: keys.size,
      spaceBytes: spaceFor(plan === null ? [] : routesOf(plan, vm)),
    };
  }

  async run(request: MigrationRequest, { buckets }: RunOptions, listener: RunListener): Promise<void> {
    await this.#migrate(request, { until: 'end', onTrouble: 'wait', limits: [...buckets] }, listener);
  }

  async pause({ id }: MigrationRequest): Promise<void> {
    const { engines, dataDir } = this.#parts;
    await engines.run({ kind: 'pauseMigration', id, dataDir }, never);
  }

  async cancel({ id }: MigrationRequest): Promise<void> {
    const { engines, dataDir } = this.#parts;
    const { record } = await engines.run({ kind: 'journey', id, dataDir }, never);
    await engines.run(await cancelJobOf(this.#parts, record), never);
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
    const { engines, dataDir } = this.#parts;
    const sides = await this.#signIns(request);
    const job = { kind: 'migrate', request, ...sides, dataDir, lanes: defaultLanes(), ...how } as const;
    await engines.run(job, never, listener);
  }

  async #signIns({ source, destination }: MigrationRequest): Promise<Pick<MigrateJob, 'source' | 'destination'>> {
    const { signIns } = this.#parts;
    return { source: await signIns.source(source), destination: await signIns.destination(destination) };
  }
}

function nodeIdOf(host: string): NodeId {
  const letters = host.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return NodeId.parse(letters === '' ? 'this' : letters.slice(0, 63));
}
