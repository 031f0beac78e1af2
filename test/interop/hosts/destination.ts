/** The cloud that a fleet moves machines to: the real OpenStack, or for a quick look the built-in one (GUTS_HOSTS_CLOUD=built-in). */
import { DestinationSignIn } from '../../../main/shared/connections.ts';
import { startOpenstack } from '../../lab/openstack/start.ts';
import { Cloud } from '../cloud.ts';
import { LowQuotas } from '../low-quotas.ts';
import { openstackPeer } from '../openstack-peer.ts';

export interface Destination extends AsyncDisposable {
  readonly signIn: DestinationSignIn;
  /** Of this machine’s loopback. */
  readonly ports: readonly number[];
  /** Names of what is there, by kind. */
  everything(): Promise<Readonly<Record<'servers' | 'images' | 'volumes' | 'ports', readonly string[]>>>;
}

/** With room for so many servers. */
export const openDestination = async (servers: number): Promise<Destination> =>
  process.env['GUTS_HOSTS_CLOUD'] === 'built-in' ? await builtIn() : await real(servers);

async function real(servers: number): Promise<Destination> {
  const peer = await openstackPeer();
  const cloud = await Cloud.signIn(peer.member);
  const quotas = await LowQuotas.open(peer);
  const room = { instances: servers, cores: servers, memoryMiB: 1024 * servers, ports: 4 * servers } as const;
  for (const [of, limit] of Object.entries(room) as [keyof typeof room, number][])
    await quotas.set({ of, volumeType: null }, 2 * limit);
  const before = await cloud.everything();
  const made = async (): Promise<Readonly<Record<string, readonly string[]>>> =>
    Object.fromEntries(
      Object.entries(await cloud.everything()).map(([kind, all]) => [
        kind,
        all.filter((one) => !before[kind]?.includes(one)),
      ]),
    );
  const nameOf = (told: string): string => told.slice(0, told.lastIndexOf(' '));
  return {
    signIn: peer.member,
    ports: [5000, 9292, 8774, 8778, 9696, 8776].map((port) => port + Number(process.env['LAB_OFFSET'] ?? 10_000)),
    async everything() {
      const { servers = [], images = [], volumes = [], ports = [] } = await made();
      const named = (all: readonly string[]): string[] => all.map(nameOf).toSorted();
      return { servers: named(servers), images: named(images), volumes: named(volumes), ports: named(ports) };
    },
    async [Symbol.asyncDispose]() {
      const { servers = [], images = [] } = await made();
      const idOf = (told: string): string => told.slice(told.lastIndexOf(' ') + 1);
      for (const one of servers) await cloud.removeServer(idOf(one));
      for (const one of images) await cloud.remove('image', `/v2/images/${idOf(one)}`);
      await quotas[Symbol.asyncDispose]();
    },
  };
}

async function builtIn(): Promise<Destination> {
  const none = { instances: -1, cores: -1, ramMiB: -1, ports: -1, floatingIps: -1, volumes: -1, volumeGiB: -1 };
  const lab = await startOpenstack({ quotas: none, buildMs: 20 });
  const [user] = lab.users;
  if (user === undefined) throw new Error('the cloud has no users');
  return {
    signIn: DestinationSignIn.parse({
      connection: {
        id: 'dst_builtin00000',
        name: 'built-in',
        kind: 'openstack',
        authUrl: lab.authUrl,
        auth: {
          method: 'password',
          userName: user.name,
          userDomain: 'Default',
          project: user.defaultProject,
          projectDomain: 'Default',
        },
        region: lab.region,
        interface: 'public',
        trust: { kind: 'pinned', sha256: lab.fingerprint },
        proxy: null,
        createdAt: '2026-01-01T00:00:00Z',
        about: null,
      },
      secret: user.password,
    }),
    ports: [Number(new URL(lab.authUrl).port)],
    async everything() {
      const { servers, images, volumes, ports } = lab.state();
      const named = (all: readonly { readonly name: string | null }[]): string[] =>
        all.map(({ name }) => name ?? '').toSorted();
      await Promise.resolve();
      return { servers: named(servers), images: named(images), volumes: named(volumes), ports: named(ports) };
    },
    [Symbol.asyncDispose]: async () => await lab[Symbol.asyncDispose](),
  };
}
