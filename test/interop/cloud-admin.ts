/** What others do to a real cloud while a machine is on its way into it; each tells how it is taken back. */
import type { DestinationSignIn } from '../../main/shared/connections.ts';
import { CloudClient, type CloudAnswer, type Json } from '../support/cloud-client.ts';
import { until } from '../support/until.ts';
import type { OpenstackPeer } from './openstack-peer.ts';
import { forgetTokens } from './openstack-services.ts';

export type TakeBack = () => Promise<void>;

type Sides = Pick<OpenstackPeer, 'admin' | 'member'>;

/** The first microversion in which a compute service is known by its id. */
const BY_ID = { 'openstack-api-version': 'compute 2.53' };

/** The member's tokens all end, as when a user is locked out for a moment; afterwards every service refuses them. */
export async function endTokens({ admin, member }: Sides): Promise<TakeBack> {
  const before = await signedIn(member);
  const keystone = await signedIn(admin);
  const users = await said(keystone.ask('identity', 'GET', `users?name=${before.account.user}`));
  const path = `users/${String(users['users']?.['0']?.['id'])}`;
  const enable = async (enabled: boolean): Promise<unknown> =>
    await said(keystone.ask('identity', 'PATCH', path, { body: { user: { enabled } } }));
  try {
    await enable(false);
  } finally {
    await enable(true);
  }
  await forgetTokens();
  await until(
    async () => await statusesFor(before),
    (all) => all.every((status) => status === 401),
  );
  return async () => {};
}

const statusesFor = async (client: CloudClient): Promise<number[]> => {
  const lists = { image: '/v2/images', compute: '/servers', network: '/v2.0/ports', volumev3: '/volumes' };
  const answers = Object.entries(lists).map(async ([service, path]) => await client.ask(service, 'GET', path));
  return (await Promise.all(answers)).map(({ status }) => status);
};

/** The project's quota of servers is used up. */
export async function takeServerQuota({ admin, member }: Sides): Promise<TakeBack> {
  const nova = await signedIn(admin);
  const path = `/os-quota-sets/${(await signedIn(member)).projectId}`;
  const { instances } = (await said(nova.ask('compute', 'GET', path)))['quota_set'] ?? {};
  const allow = async (most: unknown): Promise<unknown> =>
    await said(nova.ask('compute', 'PUT', path, { body: { quota_set: { instances: most, force: true } } }));
  await allow(0);
  return async () => void (await allow(instances));
}

/** Somebody in the project makes a port with this MAC address. */
export async function takeMac({ member }: Sides, mac: string): Promise<TakeBack> {
  const neutron = await signedIn(member);
  const networks = await said(neutron.ask('network', 'GET', '/v2.0/networks?name=lan'));
  const port = { network_id: networks['networks']?.['0']?.['id'], mac_address: mac };
  const made = await said(neutron.ask('network', 'POST', '/v2.0/ports', { body: { port } }));
  const id = String(made['port']?.['id']);
  return async () => void (await said(neutron.ask('network', 'DELETE', `/v2.0/ports/${id}`)));
}

/** No host takes a new server. */
export async function closeHosts({ admin }: Sides): Promise<TakeBack> {
  const nova = await signedIn(admin);
  const hosts = await said(nova.ask('compute', 'GET', '/os-services?binary=nova-compute', { headers: BY_ID }));
  const ids = Object.values(hosts['services'] ?? {}).map((service) => String(service['id']));
  if (ids.length === 0) throw new Error('the cloud has no host');
  const make = async (status: 'enabled' | 'disabled'): Promise<void> => {
    for (const id of ids)
      await said(nova.ask('compute', 'PUT', `/os-services/${id}`, { headers: BY_ID, body: { status } }));
  };
  await make('disabled');
  return async () => await make('enabled');
}

async function signedIn({ connection: { auth, authUrl }, secret }: DestinationSignIn): Promise<CloudClient> {
  if (auth.method !== 'password') throw new Error('stories sign in by password');
  return await CloudClient.signIn({ authUrl, user: auth.userName, password: secret, project: auth.project });
}

/** @throws Error with the cloud's words when it refuses */
async function said(answer: Promise<CloudAnswer>): Promise<Json> {
  const { status, text, json } = await answer;
  if (status < 200 || status > 299) throw new Error(`the cloud answers ${status}: ${text}`);
  return text === '' ? {} : json();
}
