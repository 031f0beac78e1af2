/**
 * Hosts with a router between them and no way out. Some are there for servers of this machine’s loopback: to all the others those have
 * the same address and port, 127.0.0.1, but the way goes over the network, and can be cut like any other.
 */
import { Host, type HostOptions } from './host.ts';
import { Published } from './published.ts';
import { run } from './run.ts';

export interface Member extends Omit<HostOptions, 'address'> {
  /** It stands for what listens on these ports of this machine’s loopback. */
  readonly publishes?: readonly number[];
}

/** So that whoever fails in the middle leaves no cut behind. */
export type Mend = () => Promise<void>;

const addressOf = (number: number): string => `10.77.${number}.2`;
const gatewayOf = (number: number): string => `10.77.${number}.1`;

export class Network implements AsyncDisposable {
  readonly #router: Host;
  readonly #hosts = new Map<string, Host>();
  readonly #numbers = new Map<string, number>();
  readonly #published = new Map<string, Published>();
  readonly #ports = new Map<string, readonly number[]>();
  #cuts = 0;

  private constructor(router: Host) {
    this.#router = router;
  }

  static async open(folder: string, members: readonly Member[]): Promise<Network> {
    const network = new Network(await Host.open({ name: 'router', address: '' }));
    try {
      await network.#router.shell(
        'sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.route_localnet=1 net.ipv4.conf.default.route_localnet=1',
        'sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.all.accept_local=1',
        'ip addr del 127.0.0.1/8 dev lo',
      );
      for (const [at, member] of members.entries()) await network.#add(at + 1, member);
      await network.#publish(folder, members);
      return network;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  host(name: string): Host {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`the network has no host ${name}`);
    return host;
  }

  /** Nothing goes from one to the other any more, and nobody is told: as a network that drops everything. */
  async cut(a: string, b: string): Promise<Mend> {
    const pref = 1000 + 2 * this.#cuts++;
    const rules = [...this.#rulesOf(a, b), ...this.#rulesOf(b, a)].map((rule) => `pref ${pref} ${rule}`);
    await this.#router.shell(...rules.map((rule) => `ip rule add ${rule}`));
    return async () => void (await this.#router.shell(...rules.map((rule) => `ip rule del ${rule}`)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const published of this.#published.values()) await published[Symbol.asyncDispose]();
    for (const host of this.#hosts.values()) await host[Symbol.asyncDispose]();
    await this.#router[Symbol.asyncDispose]();
  }

  /** What is forwarded from one to the other, by whichever of its addresses. */
  #rulesOf(from: string, to: string): string[] {
    const comesBy = `iif h${this.#numberOf(from)}`;
    const ports = this.#ports.get(to) ?? [];
    return [
      `${comesBy} to ${this.host(to).address} blackhole`,
      ...ports.map((port) => `${comesBy} to 127.0.0.1 ipproto tcp dport ${port} blackhole`),
    ];
  }

  #numberOf(name: string): number {
    return this.#numbers.get(name) ?? 0;
  }

  async #add(number: number, { publishes = [], ...options }: Member): Promise<void> {
    const host = await Host.open({ ...options, address: addressOf(number) });
    this.#hosts.set(host.name, host);
    this.#numbers.set(host.name, number);
    this.#ports.set(host.name, publishes);
    const [gateway, device] = [gatewayOf(number), `h${number}`];
    const ends = ['netns', `${this.#router.pid}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', `${host.pid}`];
    await run('ip', 'link', 'add', device, ...ends);
    await this.#router.shell(
      `ip addr add ${gateway}/24 dev ${device}`,
      `ip link set ${device} up`,
      `sysctl -qw net.ipv4.conf.${device}.route_localnet=1 net.ipv4.conf.${device}.rp_filter=0`,
      `sysctl -qw net.ipv4.conf.${device}.accept_local=1`,
      `ip route add 127.0.0.1 via ${host.address} table ${100 + number}`,
      ...publishes.map((port) => `ip rule add pref 2000 to 127.0.0.1 ipproto tcp dport ${port} lookup ${100 + number}`),
    );
    await host.joinBy(gateway);
  }

  async #publish(folder: string, members: readonly Member[]): Promise<void> {
    for (const { name, publishes = [] } of members) {
      if (publishes.length === 0) continue;
      const others = members.filter((other) => other.name !== name && other.publishes === undefined);
      for (const other of others) await this.host(other.name).sendAway(publishes);
      this.#published.set(name, await Published.open(this.host(name), folder, publishes));
    }
  }
}
