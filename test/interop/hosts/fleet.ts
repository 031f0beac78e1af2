/** A fleet on hosts of its own: the daemon, the broker and three workers, with a source and a cloud of this machine’s loopback among them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { once } from 'node:events';
import * as net from 'node:net';
import { Daemon, type Elsewhere } from '../../support/daemon.ts';
import { endChild } from '../../support/end-child.ts';
import { systemNode } from '../../support/guts.ts';
import { WorkerProcess } from '../../support/worker.ts';
import { freePorts } from '../free-ports.ts';
import { rabbitmqPeer, type RabbitmqPeer } from '../rabbitmq-peer.ts';
import { PASSWORD, postgresqlOn, type StatePeer } from '../state-peers.ts';
import type { Host } from './host.ts';
import { joined } from './joined.ts';
import { Network } from './network.ts';
import { forward } from './published.ts';
import { run } from './run.ts';

export interface FleetOptions {
  /** Its name must be short: sockets are in it. */
  readonly folder: string;
  /** Ports of this machine’s loopback. */
  readonly source: readonly number[];
  readonly cloud: readonly number[];
  /** Each worker’s conversion space in bytes. */
  readonly space: Readonly<Record<string, number>>;
  readonly slots: number;
  /** Of the daemon’s data folder, where that is to be a small disk. */
  readonly daemonDiskBytes?: number;
  readonly daemonFlags?: readonly string[];
  /** The daemon’s state is in a PostgreSQL on a host of its own, `db`. */
  readonly isStateShared?: boolean;
  /** Library and settings by which a process takes its time from a file; none without it. */
  readonly clockOf?: (host: string) => Readonly<Record<string, string>>;
}

const cli = path.resolve(import.meta.dirname, '../../../out/cli.cjs');
const API_PORT = 7000;
const DATABASE_DISK_BYTES = 256 * 1024 ** 2;

export class HostFleet implements AsyncDisposable {
  readonly network: Network;
  readonly rabbit: RabbitmqPeer;
  /** Null where the state is in files. */
  readonly database: StatePeer | null;
  readonly #options: FleetOptions;
  readonly #workers = new Map<string, WorkerProcess>();
  readonly #ends: (() => Promise<unknown>)[] = [];
  #daemon: Daemon | undefined;
  #stateWords: readonly string[] = [];
  #before = '';
  #url = '';

  private constructor(options: FleetOptions, network: Network, rabbit: RabbitmqPeer, database: StatePeer | null) {
    this.#options = options;
    this.network = network;
    this.rabbit = rabbit;
    this.database = database;
  }

