/** Files read by ranges arrive right whatever the network does, or end in an error that says why. */
import { describe, expect, test } from 'vitest';
import { ConnectionCount } from '../../worker/net/connection-count.ts';
import { RangeSource, type RangeFile } from '../../worker/net/range-source.ts';
import { pattern, scriptedServer, send, type Answer, type Asked, type ScriptedServer } from './scripted-server.ts';

const FILE = pattern(3_000_017);
const never = new AbortController().signal;
const retries = { mostTries: 4, firstPauseMs: 1 };

describe('a file that is read by ranges', () => {
  test('gives any stretch of itself, small and large ones at once', async () => {
    await using server = await scriptedServer(serve());
    await using source = await opened(server, { partBytes: 100_000 });

    expect(source.sizeBytes).toBe(FILE.length);
    const stretches = [
      [0, FILE.length],
      [FILE.length - 1, 1],
      [123_456, 654_321],
      [0, 1],
      [1_000_000, 0],
    ] as const;
    await Promise.all(
      stretches.map(async ([position, length]) => {
        const into = Buffer.alloc(length);
        await source.read(into, position, never);
        expect(into.equals(FILE.subarray(position, position + length))).toBe(true);
      }),
    );
  });

  test('uses a few connections again and again', async () => {
    await using server = await scriptedServer(serve());
    await using source = await opened(server, { partBytes: 50_000 });
    expect(await isWhole(source)).toBe(true);
    expect(await isWhole(source)).toBe(true);

    expect(server.requests.length).toBeGreaterThan(100);
    expect(server.connections).toBeLessThanOrEqual(8);
  });

  test('asks once for small stretches that continue each other', async () => {
    await using server = await scriptedServer(serve());
    await using source = await opened(server, { mostConnections: 1 });
    const blocks = Array.from({ length: 40 }, (_, i) => ({ position: i * 10_000, into: Buffer.alloc(10_000) }));
    await Promise.all(blocks.map(async ({ position, into }) => await source.read(into, position, never)));

    expect(Buffer.concat(blocks.map(({ into }) => into)).equals(FILE.subarray(0, 400_000))).toBe(true);
    expect(server.requests.map(rangeOf)).toEqual([
      [0, 1],
      [0, 400_000],
    ]);
  });

  test('goes on at the byte where a connection broke', async () => {
    const cut: Answer = async (asked, socket) => {
      if (asked.nth !== 2) {
        await serve()(asked, socket);
        return;
      }
      const [from, to] = rangeOf(asked);
      await send(socket, Buffer.concat([headOf(from, to), FILE.subarray(from, from + 123_456)]));
      socket.end();
    };
    await using server = await scriptedServer(cut);
    await using source = await opened(server, { mostConnections: 1 });

    expect(await isWhole(source)).toBe(true);

    expect(server.requests.map(rangeOf)).toEqual([
      [0, 1],
      [0, FILE.length],
      [123_456, FILE.length],
    ]);
  });

  test('outlives refusals, resets and busy servers', async () => {
    const trouble: Answer = async (asked, socket) => {
      if (asked.nth % 4 === 1) socket.destroy();
      else if (asked.nth % 4 === 2) {
        await send(socket, Buffer.from('HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n'));
      } else await serve()(asked, socket);
    };
    await using server = await scriptedServer(trouble);
    await using source = await opened(server, { partBytes: 400_000, retries: { mostTries: 12, firstPauseMs: 1 } });

    expect(await isWhole(source)).toBe(true);
  });

  test('outlives a server that closes connections behind each answer', async () => {
    await using server = await scriptedServer(async (asked, socket) => {
      await serve()(asked, socket);
      socket.end();
    });
    await using source = await opened(server, { partBytes: 300_000 });

    expect(await isWhole(source)).toBe(true);
  });

  test('signs in again, once for all parts, when the session has ended', async () => {
    let good = 'session=1';
    let renewals = 0;
    let mine = good;
    await using server = await scriptedServer(async (asked, socket) => {
      if (asked.headers.get('cookie') === good) await serve()(asked, socket);
      else await send(socket, Buffer.from('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n'));
    });
    const file = {
      headers: () => ({ Cookie: mine }),
      renew: async () => {
        renewals += 1;
        await Promise.resolve();
        mine = good;
      },
    };
    await using source = await opened(server, { partBytes: 100_000 }, file);
    await source.read(Buffer.alloc(500_000), 0, never);
    good = 'session=2';

    expect(await isWhole(source)).toBe(true);

    expect(renewals).toBe(1);
  });
});

