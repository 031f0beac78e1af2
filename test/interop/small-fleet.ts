/** What stories about a fleet begin with: a small vCenter, a small cloud and a real RabbitMQ, and daemons and workers on them. */
import { writeFileSync } from 'node:fs';
import type { MigrationOptions } from '../../main/shared/migration.ts';
import type { ScheduledMigration } from '../../main/shared/schedule.ts';
import { addCloud, addSource } from '../e2e/two-sides.ts';
import { seededContent } from '../lab/content.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { Daemon } from '../support/daemon.ts';
import { MiB, scratch } from '../support/disks.ts';
import { guts } from '../support/guts.ts';
import { WorkerProcess } from '../support/worker.ts';
import { rabbitmqPeer, type RabbitmqPeer } from './rabbitmq-peer.ts';

export interface WorkerWish {
  /** Of its data folder; its name without it. */
  readonly on?: string;
  readonly joinKeyFile?: string;
  readonly flags?: readonly string[];
}

export class SmallFleet implements AsyncDisposable {
  readonly vcenter: Vcenter;
  readonly cloud: OpenstackLab;
  readonly rabbit: RabbitmqPeer;
  readonly #folder: ReturnType<typeof scratch>;
  readonly #workers: WorkerProcess[] = [];
  readonly #daemons: Daemon[] = [];
  #moved = 0;

  private constructor(vcenter: Vcenter, cloud: OpenstackLab, rabbit: RabbitmqPeer, folder: ReturnType<typeof scratch>) {
    this.vcenter = vcenter;
    this.cloud = cloud;
    this.rabbit = rabbit;
    this.#folder = folder;
  }

  /** @param disksMiB of the machines, which are off and called `vm-0`, `vm-1` … */
  static async open(disksMiB: readonly number[]): Promise<SmallFleet> {
    const folder = scratch();
    const machines = disksMiB.map((size, i) => {
      const content = seededContent(`disk of vm-${i}`, size * MiB, 7 + i);
      const disk = { sizeBytes: content.sizeBytes, isThin: true, content };
      return { name: `vm-${i}`, power: 'off' as const, disks: [disk], nics: [{ network: 'VM Network' }] };
    });
    const vcenter = await startVcenter({ machines, withOthers: false });
    const cloud = await startOpenstack({ buildMs: 20 });
    const fleet = new SmallFleet(vcenter, cloud, await rabbitmqPeer(), folder);
    writeFileSync(fleet.#passphraseFile, 'a passphrase for tests\n', { mode: 0o600 });
    process.env['GUTS_VAULT_PASSPHRASE_FILE'] = fleet.#passphraseFile; // of commands in a daemon's folder
    process.env['GUTS_VAULT'] = 'file';
    return fleet;
  }

  file(name: string): string {
    return this.#folder.file(name);
  }

  /** One that runs nothing itself; its data folder is called as it is. */
  async startDaemon(node = 'desk', ...flags: readonly string[]): Promise<Daemon> {
    const { amqp, passwordFile } = this.rabbit;
    const broker = ['--broker', amqp, '--broker-password-file', passwordFile];
    const daemon = await Daemon.start({
      dataDir: this.file(node),
      passphraseFile: this.#passphraseFile,
      flags: ['--node', node, '--only-workers', ...broker, ...flags],
    });
    this.#daemons.push(daemon);
    return daemon;
  }

  /** Its join key, and connections to both sides. */
  async setUp({ client }: Daemon, node = 'desk'): Promise<void> {
    const key = await guts(this.file(node), 'node', 'key', '-o', this.#joinKeyFile);
    if (key.code !== 0) throw new Error(key.stderr);
    await addSource(client, this.vcenter, 'from');
    await addCloud(client, this.cloud, 'to');
    await client.call('sources.refresh', { source: 'from' });
  }

  async startWorker(name: string, wish: WorkerWish = {}): Promise<WorkerProcess> {
    const { on = name, joinKeyFile = this.#joinKeyFile, flags = [] } = wish;
    const worker = await WorkerProcess.start({
      name,
      dataDir: this.file(`worker-${on}`),
      passphraseFile: this.#passphraseFile,
      broker: this.rabbit.amqp,
      brokerPasswordFile: this.rabbit.passwordFile,
      joinKeyFile,
      flags,
    });
    this.#workers.push(worker);
    return worker;
  }

  /** Of the next machine that nobody has moved yet. */
  async begin({ client }: Daemon, options: Partial<MigrationOptions> = {}): Promise<ScheduledMigration> {
    return await client.call('migrations.create', {
      source: 'from',
      destination: 'to',
      vm: `vm-${this.#moved++}`,
      options: {
        networks: [{ from: null, to: 'lan', ip: 'auto' }],
        mayPullPlug: true,
        bootTimeoutSeconds: 0,
        ...options,
      },
      start: true,
    });
  }

  /** Also what a story has ended already. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of [...this.#workers, ...this.#daemons]) await one[Symbol.asyncDispose]();
    await this.rabbit[Symbol.asyncDispose]();
    await Promise.all([this.vcenter[Symbol.asyncDispose](), this.cloud[Symbol.asyncDispose]()]);
    this.#folder[Symbol.dispose]();
  }

  get #passphraseFile(): string {
    return this.file('passphrase');
  }

  get #joinKeyFile(): string {
    return this.file('join.key');
  }
}