  static async open(options: FleetOptions): Promise<HostFleet> {
    const { folder, source, cloud, space, daemonDiskBytes, isStateShared = false } = options;
    const at = (name: string): string => path.join(folder, name);
    for (const name of ['daemon', ...Object.keys(space)]) mkdirSync(at(name));
    writeFileSync(at('passphrase'), 'a passphrase for tests\n', { mode: 0o600 });
    const databaseFolder = isStateShared ? mkdtempSync(path.join(tmpdir(), 'guts-db-')) : '';
    const network = await Network.open(folder, [
      { name: 'desk', disks: daemonDiskBytes === undefined ? {} : { [at('daemon')]: daemonDiskBytes } },
      { name: 'mq' },
      ...(isStateShared ? [{ name: 'db', disks: { [databaseFolder]: DATABASE_DISK_BYTES } }] : []),
      ...Object.entries(space).map(([name, bytes]) => ({ name, disks: { [at(`${name}-space`)]: bytes } })),
      { name: 'source', publishes: source },
      { name: 'cloud', publishes: cloud },
    ]);
    try {
      const database = isStateShared ? await databaseOn(network.host('db'), databaseFolder) : null;
      const fleet = new HostFleet(options, network, await rabbitmqPeer(network.host('mq')), database);
      writeFileSync(at('ca.pem'), fleet.rabbit.ca);
      await fleet.#openApi();
      await fleet.#makeDatabase();
      await fleet.startDaemon();
      await fleet.#makeJoinKey();
      await Promise.all(fleet.names.map(async (name) => await fleet.startWorker(name)));
      return fleet;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Of the workers. */
  get names(): readonly string[] {
    return Object.keys(this.#options.space);
  }

  get daemon(): Daemon {
    if (this.#daemon === undefined) throw new Error('there is no daemon');
    return this.#daemon;
  }

  /** Everything that the daemon has printed, all of its processes one after the other. */
  get log(): string {
    return this.#before + this.daemon.log;
  }

  worker(name: string): WorkerProcess {
    const worker = this.#workers.get(name);
    if (worker === undefined) throw new Error(`there is no worker ${name}`);
    return worker;
  }

  /** A file in a host’s part of the folder, as this machine sees it. */
  file(host: string, name: string): string {
    return this.network.host(host).file(path.join(this.#options.folder, name));
  }

  /** Queues of the broker that have something in them, as it counted last. */
  async held(): Promise<readonly string[]> {
    const told = await this.rabbit.ctl('list_queues', '-p', 'guts', '--no-table-headers', 'name', 'messages');
    return told.split('\n').filter((line) => /\s[1-9]\d*$/.test(line));
  }

  async startDaemon(): Promise<void> {
    const { folder, daemonFlags = [] } = this.#options;
    const on = {
      ...this.#placeOf('desk'),
      url: this.#url,
      file: (file: string) => this.network.host('desk').file(file),
    };
    this.#before += this.#daemon?.log ?? '';
    this.#daemon = await Daemon.start({
      dataDir: path.join(folder, 'daemon'),
      passphraseFile: path.join(folder, 'passphrase'),
      flags: [...this.#ownWords(), ...this.#brokerWords(), ...this.#stateWords, ...daemonFlags],
      on,
    });
  }

  async startWorker(name: string): Promise<void> {
    const { folder, slots } = this.#options;
    const worker = await WorkerProcess.start({
      name,
      dataDir: path.join(folder, name),
      passphraseFile: path.join(folder, 'passphrase'),
      broker: this.rabbit.amqps,
      brokerPasswordFile: this.rabbit.passwordFile,
      joinKeyFile: path.join(folder, 'join.key'),
      flags: ['--slots', `${slots}`, '--ca-file', path.join(folder, 'ca.pem')],
      temporary: path.join(folder, `${name}-space`),
      on: this.#placeOf(name),
    });
    this.#workers.set(name, worker);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      for (const worker of this.#workers.values()) await worker[Symbol.asyncDispose]();
      await this.#daemon?.kill();
      for (const end of this.#ends) await end();
      await this.rabbit[Symbol.asyncDispose]();
      await this.database?.[Symbol.asyncDispose]();
    } finally {
      await this.network[Symbol.asyncDispose]();
      if (this.database !== null) rmSync(this.database.folder, { recursive: true, force: true });
    }
  }

  #placeOf(host: string): Pick<Elsewhere, 'words' | 'env'> {
    return { words: this.network.host(host).tiedWords, env: this.#options.clockOf?.(host) ?? {} };
  }

  #ownWords(): readonly string[] {
    return ['--port', `${API_PORT}`, '--node', 'desk', '--only-workers'];
  }

  async #makeDatabase(): Promise<void> {
    if (this.database === null) return;
    const { url } = await this.database.database('guts');
    const passwordFile = this.#at('state.password');
    writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
    const { sha256 } = this.database.certificate;
    this.#stateWords = ['--state', url, '--state-password-file', passwordFile, '--state-fingerprint', sha256];
  }

  #brokerWords(): readonly string[] {
    const { amqps, passwordFile } = this.rabbit;
    return ['--broker', amqps, '--broker-password-file', passwordFile, '--ca-file', this.#at('ca.pem')];
  }

  #at(name: string): string {
    return path.join(this.#options.folder, name);
  }

  /** From a port of this machine’s loopback to the daemon, however often that is started anew. */
  async #openApi(): Promise<void> {
    const socketPath = this.#at('api.sock');
    const child = await forward(this.network.host('desk'), [
      { listen: { path: socketPath }, connect: { host: '127.0.0.1', port: API_PORT } },
    ]);
    const server = net.createServer((client) => {
      const onward = net.connect({ path: socketPath });
      for (const socket of [client, onward]) socket.on('error', () => {});
      joined(client, onward);
    });
    const [port = 0] = await freePorts();
    await once(server.listen(port, '127.0.0.1'), 'listening');
    this.#url = `http://127.0.0.1:${port}`;
    this.#ends.push(
      async () => await endChild(child, 'SIGKILL'),
      async () => await once(server.close(), 'close'),
    );
  }

  async #makeJoinKey(): Promise<void> {
    const env = [
      `GUTS_DATA_DIR=${this.#at('daemon')}`,
      'GUTS_VAULT=file',
      `GUTS_VAULT_PASSPHRASE_FILE=${this.#at('passphrase')}`,
    ];
    const { words } = this.network.host('desk');
    await run(...words, 'env', ...env, systemNode, cli, 'node', 'key', '-o', this.#at('join.key'));
  }
}

async function databaseOn(host: Host, folder: string): Promise<StatePeer> {
  const { tiedWords: words, address } = host;
  return await postgresqlOn({ words, address, folder, file: (inside) => host.file(inside) });
}
