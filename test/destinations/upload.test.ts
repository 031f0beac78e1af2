/** One PUT, against real servers that take it, refuse it early, hang, or break off. */
import { createHash, X509Certificate } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import * as net from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, test } from 'vitest';
import { UntrustedServerError } from '../../worker/net/errors.ts';
import { Upload, type UploadTarget } from '../../worker/net/upload.ts';

const never = new AbortController().signal;
const servers: http.Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

class RefusedError extends Error {}

async function listening(server: http.Server, protocol = 'http'): Promise<UploadTarget> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return {
    url: `${protocol}://127.0.0.1:${port}/v2/images/1/file`,
    trust: { kind: 'system' },
    proxy: null,
    headers: { 'Content-Type': 'application/octet-stream' },
    explain: ({ status, text }) => new RefusedError(`${status} ${text}`),
  };
}

/** A server that takes everything and keeps its hash. */
function taker(): { readonly listener: http.RequestListener; readonly hash: () => string } {
  const hash = createHash('sha512');
  const listener: http.RequestListener = (request, response) => {
    request.on('data', (bytes: Buffer) => hash.update(bytes));
    request.on('end', () => response.writeHead(204).end());
  };
  return { listener, hash: () => hash.digest('hex') };
}

async function certified(listener: http.RequestListener): Promise<{ server: https.Server; sha256: string }> {
  const pair = await generate([{ name: 'commonName', value: 'glance.lab' }], { keySize: 2048 });
  return {
    server: https.createServer({ key: pair.private, cert: pair.cert }, listener),
    sha256: new X509Certificate(pair.cert).fingerprint256,
  };
}

function settling<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((tell) => (resolve = tell));
  return { promise, resolve };
}

const block = (fill: number, length = 300_000): Uint8Array => new Uint8Array(length).fill(fill);

