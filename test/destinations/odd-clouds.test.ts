/** What some clouds do and others do not: deleted servers that stay a while, hashes of another kind, volumes that fail. */
import * as http from 'node:http';
import * as net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { openOpenstack } from '../../worker/destinations/openstack/driver.ts';
import type { DestinationDriver } from '../../worker/drivers.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { plan, plannedDisk, serverSpec } from '../support/moves.ts';
import { diskBytes, finish, imageSpec, LabCloud, never, quickClock, send, TAG } from './lab-cloud.ts';
import { type Reply, SmallCloud } from './small-cloud.ts';

const closing: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function smallCloud(): Promise<SmallCloud> {
  const cloud = await SmallCloud.start();
  closing.push(cloud);
  return cloud;
}

async function signedIn(small: SmallCloud): Promise<DestinationDriver> {
  const driver = await openOpenstack(small.signIn(), never, { clock: quickClock() });
  closing.push(driver);
  return driver;
}

async function listening(server: http.Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push({
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}

/** A Glance with one image, that says of its bytes what it is told to say. */
async function glance(said: Readonly<Record<string, unknown>>): Promise<string> {
  let size: number | null = null;
  const server = http.createServer((request, response) => {
    let bytes = 0;
    request.on('data', (piece: Buffer) => (bytes += piece.byteLength));
    request.on('end', () => {
      if (request.method === 'PUT') size = bytes;
      const image = { id: 'i1', status: size === null ? 'queued' : 'active', size, ...said };
      const isFile = request.url?.endsWith('/file') ?? false;
      response.writeHead(isFile ? 204 : 200, { 'Content-Type': 'application/json' });
      response.end(isFile ? undefined : JSON.stringify(request.url === '/' ? { versions: [] } : image));
    });
  });
  return await listening(server);
}

describe('an image service', () => {
  test('that hashes otherwise is believed about the size only, and that is said', async () => {
    const small = await smallCloud();
    small.catalogue = [{ type: 'image', path: await glance({ os_hash_algo: 'sha256', os_hash_value: 'ab' }) }];
    const driver = await signedIn(small);
    const bytes = diskBytes(1);
    await using upload = await driver.openImage(imageSpec('2000'), new MemoryLedger(TAG), never);
    await send(upload, bytes);

    const { evidence } = await finish(upload, bytes);

    expect(evidence).toContain('by sha256');
    expect(evidence).toContain('not compared');
  });

  test('that has fewer bytes than were sent is not believed', async () => {
    const small = await smallCloud();
    small.catalogue = [{ type: 'image', path: await glance({ size: 17 }) }];
    const driver = await signedIn(small);
    const bytes = diskBytes(1);
    await using upload = await driver.openImage(imageSpec('2000'), new MemoryLedger(TAG), never);
    await send(upload, bytes);

    await expect(finish(upload, bytes)).rejects.toMatchObject({ code: 'openstack.image-differs' });
  });

  test('that never lets go of a broken upload gets a new image for the next try', async () => {
    const small = await smallCloud();
    const asked = {
      name: `${TAG}-disk-2000`,
      disk_format: 'raw',
      min_disk: 1,
      hw_disk_bus: 'virtio',
      os_type: 'linux',
    };
    let made = 0;
    small.on('POST /image/v2/images', () => ({ status: 201, body: { id: `i${++made}`, status: 'queued', ...asked } }));
    small.on('GET /image/v2/images/i1', () => ({ body: { id: 'i1', status: 'saving', ...asked } }));
    small.on('DELETE /image/v2/images/i1', () => ({ status: 204 }));
    const driver = await signedIn(small);
    const ledger = new MemoryLedger(TAG);
    await using first = await driver.openImage(imageSpec('2000'), ledger, never);
    await using second = await driver.openImage(imageSpec('2000'), ledger, never);

    expect([first.imageId, second.imageId]).toEqual(['i1', 'i2']);
    expect(small.askedFor('DELETE /image/v2/images/i1')).toHaveLength(1);
    expect(ledger.items).toMatchObject([{ key: 'image:2000', id: 'i2' }]);
  });

  test('that made an image and lost the answer is not asked to make another', async () => {
    const small = await smallCloud();
    let isMade = false;
    const image = { id: 'i1', name: `${TAG}-disk-2000`, status: 'queued', disk_format: 'raw', min_disk: 1 };
    const made = { ...image, hw_disk_bus: 'virtio', os_type: 'linux' };
    small.on('POST /image/v2/images', () => {
      isMade = true;
      return { body: null };
    });
    small.on('GET /image/v2/images', () => ({ body: { images: isMade ? [made] : [] } }));
    small.on('GET /image/v2/images/i1', () => ({ body: made }));
    const driver = await signedIn(small);
    const ledger = new MemoryLedger(TAG);

    await using upload = await driver.openImage(imageSpec('2000'), ledger, never);

    expect(upload.imageId).toBe('i1');
    expect(small.askedFor('POST /image/v2/images')).toHaveLength(1);
    expect(ledger.items).toMatchObject([{ key: 'image:2000', id: 'i1' }]);
  });

  test.each([
    ['hangs up on an order', { body: null }],
    ['is out when the order comes', { status: 503, body: 'busy' }],
  ])('that %s and made nothing is asked once more', async (_what, reply: Reply) => {
    const small = await smallCloud();
    const replies = [reply];
    small.on('POST /image/v2/images', () => replies.shift() ?? { status: 201, body: { id: 'i1', status: 'queued' } });
    small.on('GET /image/v2/images', () => ({ body: { images: [] } }));
    const driver = await signedIn(small);

    await using upload = await driver.openImage(imageSpec('2000'), new MemoryLedger(TAG), never);

    expect(upload.imageId).toBe('i1');
    expect(small.askedFor('POST /image/v2/images')).toHaveLength(2);
  });

  test('whose last answer is lost is asked what became of the image', async () => {
    const tunnels: { sent: number }[] = [];
    const proxy = http.createServer();
    proxy.on('connect', (request: http.IncomingMessage, client: net.Socket) => {
      const tunnel = { sent: 0 };
      tunnels.push(tunnel);
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const server = net.connect(Number(port), host, () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
      for (const socket of [client, server])
        socket.on('error', () => {}).on('close', () => [client, server].map((one) => one.destroy()));
      client.on('data', (bytes: Buffer) => {
        tunnel.sent += bytes.byteLength;
        server.write(bytes);
      });
      server.on('data', (bytes: Buffer) => {
        if (tunnel.sent > diskBytes(1).byteLength) client.destroy(); // the answer to the upload gets no further
        else client.write(bytes);
      });
    });
    const at = await LabCloud.start({}, 'migrator', await listening(proxy));
    closing.push(at);

    await expect(at.image('2000', diskBytes(1))).resolves.toBeDefined();
    expect(Math.max(...tunnels.map(({ sent }) => sent))).toBeGreaterThan(diskBytes(1).byteLength);
  });
});

describe('a volume service', () => {
  test('that fails is quoted with its own message', async () => {
    const small = await smallCloud();
    const volume = (status: string): Reply => ({ body: { volume: { id: 'v1', name: 'v', status, size: 1 } } });
    const base = '/volume/v3/0123456789abcdef0123456789abcdef';
    small.on(`POST ${base}/volumes`, () => ({ status: 202, ...volume('creating') }));
    small.on(`GET ${base}/volumes/v1`, () => volume('error'));
    const message = 'schedule allocate volume: Could not find any available weighted backend.';
    small.on(`GET ${base}/messages`, () => ({ body: { messages: [{ user_message: message }] } }));
    const driver = await signedIn(small);
    const planned = plan('web01', { disks: [plannedDisk('2000', { bootIndex: 0 })] });
    const spec = serverSpec(TAG, planned, new Map([['2000', 'i1']]), { boot: 'volume' });

    await expect(driver.provision(spec, new MemoryLedger(TAG), never)).rejects.toMatchObject({
      code: 'openstack.volume-failed',
      message: expect.stringContaining('Could not find any available weighted backend') as string,
    });
  });
});

describe('a compute service', () => {
  const server = (status: string): Reply => ({ body: { server: { id: 's1', name: 'web01', status, metadata: {} } } });
  const item = { key: 'server', side: 'destination', kind: 'server', name: 'server', id: 's1', facts: {} } as const;

  test('that keeps deleted servers is told to let go of them', async () => {
    const small = await smallCloud();
    let status = 'ACTIVE';
    small.on('DELETE /compute/v2.1/servers/s1', () => {
      status = 'SOFT_DELETED';
      return { status: 204 };
    });
    small.on('POST /compute/v2.1/servers/s1/action', ({ body }) => {
      if (JSON.stringify(body) === '{"forceDelete":null}') status = 'gone';
      return { status: 202 };
    });
    small.on('GET /compute/v2.1/servers/s1', () => (status === 'gone' ? { status: 404, body: '' } : server(status)));
    const driver = await signedIn(small);

    await driver.undo(item, never);

    expect(status).toBe('gone');
  });

  test('that is out while a server is being removed is waited for', async () => {
    const small = await smallCloud();
    let looks = 0;
    small.on('DELETE /compute/v2.1/servers/s1', () => ({ status: 204 }));
    small.on('GET /compute/v2.1/servers/s1', () => {
      looks++;
      return looks < 15 ? { status: 503, body: 'Service Unavailable' } : { status: 404, body: '' };
    });
    const driver = await signedIn(small);

    await expect(driver.undo(item, never)).resolves.toBeUndefined();
    expect(looks).toBe(15);
  });

  test('that never lets go of a server is named', async () => {
    const small = await smallCloud();
    small.on('DELETE /compute/v2.1/servers/s1', () => ({ status: 204 }));
    small.on('GET /compute/v2.1/servers/s1', () => server('ACTIVE'));
    const driver = await signedIn(small);

    await expect(driver.undo(item, never)).rejects.toMatchObject({ code: 'openstack.not-removed' });
  });
});
