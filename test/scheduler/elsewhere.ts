/** A worker on another machine, as the daemon’s scheduler meets it: what it says and asks is said and asked by the story. */
import { Keeper, type KeeperParts } from '../../main/fleet/daemon/keeper.ts';
import { RemoteNode } from '../../main/fleet/daemon/remote-node.ts';
import { NodeAwayError } from '../../main/fleet/wishes.ts';
import type { FleetJob, TruthAnswer, Wish, WishAnswer } from '../../main/shared/fleet.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import { NodeId } from '../../main/shared/schedule.ts';
import { noSiteRules, type SiteRules } from '../../main/shared/site-rules.ts';
import { heartbeatOf } from '../fleet/heartbeat.ts';
import { use } from './samples.ts';
import type { SimWorld } from './sim-world.ts';

const LOST_AFTER_MS = 45_000;

export class Elsewhere {
  readonly id: NodeId;
  readonly node: RemoteNode;
  readonly jobs: FleetJob[] = [];
  readonly wishes: Wish[] = [];
  /** What it says to what is wished of it; null where it is not connected. */
  answer: WishAnswer | null = { kind: 'done' };
  site: Promise<SiteRules> = Promise.resolve(noSiteRules);
  /** A broker carries what is for it. */
  isReached = true;
  readonly #world: SimWorld;

  constructor(id: string, world: SimWorld) {
    this.id = NodeId.parse(id);
    this.#world = world;
    this.node = new RemoteNode(this.id, {
      say: () => {},
      send: async (job) => {
        if (!this.isReached) await new Promise(() => {});
        this.jobs.push(job);
      },
      wish: async (wish, signal) => {
        this.wishes.push(wish);
        if (!this.isReached)
          await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
        if (this.answer === null) throw new NodeAwayError(this.id);
        return await Promise.resolve(this.answer);
      },
      measure: async () => await Promise.resolve(use()),
      site: async () => await this.site,
      nowMs: () => world.clock.now(),
      lostAfterMs: LOST_AFTER_MS,
    });
  }

  /** @param running with the tokens under which it has them */
  says(running: readonly (readonly [MigrationId, number])[]): void {
    const at = new Date(this.#world.clock.now()).toISOString();
    const named = running.map(([migration, token]) => ({ migration, token, bytesPerSecond: 0 }));
    this.node.hear(heartbeatOf(this.id, { at, running: named }));
    this.#world.scheduler.look();
  }

  /** Whether the migration is still its own. */
  async asks(migration: MigrationId, token: number): Promise<TruthAnswer['kind']> {
    const world = this.#world;
    const keeper = new Keeper({
      index: world,
      holdOf: (id: MigrationId) => world.scheduler.holdOf(id),
      node: () => this.node,
      leaseMs: 30_000,
    } as unknown as KeeperParts); // a lease needs no more of them
    return (await keeper.answer({ kind: 'lease', migration, token, node: this.id })).kind;
  }

  /** Its last job is over; by then the record stands where the job has brought it. */
  ends(): void {
    const job = this.jobs.at(-1);
    if (job !== undefined) this.node.hearEnd(job.migration, job.token, null);
  }

  /** Takes one to where its disks are copied. @returns its token */
  async copies(id: MigrationId): Promise<number> {
    const world = this.#world;
    await world.until(() => this.jobs.at(-1)?.kind === 'preflight');
    for (const stage of ['preflight', 'queued'] as const) world.reach(id, stage);
    this.ends();
    await world.until(() => this.jobs.at(-1)?.kind === 'run');
    for (const stage of ['preparing', 'copying'] as const) world.reach(id, stage);
    const token = this.jobs.at(-1)?.token ?? 0;
    this.says([[id, token]]);
    await world.settle();
    return token;
  }

  /** Nothing is heard of it until it counts as lost. */
  async isLost(): Promise<void> {
    await this.#world.pass(LOST_AFTER_MS + 1000);
    this.node.look();
    await this.#world.settle();
  }
}
