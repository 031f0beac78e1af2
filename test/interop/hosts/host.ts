/** A computer for a story: a network, mounts and a name of its own, made of Linux namespaces, which are gone with the process that holds them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { endChild } from '../../support/end-child.ts';
import { run } from './run.ts';

export interface HostOptions {
  readonly name: string;
  /** Its address; the router’s is the first one of the same net. */
  readonly address: string;
  /** Folders that are disks of their own, by the bytes that they hold. */
  readonly disks?: Readonly<Record<string, number>>;
}

/** Turns what is read from a socket of this name to be local into what it is: needs every way to be open for it. */
const LOOSE = ['all', 'default', 'lo', 'eth0'].flatMap((device) =>
  ['rp_filter=0', 'route_localnet=1', 'accept_local=1'].map((word) => `net.ipv4.conf.${device}.${word}`),
);

export class Host implements AsyncDisposable {
  readonly name: string;
  readonly address: string;
  readonly #holder: ChildProcess;

  private constructor({ name, address }: HostOptions, holder: ChildProcess) {
    this.name = name;
    this.address = address;
    this.#holder = holder;
  }

  /** Without a way anywhere yet. Needs root. */
  static async open(options: HostOptions): Promise<Host> {
    const { name, disks = {} } = options;
    const mounts = Object.entries(disks).map(([folder, bytes]) => {
      mkdirSync(folder, { recursive: true });
      return `mount -t tmpfs -o size=${bytes},mode=700 guts-${name} '${folder}'`;
    });
    const made = [`hostname ${name}`, 'ip link set lo up', ...mounts, 'echo ready', 'exec sleep infinity'].join(' && ');
    const words = ['--pdeathsig', 'KILL', 'unshare', '--net', '--mount', '--uts', '--', 'sh', '-c', made];
    const holder = spawn('setpriv', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    await Promise.race([
      once(holder.stdout, 'data'),
      once(holder, 'exit').then(() => {
        throw new Error(`there is no host ${name}: namespaces need root and iproute2`);
      }),
    ]);
    return new Host(options, holder);
  }

  get pid(): number {
    return this.#holder.pid ?? 0;
  }

  /** Stand before a command that runs there. */
  get words(): readonly string[] {
    return ['nsenter', '--target', `${this.pid}`, '--net', '--mount', '--uts', '--'];
  }

  /** The same; what runs does not outlive this process. */
  get tiedWords(): readonly string[] {
    return [...this.words, 'setpriv', '--pdeathsig', 'KILL', '--'];
  }

  /** A file of that host as this one sees it. */
  file(inside: string): string {
    return path.join(`/proc/${this.pid}/root`, inside);
  }

  async run(...words: readonly string[]): Promise<string> {
    return await run(...this.words, ...words);
  }

  /** Several commands of a shell, the first that fails ends it. */
  async shell(...lines: readonly string[]): Promise<string> {
    return await this.run('sh', '-ec', lines.join('\n'));
  }

  /** Where `eth0` leads, everything that is not its own is there. */
  async joinBy(router: string): Promise<void> {
    await this.shell(
      `ip addr add ${this.address}/24 dev eth0`,
      'ip link set eth0 up',
      `ip route add default via ${router}`,
      `sysctl -qw ${LOOSE.join(' ')}`,
      // What is sent to ports of loopback that are another host’s goes there; see the network.
      'ip rule add pref 10 lookup local',
      'ip rule del pref 0',
      `ip route add 127.0.0.1 via ${router} src ${this.address} table 100`,
    );
  }

  /** These ports of loopback are somewhere else. */
  async sendAway(ports: readonly number[]): Promise<void> {
    await this.shell(...ports.map((port) => `ip rule add pref 5 to 127.0.0.1 ipproto tcp dport ${port} lookup 100`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endChild(this.#holder, 'SIGKILL');
  }
}