describe('reading by ranges ends, and says why,', () => {
  test.each<readonly [string, Answer, string]>([
    [
      'when the server gives no ranges',
      async (_, socket) => await send(socket, Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc')),
      'net.strange-answer',
    ],
    [
      'when the server gives another part',
      async (asked, socket) => {
        const [from, to] = rangeOf(asked);
        const shift = asked.nth === 1 ? 0 : 1;
        await send(socket, Buffer.concat([headOf(from + shift, to + shift), FILE.subarray(from, to)]));
      },
      'net.strange-answer',
    ],
    [
      'when the part is longer than it says',
      async (asked, socket) => {
        const [from, to] = rangeOf(asked);
        const length = asked.nth === 1 ? to - from : to - from + 1;
        await send(socket, Buffer.concat([headOf(from, to, {}, length), FILE.subarray(from, to), Buffer.from('x')]));
      },
      'net.strange-answer',
    ],
    ['when the file grows', serve({ total: (nth) => FILE.length + (nth > 2 ? 512 : 0) }), 'net.file-changed'],
    [
      'when the file is replaced',
      serve({ headers: (nth) => ({ ETag: `"${nth > 2 ? 'b' : 'a'}"` }) }),
      'net.file-changed',
    ],
    [
      'when the file is written to',
      serve({ headers: (nth) => ({ 'Last-Modified': `Mon, 02 Jan 2026 00:00:0${nth > 2 ? 1 : 0} GMT` }) }),
      'net.file-changed',
    ],
    [
      'when the file goes away',
      async (asked, socket) => {
        if (asked.nth < 3) await serve()(asked, socket);
        else await send(socket, Buffer.from('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'));
      },
      'net.not-found',
    ],
    [
      'when the part is not there',
      async (asked, socket) => {
        if (asked.nth < 3) await serve()(asked, socket);
        else await send(socket, Buffer.from('HTTP/1.1 416 No\r\nContent-Length: 0\r\n\r\n'));
      },
      'net.range-refused',
    ],
    [
      'when the server fails and fails',
      async (_, socket) => await send(socket, Buffer.from('HTTP/1.1 500 Error\r\nContent-Length: 0\r\n\r\n')),
      'net.server-failed',
    ],
    ['when connections break and break', (_, socket) => void socket.destroy(), 'net.connection-lost'],
    [
      'when nothing comes any more',
      async (asked, socket) => {
        const [from, to] = rangeOf(asked);
        if (asked.nth === 1) await serve()(asked, socket);
        else await send(socket, headOf(from, to));
      },
      'net.connection-lost',
    ],
    [
      'when signing in again does not help',
      async (_, socket) => await send(socket, Buffer.from('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n')),
      'net.not-signed-in',
    ],
  ])('%s', async (what, answer, code) => {
    await using server = await scriptedServer(answer);
    const reading = async (): Promise<void> => {
      const idleMs = what === 'when nothing comes any more' ? 200 : 60_000;
      await using source = await opened(server, { partBytes: 500_000, idleMs }, { renew: async () => {} });
      expect(await isWhole(source)).toBe(true);
    };

    await expect(reading()).rejects.toMatchObject({ code });
  });

  test('when more is asked for than there is', async () => {
    await using server = await scriptedServer(serve());
    await using source = await opened(server);

    await expect(source.read(Buffer.alloc(2), FILE.length - 1)).rejects.toMatchObject({ code: 'disk.truncated' });
  });

  test('for whoever cancels, and nobody else; his memory is left alone from then on', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await using server = await scriptedServer(async (asked, socket) => {
      if (asked.nth === 2) {
        const [from, to] = rangeOf(asked);
        await send(socket, Buffer.concat([headOf(from, to), FILE.subarray(from, from + 1000)]));
        await held;
        await send(socket, FILE.subarray(from + 1000, to));
      } else await serve()(asked, socket);
    });
    await using source = await opened(server, { mostConnections: 1 });
    const cancel = new AbortController();
    const his = Buffer.alloc(10_000);
    const other = Buffer.alloc(10_000);
    const both = [source.read(his, 0, cancel.signal), source.read(other, 10_000, never)] as const;
    const hisEnd = Promise.allSettled([both[0]]);
    while (his[999] !== FILE[999]) await new Promise((resolve) => setImmediate(resolve));
    cancel.abort('operator cancelled');
    expect(await hisEnd).toMatchObject([{ status: 'rejected', reason: 'operator cancelled' }]);
    his.fill(0);
    release();
    await both[1];

    expect(other.equals(FILE.subarray(10_000, 20_000))).toBe(true);
    expect(his.equals(Buffer.alloc(10_000))).toBe(true);
  });

  test('when it is closed while somebody reads', async () => {
    await using server = await scriptedServer(async (asked, socket) => {
      if (asked.nth === 1) await serve()(asked, socket);
    });
    const source = await opened(server);
    const ends = Promise.allSettled([source.read(Buffer.alloc(1000), 0)]);
    await source[Symbol.asyncDispose]();

    expect(await ends).toMatchObject([{ status: 'rejected', reason: { code: 'net.connection-lost' } }]);
  });
});

