/** Downloads over TLS come whole and right, or end in an error that says what happened. */
import * as http from 'node:http';
import { once } from 'node:events';
import * as net from 'node:net';
import { describe, expect, test } from 'vitest';
import type { GutsError } from '../../main/shared/errors.ts';
import { openDownload, type Download } from '../../worker/net/bulk-get.ts';
import { chunked, pattern, scriptedServer, send, type Answer } from './scripted-server.ts';

const BODY = pattern(700_001);
const never = new AbortController().signal;

describe('a download', () => {
  test('of a known length comes whole, whatever the reader’s windows are', async () => {
    await using server = await scriptedServer(async (_, socket) => {
      await send(socket, answerOf(BODY));
    });
    for (const window of [1_000_000, 65_536, 16_384, 9973]) {
      await using download = await openDownload({ ...server, path: '/disk', name: 'disk' }, never);

      expect(download.sizeBytes).toBe(BODY.length);
      expect((await allOf(download, window)).equals(BODY)).toBe(true);
    }
  });

  test('in chunks comes whole wherever chunks and packets are cut', async () => {
    for (const [chunks, pieces] of [
      [[BODY.length], [BODY.length + 100]],
      [[1, 2, 3, 17, 4096], [50_000]],
      [[65_536], [16_384, 1, 2]],
      [
        [100_000, 7],
        [1000, 3, 65_536],
      ],
    ] as const) {
      const body = chunks[1] === 7 ? BODY.subarray(0, 120_000) : BODY;
      await using server = await scriptedServer(async (_, socket) => {
        const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
        await send(socket, Buffer.concat([Buffer.from(head), chunked(body, chunks, 'X-Sum: 1\r\n')]), pieces);
      });
      for (const window of [1_000_000, 4096]) {
        await using download = await openDownload({ ...server, path: '/disk', name: 'disk' }, never);

        expect(download.sizeBytes).toBeNull();
        expect((await allOf(download, window)).equals(body)).toBe(true);
      }
    }
  });

  test('whose answer comes byte by byte is still understood', async () => {
    const body = pattern(300);
    await using server = await scriptedServer(async (_, socket) => {
      const head = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n';
      await send(socket, Buffer.concat([Buffer.from(head), chunked(body, [5, 100])]), [1]);
    });
    await using download = await openDownload({ ...server, path: '/disk', name: 'disk' }, never);

    expect((await allOf(download, 64)).equals(body)).toBe(true);
  });

  test('waits for a reader that is slow, without keeping more than a little', async () => {
    const body = pattern(32 * 1024 * 1024);
    let left = 0;
    await using server = await scriptedServer(async (_, socket) => {
      await send(socket, headOf(body.length));
      for (let at = 0; at < body.length; at += 65_536) {
        await send(socket, body.subarray(at, at + 65_536));
        left = at + 65_536;
      }
    });
    await using download = await openDownload({ ...server, path: '/disk', name: 'disk' }, never);
    const parts: Buffer[] = [];
    let furthestAhead = 0;
    for (let read = 0; read < body.length;) {
      for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
      furthestAhead = Math.max(furthestAhead, left - read);
      const window = Buffer.alloc(1024 * 1024);
      const got = await download.read(window, never);
      parts.push(window.subarray(0, got));
      read += got;
    }

    expect(furthestAhead).toBeLessThan(20 * 1024 * 1024); // what two sockets of the system hold
    expect(Buffer.concat(parts).equals(body)).toBe(true);
  });

  test('can go straight into memory that threads share', async () => {
    await using server = await scriptedServer(async (_, socket) => {
      await send(socket, answerOf(BODY));
    });
    await using download = await openDownload({ ...server, path: '/disk', name: 'disk' }, never);
    const shared = new Uint8Array(new SharedArrayBuffer(BODY.length + 10), 10);

    expect(await download.read(shared, never)).toBe(BODY.length);
    expect(Buffer.from(shared).equals(BODY)).toBe(true);
  });

  test('goes through a proxy that is asked to CONNECT', async () => {
    await using server = await scriptedServer(async (_, socket) => {
      await send(socket, answerOf(BODY));
    });
    const seen: string[] = [];
    const proxy = http.createServer();
    proxy.on('connect', (request, client: net.Socket) => {
      seen.push(request.url ?? '');
      const upstream = net.connect(server.peer.port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        client.pipe(upstream).pipe(client);
      });
      client.on('error', () => {});
      upstream.on('error', () => {});
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const peer = { ...server.peer, proxy: `http://127.0.0.1:${(proxy.address() as net.AddressInfo).port}` };
    try {
      await using download = await openDownload({ peer, path: '/disk', name: 'disk' }, never);

      expect((await allOf(download, 100_000)).equals(BODY)).toBe(true);
      expect(seen).toEqual([`127.0.0.1:${server.peer.port}`]);
    } finally {
      proxy.close();
    }
  });
});

describe('a download that is spoiled says so', () => {
  const spoiled: readonly (readonly [string, Answer, string])[] = [
    [
      'a body that is shorter than announced',
      async (_, socket) => {
        await send(socket, Buffer.concat([headOf(BODY.length), BODY.subarray(0, -1)]));
        socket.end();
      },
      'net.connection-lost',
    ],
    [
      'a connection that is reset',
      async (_, socket) => {
        await send(socket, Buffer.concat([headOf(BODY.length), BODY.subarray(0, 300_000)]));
        socket.destroy();
      },
      'net.connection-lost',
    ],
    [
      'a chunk that is cut',
      async (_, socket) => {
        await send(socket, Buffer.concat([CHUNKED_HEAD, chunked(BODY, [65_536]).subarray(0, 200_000)]));
        socket.end();
      },
      'net.connection-lost',
    ],
    [
      'chunks without the last, empty one',
      async (_, socket) => {
        await send(socket, Buffer.concat([CHUNKED_HEAD, chunked(BODY, [65_536]).subarray(0, -5)]));
        socket.end();
      },
      'net.connection-lost',
    ],
    [
      'a chunk whose length is none',
      async (_, socket) => {
        await send(socket, Buffer.concat([CHUNKED_HEAD, Buffer.from('10\r\n0123456789abcdef\r\nzz\r\n')]));
      },
      'net.strange-answer',
    ],
    [
      'a chunk that is longer than its length',
      async (_, socket) => {
        await send(socket, Buffer.concat([CHUNKED_HEAD, Buffer.from('4\r\n0123456789\r\n0\r\n\r\n')]));
      },
      'net.strange-answer',
    ],
    [
      'a chunk beyond all measure',
      async (_, socket) => {
        await send(socket, Buffer.concat([CHUNKED_HEAD, Buffer.from('fffffffffffffffff\r\n')]));
      },
      'net.strange-answer',
    ],
    [
      'a chunk’s length without end',
      async (_, socket) => {
        await send(socket, Buffer.concat([CHUNKED_HEAD, Buffer.alloc(100_000, '0')]));
      },
      'net.strange-answer',
    ],
    [
      'an answer without a length',
      async (_, socket) => {
        await send(socket, Buffer.from('HTTP/1.1 200 OK\r\n\r\nbytes'));
        socket.end();
      },
      'net.strange-answer',
    ],
    [
      'two lengths',
      async (_, socket) => {
        await send(socket, Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nbytes'));
      },
      'net.strange-answer',
    ],
    [
      'a length and chunks',
      async (_, socket) => {
        await send(socket, Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'));
      },
      'net.strange-answer',
    ],
    [
      'a redirect',
      async (_, socket) => {
        await send(
          socket,
          Buffer.from('HTTP/1.1 302 Found\r\nLocation: https://elsewhere/\r\nContent-Length: 0\r\n\r\n'),
        );
      },
      'net.strange-answer',
    ],
    [
      'no HTTP',
      async (_, socket) => await send(socket, Buffer.from('SSH-2.0-OpenSSH_9\r\n\r\n')),
      'net.strange-answer',
    ],
    [
      'a head without end',
      async (_, socket) => await send(socket, Buffer.from(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}`)),
      'net.strange-answer',
    ],
    ['no answer', async (_, socket) => void socket.end(), 'net.connection-lost'],
    ['a stall', async (_, socket) => await send(socket, answerOf(BODY).subarray(0, 100_000)), 'net.connection-lost'],
    [
      'a sign-in that is wanted',
      async (_, socket) => await send(socket, Buffer.from('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n')),
      'net.not-signed-in',
    ],
    [
      'a file that is not there',
      async (_, socket) => await send(socket, Buffer.from('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')),
      'net.not-found',
    ],
  ];

  test.each(spoiled)('%s', async (what, answer, code) => {
    await using server = await scriptedServer(answer);

    const error = await failureOf(async () => {
      const idleMs = what === 'a stall' ? 300 : 60_000;
      await using download = await openDownload({ ...server, path: '/secret-path', name: 'disk' }, never, idleMs);
      await allOf(download, 1024 * 1024);
    });

    expect(error).toMatchObject({ code });
    expect(`${error.message} ${error.remedy}`).not.toContain('secret-path');
  });

  test('and repeats what the server says of a failure', async () => {
    await using server = await scriptedServer(async (_, socket) => {
      const says = 'The file is locked by a running virtual machine.\n';
      const head = `HTTP/1.1 500 Error\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${says.length}\r\n\r\n`;
      await send(socket, Buffer.from(head + says));
    });

    await expect(openDownload({ ...server, path: '/disk', name: 'disk' }, never)).rejects.toMatchObject({
      code: 'net.server-failed',
      retryable: true,
      message: expect.stringContaining('locked by a running virtual machine'),
    });
  });

  test('to whoever cancels, in his own words', async () => {
    await using server = await scriptedServer(async (_, socket) => {
      await send(socket, Buffer.concat([headOf(BODY.length), BODY.subarray(0, 100_000)]));
    });
    const cancel = new AbortController();
    await using download = await openDownload({ ...server, path: '/disk', name: 'disk' }, cancel.signal);
    await download.read(new Uint8Array(1000), cancel.signal);
    const reading = download.read(new Uint8Array(500_000), cancel.signal);
    cancel.abort('operator cancelled');

    await expect(reading).rejects.toBe('operator cancelled');
    await expect(download.read(new Uint8Array(10))).rejects.toBe('operator cancelled');
  });

  test('when a header would break out of its line', async () => {
    await using server = await scriptedServer(async (_, socket) => await send(socket, answerOf(BODY)));
    const headers = (): Record<string, string> => ({ Cookie: 'a\r\nX-Injected: yes' });

    await expect(openDownload({ ...server, path: '/disk', name: 'disk', headers })).rejects.toMatchObject({
      code: 'net.strange-answer',
    });
    expect(server.requests).toEqual([]);
  });
});

const CHUNKED_HEAD = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');

function headOf(length: number): Buffer {
  return Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
}

function answerOf(body: Buffer): Buffer {
  return Buffer.concat([headOf(body.length), body]);
}

async function allOf(download: Download, windowBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (;;) {
    const window = Buffer.alloc(windowBytes);
    const got = await download.read(window, never);
    parts.push(window.subarray(0, got));
    if (got < windowBytes) break;
  }
  expect(await download.read(new Uint8Array(1))).toBe(0);
  return Buffer.concat(parts);
}

async function failureOf(work: () => Promise<unknown>): Promise<GutsError> {
  try {
    await work();
  } catch (error) {
    return error as GutsError; // the expectations that follow say whether it is
  }
  throw new Error('nothing failed');
}
