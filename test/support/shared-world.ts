/** Daemons that share a state, between a small vCenter and a small cloud: migrations through any of them, and how it all stands. */
import { writeFileSync } from 'node:fs';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { ScheduledMigration } from '../../main/shared/schedule.ts';
import { isOver } from '../../main/shared/stages.ts';
import { seededContent } from '../lab/content.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { Daemon } from './daemon.ts';
import { MiB, scratch } from './disks.ts';
import { until } from './until.ts';

/** As long as a dead daemon's lease keeps its machine busy. */
const LEASE_TIMEOUT_MS = 1500;

export class SharedWorld implements AsyncDisposable {
  readonly vcenter: Vcenter;
  readonly cloud: OpenstackLab;
  readonly #folder: ReturnType<typeof scratch>;
  readonly #daemons = new Map<string, Daemon>();

  private constructor(vcenter: Vcenter, cloud: OpenstackLab, folder: ReturnType<typeof scratch>) {
    this.vcenter = vcenter;
    this.cloud = cloud;
    this.#folder = folder;
  }

  /**
   * @param machines how many there are, called `vm-0`, `vm-1` …
   * @param leaseTimeoutMs short where a server is killed and starts again at once, long where nothing waits for that
   */
  static async make(machines: number, diskMiB = 2, leaseTimeoutMs = LEASE_TIMEOUT_MS): Promise<SharedWorld> {
    const folder = scratch();
    writeFileSync(folder.file('passphrase'), 'a passphrase for tests\n', { mode: 0o600 });
    const vcenter = await startVcenter({
      machines: Array.from({ length: machines }, (_, i) => ({
        name: `vm-${i}`,
        power: 'off',
        disks: [{ sizeBytes: diskMiB * MiB, isThin: true, content: seededContent(`disk ${i}`, diskMiB * MiB, i + 1) }],
        nics: [{ network: 'VM Network' }],
      })),
      withOthers: false,
      leaseTimeoutMs,
    });
    const quotas = { instances: -1, cores: -1, ramMiB: -1, ports: -1, floatingIps: -1, volumes: -1, volumeGiB: -1 };
    return new SharedWorld(vcenter, await startOpenstack({ quotas, buildMs: 20 }), folder);
  }

  file(name: string): string {
    return this.#folder.file(name);
  }

  get passphraseFile(): string {
    return this.#folder.file('passphrase');
  }

  /** A server with a data folder of its own, the same whenever it starts. */
  async serve(name: string, flags: readonly string[], node?: string): Promise<Daemon> {
    const daemon = await Daemon.start({
      dataDir: this.#folder.file(name),
      passphraseFile: this.passphraseFile,
      flags: ['--node', name, ...flags],
      ...(node === undefined ? {} : { node }),
    });
    this.#daemons.set(name, daemon);
    return daemon;
  }

  /** Sources and clouds, with their secrets in that server's vault. */
  async setUp({ client }: Daemon): Promise<void> {
    const { url, user, password, fingerprint } = this.vcenter;
    const trust = { kind: 'pinned', sha256: fingerprint } as const;
    await client.call('sources.create', { name: 'from', url, userName: user, trust, secret: password });
    await client.call('sources.refresh', { source: 'from' });
    const { authUrl, applicationCredential } = this.cloud;
    await client.call('destinations.create', {
      name: 'to',
      authUrl,
      auth: { method: 'applicationCredential', id: applicationCredential.id },
      trust: { kind: 'pinned', sha256: this.cloud.fingerprint },
      secret: applicationCredential.secret,
    });
  }

  /** The secrets alone, on another server. */
  async giveSecrets({ client }: Daemon): Promise<void> {
    await client.call('sources.secret', { source: 'from', secret: this.vcenter.password, keep: true });
    const { secret } = this.cloud.applicationCredential;
    await client.call('destinations.secret', { destination: 'to', secret, keep: true });
  }

  async create({ client }: Daemon, vm: string, start = true): Promise<MigrationId> {
    const options = { networks: [{ from: null, to: 'lan', ip: 'auto' as const }], keepMac: false, mayPullPlug: true, bootTimeoutSeconds: 0 }; // prettier-ignore
    const made = await client.call('migrations.create', { source: 'from', destination: 'to', vm, options, start });
    return made.request.id;
  }

  async all({ client }: Daemon): Promise<ScheduledMigration[]> {
    return (await client.call('migrations.list', { limit: 1000 })).migrations;
  }

  /**
   * Returns when nothing is under way any more.
   *
   * @throws Error when something still is after minutes, with what, and with what the daemon has printed
   */
  async whenOver(daemon: Daemon): Promise<ScheduledMigration[]> {
    let all: ScheduledMigration[] = [];
    const open = async (): Promise<ScheduledMigration[]> => {
      all = await this.all(daemon).catch(() => []); // it is away for a moment
      return all.filter(({ stage }) => !isOver(stage));
    };
    await until(open, (left) => all.length > 0 && left.length === 0).catch((error: unknown) => {
      throw new Error(`Not over on ${daemon.url}, which has printed:\n${daemon.log}`, { cause: error });
    });
    return all;
  }

  /** What speaks against each of them having its server in the cloud, and nothing else being left on either side; empty where nothing does. */
  async complaints(daemon: Daemon, ids: readonly MigrationId[]): Promise<string[]> {
    const all = await this.all(daemon);
    const says = ids.flatMap((id) => {
      const found = all.find(({ request }) => request.id === id);
      if (found?.stage === 'done' && found.ledger.length === 0) return [];
      return [
        `${id} is ${found?.stage ?? 'gone'}: ${found?.error?.message ?? `${found?.ledger.length ?? 0} in its ledger`}`,
      ];
    });
    const done = all.filter(({ stage }) => stage === 'done').flatMap(({ outcome }) => outcome?.serverId ?? []);
    const servers = this.cloud.state().servers.map(({ id }) => id);
    if (servers.toSorted().join(' ') !== done.toSorted().join(' '))
      says.push(`the cloud has the servers ${servers.join(', ')}; ${done.join(', ')} were made`);
    const { leftovers } = await daemon.client.call('tidy.run', {});
    return [...says, ...leftovers.map((one) => `left over: ${JSON.stringify(one)}`)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of this.#daemons.values()) await daemon.kill().catch(() => {}); // ended already
    await Promise.all([this.vcenter[Symbol.asyncDispose](), this.cloud[Symbol.asyncDispose]()]);
    this.#folder[Symbol.dispose]();
  }
}