describe('the number of connections', () => {
  /** What a server brings, in bytes a millisecond, by the number of connections. */
  const settledAt = (rate: (connections: number) => number): number => {
    const count = new ConnectionCount(4, 8);
    const seen: number[] = [];
    let now = 0;
    for (let i = 0; i < 4000; i++) {
      const bytes = 4 * 1024 * 1024;
      now += bytes / rate(count.current);
      count.note(bytes, now, true);
      if (i > 2000) seen.push(count.current);
    }
    return seen.reduce((sum, one) => sum + one, 0) / seen.length;
  };

  test('grows where each one brings more', () => {
    expect(settledAt((n) => 5000 * n)).toBeGreaterThan(6.5);
  });

  test('shrinks where more bring less', () => {
    expect(settledAt((n) => 40_000 / n)).toBeLessThan(2.5);
  });

  test('finds what is best in between', () => {
    const found = settledAt((n) => 20_000 - 4000 * Math.abs(n - 3));

    expect(found).toBeGreaterThan(2);
    expect(found).toBeLessThan(4);
  });

  test('stays between one and the most', () => {
    const count = new ConnectionCount(4, 8);
    for (let i = 0; i < 20; i++) count.refuse();

    expect(count.current).toBe(1);
  });

  test('learns nothing from times in which nobody waited', () => {
    const count = new ConnectionCount(4, 8);
    for (let i = 1; i < 1000; i++) count.note(100 * 1024 * 1024, i * 10_000, false);

    expect(count.current).toBe(4);
  });
});

async function opened(
  server: ScriptedServer,
  options: Parameters<typeof RangeSource.open>[2] = {},
  file: Partial<RangeFile> = {},
): Promise<RangeSource> {
  const { peer } = server;
  return await RangeSource.open({ peer, path: '/disk', name: 'disk', ...file }, never, { retries, ...options });
}

async function isWhole(source: RangeSource): Promise<boolean> {
  const into = Buffer.alloc(source.sizeBytes);
  await source.read(into, 0, never);
  return into.equals(FILE.subarray(0, into.length));
}

interface Behaviour {
  readonly total?: (nth: number) => number;
  readonly headers?: (nth: number) => Readonly<Record<string, string>>;
}

function serve({ total = () => FILE.length, headers = () => ({}) }: Behaviour = {}): Answer {
  return async (asked, socket) => {
    const [from, to] = rangeOf(asked);
    const head = headOf(from, to, headers(asked.nth), to - from, total(asked.nth));
    await send(socket, Buffer.concat([head, FILE.subarray(from, to)]));
  };
}

function rangeOf({ headers }: Asked): [number, number] {
  const [, from, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.get('range') ?? '') ?? [];
  return [Number(from), Number(last) + 1];
}

function headOf(
  from: number,
  to: number,
  headers: Readonly<Record<string, string>> = {},
  length = to - from,
  total = FILE.length,
): Buffer {
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(
    `HTTP/1.1 206 Partial Content\r\nContent-Range: bytes ${from}-${to - 1}/${total}\r\nContent-Length: ${length}\r\n${more.join('')}\r\n`,
  );
}
