/** What only the built-in OpenStack can show: limits that are set, faults that are told, and that nothing stays behind. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readGuest } from '../../worker/disk/extents.ts';
import { openImage } from '../../worker/disk/open.ts';
import { ask, authOf, CloudClient } from '../support/cloud-client.ts';
import { until } from '../support/until.ts';
import { writeRaw } from './openstack/disk-content.ts';
import { startOpenstack, type OpenstackLab } from './openstack/start.ts';

const OCTETS = { 'content-type': 'application/octet-stream' };
const BYTES = Buffer.alloc(100_000, 'guts');

async function clientOf(lab: OpenstackLab, name: string, project?: string): Promise<CloudClient> {
  const user = lab.users.find((one) => one.name === name);
  const account = { user: name, password: user?.password ?? '', project: project ?? user?.defaultProject ?? '' };
  return await CloudClient.signIn({ authUrl: lab.authUrl, ca: lab.certificate, ...account });
}

async function newImage(client: CloudClient, bytes: Buffer, format = 'raw'): Promise<string> {
  const body = { name: 'disk', disk_format: format, container_format: 'bare' };
  const id = String((await client.ask('image', 'POST', '/v2/images', { body })).json()['id']);
  await client.ask('image', 'PUT', `/v2/images/${id}/file`, { bytes, headers: OCTETS });
  return id;
}

describe('the built-in OpenStack', () => {
  test('begins to make an image of a volume, and lets nobody else have the volume meanwhile', async () => {
    await using lab = await startOpenstack({ buildMs: 10 });
    const client = await clientOf(lab, 'migrator');
    const volume = (await client.ask('volumev3', 'POST', '/volumes', { body: { volume: { size: 1 } } })).json();
    const id = String(volume['volume']?.['id']);
    await until(
      async () => lab.state().volumes[0]?.status,
      (status) => status === 'available',
    );

    const action = { 'os-volume_upload_image': { image_name: 'back', disk_format: 'raw', container_format: 'bare' } };
    const answer = await client.ask('volumev3', 'POST', `/volumes/${id}/action`, { body: action });

    expect([answer.status, answer.json()]).toMatchObject([202, { 'os-volume_upload_image': { status: 'uploading' } }]);
    expect((await client.ask('volumev3', 'DELETE', `/volumes/${id}`)).status).toBe(400);
  });

  test('writes what the guest would see on a volume as raw bytes, whatever was uploaded', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'guts-lab-'));
    const packed = path.resolve(import.meta.dirname, '../fixtures/vmdk/qemu-img-7.2-streamOptimized.vmdk.gz');
    const [uploaded, written] = [path.join(folder, 'disk.vmdk'), path.join(folder, 'disk.raw')];
    await writeFile(uploaded, gunzipSync(await readFile(packed)));
    await using image = await openImage(uploaded);
    const { virtualSizeBytes: size } = image.facts;

    await writeRaw({ path: uploaded, format: 'vmdk' }, written, size + 4096);

    const guest = Buffer.alloc(size + 4096);
    await readGuest(image, 0, guest.subarray(0, size));
    expect(guest.some((byte) => byte !== 0)).toBe(true);
    expect((await readFile(written)).equals(guest)).toBe(true);
    await rm(folder, { recursive: true });
  });

  test('keeps bytes that a server or volume needs when their image goes, and nothing when it is taken down', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'guts-lab-'));
    const lab = await startOpenstack({ buildMs: 10, folder });
    const client = await clientOf(lab, 'migrator');
    const image = await newImage(client, BYTES);
    const body = { server: { name: 'shop', flavorRef: '2', imageRef: image, networks: 'none' } };
    const headers = { 'openstack-api-version': 'compute 2.93' };
    const server = String(
      (await client.ask('compute', 'POST', '/servers', { body, headers })).json()['server']?.['id'],
    );
    await until(
      async () => lab.state().servers[0]?.status,
      (status) => status === 'ACTIVE',
    );

    await client.ask('image', 'DELETE', `/v2/images/${image}`);

    const [disk] = lab.serverDisks(server);
    expect((await readFile(disk?.path ?? '')).equals(BYTES)).toBe(true);
    expect(() => lab.imageDisk(image)).toThrow(image);
    await lab[Symbol.asyncDispose]();
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });

  test('takes no image above its cap, and queues the image again', async () => {
    await using lab = await startOpenstack({ imageSizeCapBytes: 50_000 });
    const client = await clientOf(lab, 'migrator');
    const body = { disk_format: 'raw', container_format: 'bare' };
    const id = String((await client.ask('image', 'POST', '/v2/images', { body })).json()['id']);

    for (const isChunked of [false, true]) {
      const answer = await client.ask('image', 'PUT', `/v2/images/${id}/file`, {
        bytes: BYTES,
        headers: OCTETS,
        isChunked,
      });
      expect([answer.status, answer.text]).toEqual([413, expect.stringContaining('The incoming image is too large')]);
    }
    expect(lab.state().images).toMatchObject([{ status: 'queued', size: null }]);
  });

  test('lets a reader look and change nothing', async () => {
    await using lab = await startOpenstack();
    const reader = await clientOf(lab, 'viewer');
    const network = (await reader.ask('network', 'GET', '/v2.0/networks?name=lan')).json()['networks']?.['0']?.['id'];
    const attempts: [type: string, path: string, body: object][] = [
      ['compute', '/servers', { server: { name: 'shop', flavorRef: '2' } }],
      ['network', '/v2.0/ports', { port: { network_id: network } }],
      ['volumev3', '/volumes', { volume: { size: 1 } }],
      ['compute', '/flavors', { flavor: { name: 'mine', ram: 1, vcpus: 1, disk: 1 } }],
    ];

    for (const [type, where, body] of attempts)
      expect([where, (await reader.ask(type, 'POST', where, { body })).status]).toEqual([where, 403]);
    expect((await reader.ask('compute', 'GET', '/servers')).status).toBe(200);
    expect(lab.state()).toMatchObject({ servers: [], ports: [], volumes: [], flavors: [] });
  });

  test('shows a project nothing of another', async () => {
    await using lab = await startOpenstack();
    const here = await clientOf(lab, 'migrator');
    const there = await clientOf(lab, 'migrator', 'other');
    const image = await newImage(here, BYTES);

    expect((await there.ask('image', 'GET', `/v2/images/${image}`)).status).toBe(404);
    expect((await there.ask('image', 'GET', '/v2/images')).json()).toMatchObject({ images: [] });
    expect((await there.ask('network', 'GET', '/v2.0/networks?name=lan')).json()).toEqual({ networks: [] });
    expect((await there.ask('network', 'GET', '/v2.0/networks?name=public')).json()).toMatchObject({
      networks: [{ 'router:external': true }],
    });
  });

  test('ends every token at once: Glance says so in HTML, the others in JSON', async () => {
    await using lab = await startOpenstack();
    const client = await clientOf(lab, 'migrator');

    lab.expireTokens();

    const image = await client.ask('image', 'GET', '/v2/images', { headers: { accept: '*/*' } });
    const server = await client.ask('compute', 'GET', '/servers');
    expect([image.status, image.text]).toEqual([401, expect.stringContaining('<h1>401 Unauthorized</h1>')]);
    expect([server.status, server.json()]).toMatchObject([401, { error: { code: 401 } }]);
  });

  test('gives a token of a token the same end', async () => {
    await using lab = await startOpenstack({ tokenLifeSeconds: 900 });
    const client = await clientOf(lab, 'migrator');
    const url = `${lab.authUrl}/auth/tokens`;
    const headers = { 'x-auth-token': client.token, 'x-subject-token': client.token };
    const first = (await ask(url, 'GET', { headers }, lab.certificate)).json();

    const identity = { methods: ['token'], token: { id: client.token } };
    const scope = { project: { name: 'other', domain: { name: 'Default' } } };
    const second = (await ask(url, 'POST', { body: { auth: { identity, scope } } }, lab.certificate)).json();

    expect(second['token']?.['project']).toMatchObject({ name: 'other' });
    expect(second['token']?.['expires_at']).toEqual(first['token']?.['expires_at']);
  });

  test('keeps an application credential to its own project', async () => {
    await using lab = await startOpenstack();
    const { id, secret } = lab.applicationCredential;
    const identity = { methods: ['application_credential'], application_credential: { id, secret } };
    const { scope } = authOf({ user: '', password: '', project: 'other' }) as { scope: object }; // a project was given
    const signIn = async (auth: object) =>
      await ask(`${lab.authUrl}/auth/tokens`, 'POST', { body: { auth } }, lab.certificate);

    expect((await signIn({ identity })).json()).toMatchObject({ token: { project: { name: 'migration' } } });
    expect((await signIn({ identity, scope })).status).toBe(400);
    const wrong = { ...identity, application_credential: { id, secret: 'wrong' } };
    expect((await signIn({ identity: wrong })).status).toBe(401);
  });

  test('knows an application credential by its name with its user, and refuses others as Keystone does', async () => {
    await using lab = await startOpenstack();
    const { name, secret } = lab.applicationCredential;
    const user = { name: lab.users[0]?.name, domain: { id: 'default' } };
    const signIn = async (credential: object) => {
      const identity = { methods: ['application_credential'], application_credential: { name, secret, ...credential } };
      const url = `${lab.authUrl}/auth/tokens`;
      return await ask(url, 'POST', { body: { auth: { identity } } }, lab.certificate);
    };

    const known = await signIn({ user });
    expect(known.json()).toMatchObject({ token: { project: { name: 'migration' }, user: { name: user.name } } });
    expect((await signIn({ user: { id: known.json()['token']?.['user']?.['id'] } })).status).toBe(201);
    expect((await signIn({ user, secret: 'wrong' })).status).toBe(401);
    expect((await signIn({ user, name: 'other' })).status).toBe(401);
    expect((await signIn({ user: { ...user, domain: { name: 'nowhere' } } })).status).toBe(401);
    expect((await signIn({ user: { ...user, name: 'nobody' } })).json()).toMatchObject({
      error: { code: 404, message: 'Could not find user: nobody.' },
    });
    expect((await signIn({ user: { name: user.name } })).text).toContain('Expecting to find domain in user.');
    expect((await signIn({})).text).toContain('Expecting to find user in application credential.');
    expect((await signIn({ id: 'f00' })).json()).toMatchObject({
      error: { code: 404, message: 'Could not find Application Credential: f00.' },
    });
  });

  test('speaks every microversion in its own way', async () => {
    await using lab = await startOpenstack();
    const client = await clientOf(lab, 'migrator');
    const at = (minor: number) => ({ headers: { 'openstack-api-version': `compute 2.${minor}` } });
    const server = { name: 'shop', flavorRef: '2' };
    const create = async (minor: number, more: object) =>
      await client.ask('compute', 'POST', '/servers', { body: { server: { ...server, ...more } }, ...at(minor) });

    expect((await create(1, { networks: 'none' })).json()).toMatchObject({ badRequest: { code: 400 } });
    expect((await create(93, {})).text).toContain("'networks' is a required property");
    expect((await create(51, { networks: 'none', tags: ['guts'] })).text).toContain("'tags' was unexpected");
    const groups = async (minor: number) =>
      (await client.ask('compute', 'GET', '/os-server-groups', at(minor))).json()['server_groups']?.['0'];
    expect(await groups(63)).toMatchObject({ policies: ['soft-anti-affinity'] });
    expect(await groups(64)).toMatchObject({ policy: 'soft-anti-affinity' });
  });

  test('gives long lists in pages, each with the way to the next', async () => {
    await using lab = await startOpenstack({ pageSize: 3 });
    const client = await clientOf(lab, 'migrator');
    const names: string[] = [];

    for (let url: string | undefined = `${client.url('compute')}/flavors`; url !== undefined;) {
      const page = (
        await ask(url, 'GET', { headers: { 'x-auth-token': client.token } }, lab.certificate)
      ).json() as unknown as {
        flavors: { name: string }[];
        flavors_links?: { href: string }[];
      }; // as Nova lists them
      names.push(...page.flavors.map(({ name }) => name));
      url = page.flavors_links?.[0]?.href;
    }

    expect(names).toHaveLength(8);
    expect(new Set(names).size).toBe(8);
  });

  test('can be told over HTTP to fail, and refuses rules that mean nothing', async () => {
    await using lab = await startOpenstack();
    const client = await clientOf(lab, 'migrator');
    const control = new URL('/lab/faults', lab.authUrl).href;
    const tell = async (rule: object) => await ask(control, 'POST', { body: rule }, lab.certificate);

    expect(
      (await tell({ where: 'compute', kind: 'http', match: '^GET /v2.1/servers', status: 502, count: 1 })).status,
    ).toBe(200);
    expect((await tell({ where: 'network', kind: 'drop' })).status).toBe(200);
    expect((await tell({ where: 'volume', kind: 'deny', message: 'Not you.' })).status).toBe(200);
    expect((await tell({ where: 'compute', kind: 'explode' })).status).toBe(400);

    expect((await client.ask('compute', 'GET', '/servers')).status).toBe(502);
    expect((await client.ask('compute', 'GET', '/servers')).status).toBe(200);
    await expect(client.ask('network', 'GET', '/v2.0/ports')).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect((await client.ask('volumev3', 'GET', '/volumes')).json()).toMatchObject({
      forbidden: { message: 'Not you.' },
    });
  });

  test('leaves an import that fails importing for ever, and tells only its tasks', async () => {
    await using lab = await startOpenstack({ buildMs: 5 });
    const client = await clientOf(lab, 'migrator');
    const body = { disk_format: 'qcow2', container_format: 'bare' };
    const id = String((await client.ask('image', 'POST', '/v2/images', { body })).json()['id']);
    lab.faults.add({ where: 'image', kind: 'error', match: '/import$' });

    await client.ask('image', 'PUT', `/v2/images/${id}/stage`, { bytes: BYTES, headers: OCTETS });
    await client.ask('image', 'POST', `/v2/images/${id}/import`, { body: { method: { name: 'glance-direct' } } });

    expect((await client.ask('image', 'GET', `/v2/images/${id}/tasks`)).json()).toMatchObject({
      tasks: [{ status: 'failure' }],
    });
    expect((await client.ask('image', 'GET', `/v2/images/${id}`)).json()).toMatchObject({ status: 'importing' });
    expect((await client.ask('image', 'DELETE', `/v2/images/${id}`)).status).toBe(204);
  });
});
