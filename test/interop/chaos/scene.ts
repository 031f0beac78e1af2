/** A fleet on hosts at work between a vCenter and a cloud, as faults find it and as it is asked afterwards. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { ErrorInfo } from '../../../main/shared/errors.ts';
import type { MigrationId } from '../../../main/shared/migration.ts';
import { allowedActions } from '../../../main/shared/actions.ts';
import type { ScheduledMigration } from '../../../main/shared/schedule.ts';
import { isOver, type Stage } from '../../../main/shared/stages.ts';
import { MiB } from '../../support/disks.ts';
import { until } from '../../support/until.ts';
import { HostFleet } from '../hosts/fleet.ts';
import { Clocks } from './clocks.ts';
import { Estate } from './estate.ts';

export interface SceneOptions {
  readonly folder: string;
  readonly machines: number;
  /** Of those that need conversion space; see the estate. */
  readonly large: number;
  readonly lostAfterSeconds: number;
  /** In a PostgreSQL on a host of its own, or in the daemon’s files. */
  readonly state: 'database' | 'files';
}

export const WORKERS = ['w1', 'w2', 'w3'] as const;
export const SPACE_BYTES = 320 * MiB;
export const DAEMON_DISK_BYTES = 96 * MiB;
const PATIENCE_MS = 8 * 60_000;
const TOLD_WITHIN_MS = 30_000;
const COPIES_WITHIN_MS = 60_000;
/** Behind it the room for what has to wait is known. */
const BEGUN_BYTES = MiB;
/** In front of each line of a journal. */
const CHECKSUM_LETTERS = 17;

const linesOf = (text: string): string[] => text.trim().split('\n');
/** The daemon cannot ask its database right now: whoever asks is to ask again. */
const isAway = (error: unknown): boolean => (error as Partial<ErrorInfo>).code === 'state.unreachable';

export class Scene implements AsyncDisposable {
  readonly fleet: HostFleet;
  readonly estate: Estate;
  readonly clocks: Clocks;
  readonly lostAfterSeconds: number;
  #ids: readonly MigrationId[] = [];

  private constructor(fleet: HostFleet, estate: Estate, clocks: Clocks, { lostAfterSeconds }: SceneOptions) {
    this.fleet = fleet;
    this.estate = estate;
    this.clocks = clocks;
    this.lostAfterSeconds = lostAfterSeconds;
  }

  static async open(options: SceneOptions): Promise<Scene> {
    const { folder, machines, large, lostAfterSeconds, state } = options;
    const clocks = new Clocks(folder, ['desk', ...WORKERS]);
    const estate = await Estate.open(machines, large);
    const { source, cloud } = estate.ports;
    const fleet = await HostFleet.open({
      folder,
      source: [source],
      cloud: [cloud],
      space: Object.fromEntries(WORKERS.map((name) => [name, SPACE_BYTES])),
      slots: 3,
      daemonDiskBytes: DAEMON_DISK_BYTES,
      daemonFlags: ['--lost-after', `${lostAfterSeconds}`],
      isStateShared: state === 'database',
      clockOf: (host) => clocks.variablesOf(host),
    });
    const scene = new Scene(fleet, estate, clocks, options);
    await scene.#setUp();
    return scene;
  }

  /** Cold ones, each of a machine of its own. @param isWithLarge the first of them needs conversion space */
  async begin(count: number, isWithLarge = false): Promise<MigrationId[]> {
    await this.#everybodyIsThere(); // what the run before cut off may still be on its way back
    const ids: MigrationId[] = [];
    const vms = isWithLarge ? [this.estate.nextLarge(), ...this.estate.next(count - 1)] : this.estate.next(count);
    this.#ids = ids;
    for (const vm of vms) {
      const { request } = await this.fleet.daemon.client.call('migrations.create', {
        source: 'from',
        destination: 'to',
        vm,
        options: { networks: [{ from: null, to: 'lan', ip: 'auto' }], mayPullPlug: true, bootTimeoutSeconds: 0 },
        start: true,
      });
      ids.push(request.id);
    }
    return ids;
  }

