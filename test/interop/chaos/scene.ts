/** A fleet on hosts at work between a vCenter and a cloud, as faults find it and as it is asked afterwards. */
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
  readonly lostAfterSeconds: number;
  /** More words for the daemon, such as those that say where its state is. */
  readonly daemonFlags: readonly string[];
}

export const WORKERS = ['w1', 'w2', 'w3'] as const;
export const SPACE_BYTES = 320 * MiB;
export const DAEMON_DISK_BYTES = 96 * MiB;
const PATIENCE_MS = 8 * 60_000;
const TOLD_WITHIN_MS = 30_000;

export class Scene implements AsyncDisposable {
  readonly fleet: HostFleet;
  readonly estate: Estate;
  readonly clocks: Clocks;
  readonly lostAfterSeconds: number;

  private constructor(fleet: HostFleet, estate: Estate, clocks: Clocks, { lostAfterSeconds }: SceneOptions) {
    this.fleet = fleet;
    this.estate = estate;
    this.clocks = clocks;
    this.lostAfterSeconds = lostAfterSeconds;
  }

  static async open(options: SceneOptions): Promise<Scene> {
    const { folder, machines, lostAfterSeconds, daemonFlags } = options;
    const clocks = new Clocks(folder, ['desk', ...WORKERS]);
    const estate = await Estate.open(machines);
    const { source, cloud } = estate.ports;
    const fleet = await HostFleet.open({
      folder,
      source: [source],
      cloud: [cloud],
      space: Object.fromEntries(WORKERS.map((name) => [name, SPACE_BYTES])),
      slots: 3,
      daemonDiskBytes: DAEMON_DISK_BYTES,
      daemonFlags: ['--lost-after', `${lostAfterSeconds}`, ...daemonFlags],
      clockOf: (host) => clocks.variablesOf(host),
    });
    const scene = new Scene(fleet, estate, clocks, options);
    await scene.#setUp();
    return scene;
  }

  /** Cold ones, each of a machine of its own. */
  async begin(count: number): Promise<MigrationId[]> {
    const ids: MigrationId[] = [];
    for (const vm of this.estate.next(count)) {
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
    const { client } = this.fleet.daemon;
    return await Promise.all(ids.map(async (id) => await client.call('migrations.show', { id })));
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