describe('an upload', () => {
  test('arrives byte for byte and in order, however many appends are under way', async () => {
    const { listener, hash } = taker();
    const upload = await Upload.open(await listening(http.createServer(listener)), never);
    const expected = createHash('sha512');
    const sent: Promise<void>[] = [];
    for (let i = 0; i < 100; i++) {
      sent.push(upload.append(block(i)), upload.zeros(i * 1000));
      expected.update(block(i)).update(new Uint8Array(i * 1000));
    }
    await Promise.all(sent);

    const answer = await upload.end();

    expect(answer.status).toBe(204);
    expect(hash()).toBe(expected.digest('hex'));
    expect(upload.position).toBe(100 * 300_000 + 4_950_000);
  });

  test('goes over TLS from shared memory to the server that is pinned, and to no other', async () => {
    const { listener, hash } = taker();
    const { server, sha256 } = await certified(listener);
    const target = await listening(server, 'https');
    const shared = new Uint8Array(new SharedArrayBuffer(3_000_000)).fill(7);
    await using upload = await Upload.open({ ...target, trust: { kind: 'pinned', sha256 } }, never);
    await upload.append(shared);
    await upload.end();

    expect(hash()).toBe(createHash('sha512').update(shared).digest('hex'));
    await expect(Upload.open(target, never)).rejects.toThrow(UntrustedServerError);
  });

  test('gives a buffer back only when it may be used again', async () => {
    const { listener, hash } = taker();
    const upload = await Upload.open(await listening(http.createServer(listener)), never);
    const buffer = new Uint8Array(1024 * 1024);
    const expected = createHash('sha512');
    for (let i = 0; i < 40; i++) {
      buffer.fill(i);
      expected.update(buffer);
      await upload.append(buffer);
    }
    await upload.end();

    expect(hash()).toBe(expected.digest('hex'));
  });

  test('tells a refusal before a byte has left', async () => {
    const server = http.createServer();
    let took = 0;
    server.on('checkContinue', (request: http.IncomingMessage, response: http.ServerResponse) => {
      request.on('data', (bytes: Buffer) => (took += bytes.byteLength));
      response.writeHead(401).end('no token');
    });

    await expect(Upload.open(await listening(server), never)).rejects.toThrow('401 no token');
    expect(took).toBe(0);
  });

  test('tells the refusal that comes in the middle rather than the broken pipe', async () => {
    const server = http.createServer((request, response) => {
      let took = 0;
      request.on('data', (bytes: Buffer) => {
        took += bytes.byteLength;
        if (took > 2_000_000 && !response.headersSent)
          response.writeHead(413).end('too large', () => request.socket.destroy());
      });
    });
    const upload = await Upload.open(await listening(server), never);

    const sending = async (): Promise<void> => {
      for (let i = 0; i < 1000; i++) await upload.append(block(i));
    };

    await expect(sending()).rejects.toThrow('413 too large');
    await expect(upload.end()).rejects.toThrow('413 too large');
  });

  test('sends to a server that has never heard of “Expect”', async () => {
    const { listener, hash } = taker();
    const server = http.createServer();
    server.on('checkContinue', listener); // reads on without the word to go ahead
    const upload = await Upload.open(await listening(server), never);
    await upload.append(block(1));
    await upload.end();

    expect(hash()).toBe(createHash('sha512').update(block(1)).digest('hex'));
  });

  test('holds no more than its bound when the server does not read, and then gives up', async () => {
    const server = http.createServer((request) => void request.pause());
    const upload = await Upload.open({ ...(await listening(server)), stallMs: 1_000 }, never);
    let returned = 0;
    const sending = Array.from({ length: 64 }, async () => {
      await upload.append(block(1, 1024 * 1024));
      returned++;
    });

    const outcomes = await Promise.allSettled(sending);

    expect(outcomes.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'net.connection-lost' } });
    expect(returned).toBeLessThan(20); // what the kernel took
  });

  test('breaks the connection when it is cancelled, and says why', async () => {
    const cut = settling<void>();
    const server = http.createServer((request) => {
      request.on('error', () => cut.resolve());
      request.on('data', () => {});
    });
    const cancel = new AbortController();
    const upload = await Upload.open(await listening(server), cancel.signal);
    await upload.append(block(1));
    cancel.abort('operator cancelled');

    await expect(upload.append(block(2))).rejects.toBe('operator cancelled');
    await cut.promise;
    expect(upload.position).toBe(600_000);
  });

  test('is not taken for whole when it is disposed of before its end', async () => {
    const end = settling<string>();
    const server = http.createServer((request) => {
      request.on('error', () => end.resolve('broken'));
      request.on('end', () => end.resolve('whole'));
      request.on('data', () => {});
    });
    {
      await using upload = await Upload.open(await listening(server), never);
      await upload.append(block(1));
    }

    expect(await end.promise).toBe('broken');
  });

  test('says that the connection was lost when the server goes away', async () => {
    const server = http.createServer((request) => void request.once('data', () => request.socket.destroy()));
    const upload = await Upload.open(await listening(server), never);
    const sending = async (): Promise<void> => {
      for (let i = 0; i < 1000; i++) await upload.append(block(i));
    };

    await expect(sending()).rejects.toMatchObject({ code: 'net.connection-lost', retryable: true });
  });

  test('goes through a proxy that is asked to connect', async () => {
    const { listener, hash } = taker();
    const target = await listening(http.createServer(listener));
    const asked: string[] = [];
    const proxy = http.createServer();
    proxy.on('connect', (request: http.IncomingMessage, client: net.Socket) => {
      asked.push(request.url ?? '');
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const server = net.connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        server.pipe(client).pipe(server);
      });
    });
    const address = new URL((await listening(proxy)).url);
    const upload = await Upload.open({ ...target, proxy: address.origin }, never);
    await upload.append(block(3));
    await upload.end();

    expect(asked).toEqual([new URL(target.url).host]);
    expect(hash()).toBe(createHash('sha512').update(block(3)).digest('hex'));
  });
});