  async records(ids: readonly MigrationId[]): Promise<readonly ScheduledMigration[]> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        const { client } = this.fleet.daemon;
        return await Promise.all(ids.map(async (id) => await client.call('migrations.show', { id })));
      } catch (error) {
        if (!isAway(error) || Date.now() > deadline) throw error;
      }
      await pause(500);
    }
  }

  /** What the database has of a migration, or the daemon’s own file: its entries as JSON, in their order. */
  async journal(id: MigrationId): Promise<readonly string[]> {
    const { database } = this.fleet;
    if (database === null)
      return linesOf(readFileSync(this.fleet.file('desk', `daemon/migrations/${id}.jsonl`), 'utf8')).map((line) =>
        line.slice(CHECKSUM_LETTERS),
      );
    const lines = `select text from guts_journal where migration = '${id}' order by number`;
    return linesOf(await database.say(lines, 'guts'));
  }

  /** The node that is in the middle of a large machine’s disk; null where none comes to that, because it is over or something else fails. */
  async copiesLarge(): Promise<string | null> {
    const deadline = Date.now() + COPIES_WITHIN_MS;
    while (Date.now() < deadline) {
      const records = await this.records(this.#ids.slice(0, 1)).catch(() => []); // something else may be away
      for (const { progress, placement, stage } of records) {
        if (isOver(stage)) return null;
        const isUnderWay = stage === 'copying' && progress.some(({ writtenBytes }) => writtenBytes > BEGUN_BYTES);
        if (isUnderWay && placement !== null) return placement.node;
      }
      await pause(100);
    }
    return null;
  }

  /** Until one of them is at that stage, or has passed it by. */
  async reach(ids: readonly MigrationId[], stage: Stage): Promise<void> {
    await until(
      async () => await this.records(ids),
      (some) => some.some((one) => isOver(one.stage) || one.stages.some((reached) => reached.stage === stage)),
      PATIENCE_MS,
    );
  }

  /** Until all are over; what waits after trouble, or has failed of something that may pass, is asked to go on. @returns whom it asked */
  async finish(ids: readonly MigrationId[]): Promise<ReadonlySet<MigrationId>> {
    const asked = new Set<MigrationId>();
    await until(
      async () => {
        const records = await this.records(ids);
        for (const record of records) {
          const able = allowedActions(record);
          const action = record.stage === 'failed' ? 'retry' : 'start';
          if (record.stage === 'done' || !able.includes(action)) continue;
          if (action === 'start' && record.waitsFor === null) continue; // it is about to
          asked.add(record.request.id);
          await this.fleet.daemon.client.call('migrations.action', { id: record.request.id, action }).catch(() => {});
        }
        return records.map(({ request, stage, error, waitsFor }) => ({ vm: request.vm.name, stage, error, waitsFor }));
      },
      (some) => some.every(({ stage }) => isOver(stage) && stage !== 'failed'),
      PATIENCE_MS,
    );
    return asked;
  }

  /** Which of these the daemon’s log does not tell, from that place on. */
  async untold(signs: readonly RegExp[], from: number): Promise<string[]> {
    const missing = (): string[] => signs.filter((sign) => !sign.test(this.fleet.log.slice(from))).map(String);
    await until(
      async () => await Promise.resolve(missing()),
      (some) => some.length === 0,
      TOLD_WITHIN_MS,
    ).catch(() => {});
    return missing();
  }

  async #everybodyIsThere(): Promise<void> {
    await until(
      async () => (await this.fleet.daemon.client.call('nodes.list', {})).nodes,
      (nodes) => WORKERS.every((name) => nodes.find(({ id }) => id === name)?.isAlive === true),
      PATIENCE_MS,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]();
    await this.estate[Symbol.asyncDispose]();
  }

  async #setUp(): Promise<void> {
    const { client } = this.fleet.daemon;
    const { url, user, password, fingerprint } = this.estate.vcenter;
    const trust = { kind: 'pinned', sha256: fingerprint } as const;
    await client.call('sources.create', { name: 'from', url, userName: user, trust, secret: password });
    await client.call('sources.refresh', { source: 'from' });
    const { authUrl, applicationCredential, fingerprint: sha256 } = this.estate.cloud;
    await client.call('destinations.create', {
      name: 'to',
      authUrl,
      auth: { method: 'applicationCredential', id: applicationCredential.id },
      trust: { kind: 'pinned', sha256 },
      secret: applicationCredential.secret,
    });
    const slots = { global: 9, perSource: 9, perHost: 9, perDatastore: 9, perDestination: 9 };
    await client.call('settings.change', { slots, preflights: 4 });
  }
}
