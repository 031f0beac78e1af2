/** How OpenStack's services answer, told once: the built-in cloud and the real services must both tell it so. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, authOf, breakOff, type CloudAnswer, type CloudClient, type Request } from './cloud-client.ts';
import { until } from './until.ts';

/** A cloud to tell the stories to: a member's account of a project that has `lan`, and `public` outside. */
export interface StoryCloud extends AsyncDisposable {
  readonly client: CloudClient;
}

const BYTES = Buffer.alloc(1024 * 1024, 'guts');
const OCTETS = { 'content-type': 'application/octet-stream' };
const PATCH = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
const NEWEST = { 'openstack-api-version': 'compute 2.93' };
const NOBODY = '00000000-0000-4000-8000-000000000000';

/** Everything made is named so, and removed at the end of its test. */
const NAME = 'story-of-the-cloud';

export function cloudStories(open: () => Promise<StoryCloud>): void {
  let cloud: StoryCloud;
  let client: CloudClient;
  beforeAll(async () => {
    cloud = await open();
    client = cloud.client;
  });
  afterAll(async () => await cloud[Symbol.asyncDispose]());

  const glance = async (method: string, path: string, request?: Request) =>
    await client.ask('image', method, path, request);
  const nova = async (method: string, path: string, request: Request = {}) =>
    await client.ask('compute', method, path, { ...request, headers: { ...NEWEST, ...request.headers } });
  const neutron = async (method: string, path: string, request?: Request) =>
    await client.ask('network', method, path, request);
  const cinder = async (method: string, path: string, request?: Request) =>
    await client.ask('volumev3', method, path, request);

  const made = async (answer: Promise<CloudAnswer>, key?: string): Promise<string> => {
    const { text, json } = await answer;
    const id = key === undefined ? json()['id'] : json()[key]?.['id'];
    if (typeof id !== 'string') throw new Error(`Nothing was made: ${text}`);
    return id;
  };
  const newImage = async (more: object = {}): Promise<string> =>
    await made(
      glance('POST', '/v2/images', { body: { name: NAME, disk_format: 'raw', container_format: 'bare', ...more } }),
    );
  const put = async (id: string, request: Request = {}): Promise<CloudAnswer> =>
    await glance('PUT', `/v2/images/${id}/file`, {
      bytes: BYTES,
      ...request,
      headers: { ...OCTETS, ...request.headers },
    });
  const imageOf = async (id: string) => (await glance('GET', `/v2/images/${id}`)).json();
  const removeImage = async (id: string) => await glance('DELETE', `/v2/images/${id}`);
  const networkId = async (name: string): Promise<string> => {
    const { json } = await neutron('GET', `/v2.0/networks?name=${name}`);
    return String(json()['networks']?.['0']?.['id']);
  };
  const newPort = async (more: object = {}): Promise<CloudAnswer> =>
    await neutron('POST', '/v2.0/ports', {
      body: { port: { name: NAME, network_id: await networkId('lan'), ...more } },
    });

  describe('Keystone', () => {
    test('offers its versions with 300, and its errors as JSON', async () => {
      const root = client.account.authUrl.replace(/\/v3$/, '/');
      const versions = await ask(root, 'GET', {}, client.account.ca);

      expect(versions.status).toBe(300);
      expect(versions.json()).toMatchObject({ versions: { values: [{ id: 'v3.14' }] } });
    });

    test.each([
      ['a wrong password', { password: 'wrong' }],
      ['an unknown user', { user: 'nobody' }],
      ['an unknown project', { project: 'nowhere' }],
    ])('says the same of %s', async (_what, wrong) => {
      const { account } = client;
      const body = { auth: authOf({ ...account, ...wrong }) };
      const answer = await ask(`${account.authUrl}/auth/tokens`, 'POST', { body }, account.ca);

      expect(answer.status).toBe(401);
      expect(answer.json()).toEqual({
        error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' },
      });
    });

    test('scopes a token to the default project when no scope is asked for, and to none when “unscoped” is', async () => {
      const { account } = client;
      const { user, password, ca } = account;
      const url = `${account.authUrl}/auth/tokens`;
      const scoped = await ask(url, 'POST', { body: { auth: authOf({ user, password }) } }, ca);
      const unscoped = await ask(
        url,
        'POST',
        { body: { auth: { ...authOf({ user, password }), scope: 'unscoped' } } },
        ca,
      );

      expect(scoped.json()).toMatchObject({ token: { project: { id: client.projectId }, user: { name: user } } });
      expect(scoped.json()['token']?.['expires_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      expect(unscoped.status).toBe(201);
      expect(unscoped.json()['token']).not.toHaveProperty('project');
      expect(unscoped.json()['token']).not.toHaveProperty('catalog');
    });

    test('lists the projects of a user', async () => {
      const url = `${client.account.authUrl}/auth/projects`;
      const { json } = await ask(url, 'GET', { headers: { 'x-auth-token': client.token } }, client.account.ca);

      expect(json()['projects']).toEqual(expect.arrayContaining([expect.objectContaining({ id: client.projectId })]));
    });
  });

  describe('Glance', () => {
    test('refuses in HTML, and in JSON with HTML inside where that is asked for', async () => {
      const html = await glance('GET', `/v2/images/${NOBODY}`, { headers: { accept: '*/*' } });
      const json = await glance('GET', `/v2/images/${NOBODY}`);

      expect([html.status, html.headers['content-type']]).toEqual([404, expect.stringContaining('text/html')]);
      expect(html.text).toContain('<title>404 Not Found</title>');
      expect(json.json()).toMatchObject({
        code: '404 Not Found',
        title: 'Not Found',
        message: expect.stringContaining('<br />'),
      });
    });

    test.each([
      ['whole', false],
      ['in chunks', true],
    ])('takes an upload %s and says what it has', async (_how, isChunked) => {
      const id = await newImage({ hw_disk_bus: 'sata' });

      expect(await imageOf(id)).toMatchObject({ status: 'queued', size: null, checksum: null, os_hash_value: null });
      expect((await put(id, { isChunked })).status).toBe(204);
      expect(await imageOf(id)).toMatchObject({
        status: 'active',
        size: BYTES.byteLength,
        virtual_size: BYTES.byteLength,
        checksum: createHash('md5').update(BYTES).digest('hex'),
        os_hash_algo: 'sha512',
        os_hash_value: createHash('sha512').update(BYTES).digest('hex'),
        hw_disk_bus: 'sata',
      });
      const part = await glance('GET', `/v2/images/${id}/file`, { headers: { range: 'bytes=2-9' } });
      expect([part.status, part.headers['content-range']]).toEqual([206, `bytes 2-9/${BYTES.byteLength}`]);
      expect(part.bytes).toEqual(BYTES.subarray(2, 10));
      expect((await glance('GET', `/v2/images/${id}/file`)).bytes.equals(BYTES)).toBe(true);

      const again = await put(id);
      expect([again.status, again.json()['message']]).toEqual([
        409,
        expect.stringContaining('Image status transition from active to saving is not allowed'),
      ]);
      expect((await removeImage(id)).status).toBe(204);
      expect((await glance('GET', `/v2/images/${id}`)).status).toBe(404);
    });

    test('ignores ranges of an upload: the first part becomes the whole image', async () => {
      const id = await newImage();
      const range = `bytes 0-1023/${BYTES.byteLength}`;

      const first = await put(id, { bytes: BYTES.subarray(0, 1024), headers: { 'content-range': range } });

      expect(first.status).toBe(204);
      expect(await imageOf(id)).toMatchObject({ status: 'active', size: 1024 });
      await removeImage(id);
    });

    test('queues an image whose upload broke off, and takes it anew from the first byte', async () => {
      const id = await newImage();
      const url = `${client.url('image')}/v2/images/${id}/file`;

      const { token, account } = client;
      const some = BYTES.subarray(0, 500_000);
      const becomes = async (wanted: string) =>
        await until(
          async () => (await imageOf(id))['status'],
          (status) => String(status) === wanted,
        );

      await breakOff(
        url,
        { token, ca: account.ca, some, length: BYTES.byteLength },
        async () => await becomes('saving'),
      );
      await becomes('queued');

      expect((await put(id)).status).toBe(204);
      expect(await imageOf(id)).toMatchObject({ status: 'active', size: BYTES.byteLength });
      await removeImage(id);
    });

    test('wants formats before bytes, and bytes as octets', async () => {
      const id = await made(glance('POST', '/v2/images', { body: { name: NAME } }));

      const early = await put(id);
      const odd = await put(id, { headers: { 'content-type': 'text/plain' } });

      expect([early.status, early.json()['message']]).toEqual([
        400,
        expect.stringContaining('Properties disk_format, container_format must be set prior to saving data.'),
      ]);
      expect(odd.status).toBe(415);
      expect(await imageOf(id)).toMatchObject({ status: 'queued' });
      await removeImage(id);
    });

    test('is changed by JSON patch only, in its own type, and keeps the format of an active image', async () => {
      const id = await newImage();
      const patch = async (steps: object[], headers = PATCH): Promise<CloudAnswer> =>
        await glance('PATCH', `/v2/images/${id}`, { body: steps, headers });
      const add = { op: 'add', path: '/hw_vif_model', value: 'e1000' };

      const plain = await patch([add], { 'content-type': 'application/json' });
      expect([plain.status, plain.headers['accept-patch']]).toEqual([415, expect.stringContaining('json-patch')]);
      expect((await patch([{ op: 'replace', path: '/hw_none', value: 'x' }])).status).toBe(409);
      expect((await patch([{ op: 'add', path: '/hw_none', value: 5 }])).status).toBe(400);
      expect((await patch([add])).json()).toMatchObject({ hw_vif_model: 'e1000' });
      expect((await patch([{ op: 'replace', path: '/visibility', value: 'public' }])).status).toBe(403);
      await put(id);
      expect((await patch([{ op: 'replace', path: '/disk_format', value: 'qcow2' }])).status).toBe(403);
      await removeImage(id);
    });

    test('stages and imports', async () => {
      const id = await newImage();
      const start = async (name: string): Promise<CloudAnswer> =>
        await glance('POST', `/v2/images/${id}/import`, { body: { method: { name } } });

      expect((await start('glance-direct')).status).toBe(409);
      const staged = await glance('PUT', `/v2/images/${id}/stage`, { bytes: BYTES, headers: OCTETS });
      expect(staged.status).toBe(204);
      expect(await imageOf(id)).toMatchObject({ status: 'uploading', size: BYTES.byteLength });
      expect((await start('by-pigeon')).status).toBe(400);
      expect((await start('glance-direct')).status).toBe(202);
      await until(
        async () => (await imageOf(id))['status'],
        (status) => String(status) === 'active',
      );
      await removeImage(id);
    });

    test('says which formats it takes', async () => {
      const { json } = await glance('GET', '/v2/schemas/image');

      expect(json()['properties']?.['disk_format']?.['enum']).toEqual(expect.arrayContaining(['raw', 'qcow2', 'vmdk']));
    });
  });

  describe('Neutron', () => {
    const mac = '00:50:56:07:07:07';

    test('gives a plain member the MAC and the address that it asks for, outside the pool too', async () => {
      const port = await newPort({ mac_address: mac, fixed_ips: [{ ip_address: '192.0.2.77' }], description: NAME });
      const id = await made(Promise.resolve(port), 'port');

      expect(port.status).toBe(201);
      expect(port.json()).toMatchObject({
        port: { mac_address: mac, fixed_ips: [{ ip_address: '192.0.2.77' }], status: 'DOWN', device_id: '' },
      });
      const sameMac = await newPort({ mac_address: mac });
      expect([sameMac.status, sameMac.json()]).toMatchObject([409, { NeutronError: { type: 'MacAddressInUse' } }]);
      const sameIp = await newPort({ fixed_ips: [{ ip_address: '192.0.2.77' }] });
      expect([sameIp.status, sameIp.json()]).toMatchObject([
        409,
        { NeutronError: { type: 'IpAddressAlreadyAllocated' } },
      ]);
      const tags = await neutron('PUT', `/v2.0/ports/${id}/tags`, { body: { tags: ['guts', 'moved'] } });
      expect(tags.json()).toEqual({ tags: expect.arrayContaining(['guts', 'moved']) });
      for (const filter of [`description=${NAME}`, `name=${NAME}`, `mac_address=${mac}`, 'tags=guts']) {
        const { json } = await neutron('GET', `/v2.0/ports?${filter}&fields=id`);
        expect([filter, json()]).toEqual([filter, { ports: [{ id }] }]);
      }
      expect((await neutron('DELETE', `/v2.0/ports/${id}`)).status).toBe(204);
      expect((await neutron('GET', `/v2.0/ports/${id}`)).json()).toMatchObject({
        NeutronError: { type: 'PortNotFound' },
      });
    });

    test('names what is wrong with a port', async () => {
      const foreign = await newPort({ fixed_ips: [{ ip_address: '198.51.100.9' }] });
      const unknown = await newPort({ network_id: NOBODY });
      const outside = await newPort({ network_id: await networkId('public') });
      const odd = await newPort({ colour: 'blue' });

      expect([foreign.status, foreign.json()]).toMatchObject([400, { NeutronError: { type: 'InvalidIpForNetwork' } }]);
      expect([unknown.status, unknown.json()]).toMatchObject([404, { NeutronError: { type: 'NetworkNotFound' } }]);
      expect([outside.status, outside.json()]).toMatchObject([403, { NeutronError: { type: 'HTTPForbidden' } }]);
      expect([odd.status, odd.json()]).toMatchObject([400, { NeutronError: { type: 'HTTPBadRequest' } }]);
    });

    test('leads a floating address to a port; it is DOWN at first', async () => {
      const port = await made(newPort(), 'port');
      const external = await networkId('public');
      const floating = { floating_network_id: external, port_id: port, description: NAME };

      const wrong = await neutron('POST', '/v2.0/floatingips', {
        body: { floatingip: { floating_network_id: await networkId('lan') } },
      });
      const answer = await neutron('POST', '/v2.0/floatingips', { body: { floatingip: floating } });

      expect([wrong.status, wrong.json()]).toMatchObject([400, { NeutronError: { type: 'BadRequest' } }]);
      expect(answer.status).toBe(201);
      expect(answer.json()).toMatchObject({ floatingip: { status: 'DOWN', port_id: port, description: NAME } });
      await neutron('DELETE', `/v2.0/ports/${port}`);
      const id = await made(Promise.resolve(answer), 'floatingip');
      const left = (await neutron('GET', `/v2.0/floatingips/${id}`)).json();
      expect(left).toMatchObject({ floatingip: { port_id: null, fixed_ip_address: null } });
      expect((await neutron('DELETE', `/v2.0/floatingips/${id}`)).status).toBe(204);
    });

    test('tells limits and use of the own project', async () => {
      const { json } = await neutron('GET', `/v2.0/quotas/${client.projectId}/details.json`);

      expect(json()).toMatchObject({
        quota: { port: { limit: expect.any(Number), used: expect.any(Number), reserved: 0 } },
      });
    });

    test('has taken the first address of the pool for DHCP', async () => {
      const { json } = await neutron('GET', '/v2.0/ports?fixed_ips=ip_address%3D192.0.2.100');

      expect(json()).toMatchObject({ ports: [{ device_owner: 'network:dhcp' }] });
    });
  });

  describe('Nova', () => {
    const create = async (more: object, headers: Record<string, string> = {}): Promise<CloudAnswer> =>
      await nova('POST', '/servers', {
        body: { server: { name: NAME, flavorRef: '2', networks: 'none', ...more } },
        headers,
      });
    const serverOf = async (id: string) => (await nova('GET', `/servers/${id}`)).json()['server'];
    const removeServer = async (id: string): Promise<void> => {
      expect((await nova('DELETE', `/servers/${id}`)).status).toBe(204);
      await until(
        async () => (await nova('GET', `/servers/${id}`)).status,
        (status) => status === 404,
      );
    };

    test('refuses a microversion that it does not have, and speaks its oldest when none is asked for', async () => {
      const high = await nova('GET', '/servers', { headers: { 'openstack-api-version': 'compute 2.999' } });
      const none = await client.ask('compute', 'GET', '/servers');

      expect([high.status, high.json()]).toMatchObject([406, { computeFault: { code: 406 } }]);
      expect(none.headers['openstack-api-version']).toBe('compute 2.1');
    });

    test('finds what is wrong with a server before it makes one', async () => {
      const image = await newImage({ min_disk: 2 });
      const queued = await create({ imageRef: image });
      await put(image);
      const odd = await newImage({ hw_disk_bus: 'floppyx' });
      await put(odd);
      const rows: [Promise<CloudAnswer>, number, string, RegExp][] = [
        [Promise.resolve(queued), 400, 'badRequest', /is not active/],
        [create({ imageRef: image }), 400, 'badRequest', /Flavor's disk is smaller than the minimum size/],
        [create({ imageRef: image, flavorRef: '1' }), 403, 'forbidden', /Only volume-backed servers are allowed/],
        [create({ imageRef: NOBODY }), 400, 'badRequest', /Can not find requested image/],
        [create({ imageRef: odd }), 400, 'badRequest', /Field value floppyx is invalid/],
        [create({ imageRef: odd, flavorRef: 'none' }), 400, 'badRequest', /Flavor none could not be found/],
        [create({ imageRef: odd, colour: 'blue' }), 400, 'badRequest', /Additional properties are not allowed/],
      ];

      for (const [asked, status, kind, message] of rows) {
        const answer = await asked;
        expect([answer.status, answer.json()[kind]?.['message']]).toEqual([status, expect.stringMatching(message)]);
      }
      for (const id of [image, odd]) await removeImage(id);
    });

    test('builds a server on a port that was made for it, and leaves the port when the server goes', async () => {
      const image = await newImage();
      await put(image);
      const port = await made(newPort({ mac_address: '00:50:56:07:07:08' }), 'port');
      const networks = [{ port }];
      const wish = { imageRef: image, networks, metadata: { guts: 'yes' }, tags: ['guts'] };
      const id = await made(create(wish), 'server');

      expect(String((await serverOf(id))?.['status'])).toBe('BUILD');
      await until(
        async () => (await serverOf(id))?.['status'],
        (status) => String(status) !== 'BUILD',
      );
      expect(await serverOf(id)).toMatchObject({
        status: 'ACTIVE',
        metadata: { guts: 'yes' },
        tags: ['guts'],
        image: { id: image },
        addresses: { lan: [{ 'OS-EXT-IPS-MAC:mac_addr': '00:50:56:07:07:08', 'OS-EXT-IPS:type': 'fixed' }] },
        'OS-EXT-STS:power_state': 1,
      });
      expect((await neutron('GET', `/v2.0/ports/${port}`)).json()).toMatchObject({ port: { device_id: id } });
      const taken = await create({ imageRef: image, networks });
      expect([taken.status, taken.json()]).toMatchObject([
        409,
        { conflictingRequest: { message: expect.stringContaining('is still in use') } },
      ]);
      const output = await nova('POST', `/servers/${id}/action`, { body: { 'os-getConsoleOutput': { length: 30 } } });
      expect([output.status, typeof output.json()['output']]).toEqual([200, 'string']);
      await removeServer(id);
      expect((await neutron('GET', `/v2.0/ports/${port}`)).json()).toMatchObject({
        port: { device_id: '', status: 'DOWN' },
      });
      await neutron('DELETE', `/v2.0/ports/${port}`);
      await removeImage(image);
    });

    test('ends in ERROR with a fault where no host can take the server', async () => {
      const image = await newImage({ hw_tpm_version: '2.0', hw_tpm_model: 'tpm-crb' });
      await put(image);
      const id = await made(create({ imageRef: image }), 'server');

      await until(
        async () => (await serverOf(id))?.['status'],
        (status) => String(status) !== 'BUILD',
      );

      expect(await serverOf(id)).toMatchObject({
        status: 'ERROR',
        fault: { code: 500, message: expect.stringMatching(/No valid host/) },
      });
      const output = await nova('POST', `/servers/${id}/action`, { body: { 'os-getConsoleOutput': {} } });
      expect(output.status).toBe(409);
      await removeServer(id);
      await removeImage(image);
    });

    test('tells limits and use', async () => {
      const { json } = await nova('GET', `/os-quota-sets/${client.projectId}/detail`);
      const limits = await nova('GET', '/limits');

      expect(json()).toMatchObject({ quota_set: { cores: { limit: expect.any(Number), in_use: expect.any(Number) } } });
      expect(limits.json()).toMatchObject({ limits: { absolute: { maxTotalCores: expect.any(Number) } } });
    });
  });

  describe('Cinder', () => {
    const create = async (volume: object): Promise<CloudAnswer> =>
      await cinder('POST', '/volumes', { body: { volume: { name: NAME, size: 1, ...volume } } });
    const statusOf = async (id: string) => (await cinder('GET', `/volumes/${id}`)).json()['volume']?.['status'];
    const settled = async (id: string): Promise<void> => {
      await until(
        async () => await statusOf(id),
        (status) => !['creating', 'downloading'].includes(String(status)),
      );
    };
    const remove = async (id: string): Promise<void> => {
      expect((await cinder('DELETE', `/volumes/${id}`)).status).toBe(202);
      await until(
        async () => (await cinder('GET', `/volumes/${id}`)).status,
        (status) => status === 404,
      );
    };

    test('makes a volume of an image and remembers what the image said', async () => {
      const image = await newImage({ hw_disk_bus: 'sata' });
      await put(image);
      const answer = await create({ imageRef: image, metadata: { guts: 'yes' } });
      const id = await made(Promise.resolve(answer), 'volume');

      expect([answer.status, answer.json()]).toMatchObject([202, { volume: { status: 'creating', size: 1 } }]);
      await settled(id);
      expect((await cinder('GET', `/volumes/${id}`)).json()).toMatchObject({
        volume: {
          status: 'available',
          bootable: 'true',
          metadata: { guts: 'yes' },
          volume_image_metadata: { hw_disk_bus: 'sata', image_id: image },
        },
      });
      await remove(id);
      await removeImage(image);
    });

    test('says over-limit with 413, and that trying again at once would do', async () => {
      const answer = await create({ size: 900_000 });

      expect([answer.status, answer.headers['retry-after']]).toEqual([413, '0']);
      expect(answer.json()).toMatchObject({
        overLimit: { code: 413, retryAfter: '0', message: expect.stringMatching(/^VolumeSizeExceedsAvailableQuota/) },
      });
    });

    test('makes no volume that is too small for its image', async () => {
      const image = await newImage({ min_disk: 2 });
      await put(image);

      const answer = await create({ imageRef: image });

      expect([answer.status, answer.json()]).toMatchObject([
        400,
        { badRequest: { message: expect.stringContaining('cannot be smaller than the image minDisk size 2GB') } },
      ]);
      await removeImage(image);
    });

    test('says only “error” of a volume whose image is not what it is said to be', async () => {
      const image = await newImage({ disk_format: 'qcow2' });
      await put(image);
      const id = await made(create({ imageRef: image }), 'volume');

      await settled(id);

      expect(String(await statusOf(id))).toBe('error');
      await remove(id);
      await removeImage(image);
    });
  });
}
