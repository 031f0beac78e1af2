/** Servers of SMB that lie, forge, cut and stall: our client names what is wrong, gives no wrong byte, and goes on where that is safe. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { SmbHost, type SmbHostOptions } from '../../worker/sources/hyperv/smb/host.ts';
import { mechanisms, offerToken } from '../support/smb-messages.ts';
import { command, framed, SmbServer, type Outgoing, type SmbServerOptions } from '../support/smb-server.ts';

const account = { user: 'Administrator', domain: '', password: 'P@ss of this test' };
const content = randomBytes(3_000_000);
const { signal } = new AbortController();
const retries = { mostTries: 3, firstPauseMs: 1 };
const SMALL = 64 * 1024;

const opened = async (server: SmbServer, options: Partial<SmbHostOptions> = {}): Promise<SmbHost> =>
  await SmbHost.open(
    {
      host: '127.0.0.1',
      port: server.port,
      account,
      encrypt: 'whereDemanded',
      pieceBytes: 256 * 1024,
      retries,
      ...options,
    },
    signal,
  );

/** The whole file; whatever goes wrong is thrown. */
async function readAll(server: SmbServer, options: Partial<SmbHostOptions> = {}): Promise<Buffer> {
  await using host = await opened(server, options);
  await using file = await host.openFile('D$', 'a folder/disk.vhdx', signal);
  const bytes = Buffer.alloc(file.sizeBytes);
  await file.read(bytes, 0, signal);
  return bytes;
}

const served = async (options: Partial<SmbServerOptions> = {}): Promise<SmbServer> =>
  await SmbServer.open({ account, content, ...options });

const isRead = (outgoing: Outgoing, count: number): boolean =>
  outgoing.command === command.read && outgoing.count === count;
const flipped = (frame: Buffer, at: number): Buffer => {
  const changed = Buffer.from(frame);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
};

describe('an honest server', () => {
  test.each(['2.1', '3.0', '3.0.2', '3.1.1'] as const)('is read from by SMB %s', async (dialect) => {
    await using server = await served({ dialect });

    expect((await readAll(server)).equals(content)).toBe(true);
    expect(server.overdrawn).toBe(0);
  });

  test.each(['3.0', '3.1.1'] as const)(
    'is read from encrypted, where its share demands that, by SMB %s',
    async (dialect) => {
      const readable = new Set<boolean>();
      await using server = await served({
        dialect,
        treeFlags: 0x8000,
        send: (frame, { command: what }) => {
          if (what === command.read) readable.add(frame[0] === 0xfe);
          return [framed(frame)];
        },
      });

      expect((await readAll(server)).equals(content)).toBe(true);
      expect([...readable]).toEqual([false]);
    },
  );

  test('that likes AES-256 more is read from encrypted by it', async () => {
    await using server = await served({ negotiate: { cipher: 4 } });

    expect((await readAll(server, { encrypt: 'always' })).equals(content)).toBe(true);
  });

  test('of SMB 3.1.1 that has no GMAC is read from by AES-CMAC', async () => {
    await using server = await served({ negotiate: { signing: 1 } });

    expect((await readAll(server)).equals(content)).toBe(true);
  });

  test('that lends one credit at a time is read from in small pieces', async () => {
    await using server = await served({ change: (outgoing) => void (outgoing.credits = 1) });

    expect((await readAll(server)).equals(content)).toBe(true);
    expect(server.overdrawn).toBe(0);
  });

  test('that gives less than it was asked for is asked again', async () => {
    await using server = await served({
      change: (outgoing) => {
        if (outgoing.command !== command.read) return;
        const length = Math.min(100_000, outgoing.body.readUInt32LE(4));
        outgoing.body = Buffer.concat([outgoing.body.subarray(0, 16 + length)]);
        outgoing.body.writeUInt32LE(length, 4);
      },
    });

    expect((await readAll(server)).equals(content)).toBe(true);
  });

  test('that asks to wait first, unsigned as servers do, is waited for', async () => {
    await using server = await served({
      send: (frame, { command: what }) =>
        what === command.read ? [framed(interimOf(frame)), framed(frame)] : [framed(frame)],
    });

    expect((await readAll(server)).equals(content)).toBe(true);
  });

  test('whose frames come byte by byte, or several at once, is understood', async () => {
    await using server = await served({
      content: content.subarray(0, SMALL),
      send: (frame, { command: what }) =>
        what === command.read ? [framed(frame)] : [...framed(frame)].map((byte) => Buffer.from([byte])),
    });

    expect((await readAll(server)).equals(content.subarray(0, SMALL))).toBe(true);
  });
});

/** “Wait”, for the reply that is to come: asynchronous, without a signature, without a body to speak of. */
function interimOf(frame: Buffer): Buffer {
  const interim = Buffer.concat([frame.subarray(0, 64), Buffer.from([9, 0, 0, 0, 0, 0, 0, 0, 0])]);
  interim.writeUInt32LE(0x103, 8);
  interim.writeUInt16LE(0, 14);
  interim.writeUInt32LE(0x3, 16);
  interim.fill(0, 48, 64);
  return interim;
}

describe('what is forged on its way is noticed, and not read again:', () => {
  const untrusted = { code: 'hyperv.smb-untrusted', retryable: false };

  test.each(['2.1', '3.0', '3.1.1'] as const)('a byte of the data, by SMB %s', async (dialect) => {
    await using server = await served({
      dialect,
      send: (frame, outgoing) => [framed(isRead(outgoing, 2) ? flipped(frame, 90) : frame)],
    });

    await expect(readAll(server)).rejects.toMatchObject(untrusted);
    expect(server.connections).toBe(1);
  });

  test('a byte of a signature', async () => {
    await using server = await served({
      send: (frame, outgoing) => [framed(isRead(outgoing, 2) ? flipped(frame, 50) : frame)],
    });

    await expect(readAll(server)).rejects.toMatchObject(untrusted);
  });

  test('a reply without a signature', async () => {
    await using server = await served({
      change: (outgoing) => void (isRead(outgoing, 1) && (outgoing.isSigned = false)),
    });

    await expect(readAll(server)).rejects.toMatchObject(untrusted);
  });

  test('a reply in the open, where all was encrypted', async () => {
    await using server = await served({
      send: (frame, outgoing) => {
        if (!isRead(outgoing, 1)) return [framed(frame)];
        const open = Buffer.alloc(80 + SMALL);
        open.set([0xfe, 0x53, 0x4d, 0x42, 64]);
        open.writeUInt16LE(command.read, 12);
        open[16] = 9;
        open.writeBigUInt64LE(BigInt(outgoing.messageId), 24);
        open.writeBigUInt64LE(0x77n, 40);
        return [framed(open)];
      },
    });

    await expect(readAll(server, { encrypt: 'always' })).rejects.toMatchObject(untrusted);
  });

  test.each(['3.0', '3.1.1'] as const)('a byte of what is encrypted, by SMB %s', async (dialect) => {
    await using server = await served({
      dialect,
      send: (frame, outgoing) => [framed(isRead(outgoing, 1) ? flipped(frame, 200) : frame)],
    });

    await expect(readAll(server, { encrypt: 'always' })).rejects.toMatchObject(untrusted);
  });

  test('the end of the sign-in', async () => {
    await using server = await served({
      send: (frame, { command: what, count }) => [
        framed(what === command.setup && count === 1 ? flipped(frame, 50) : frame),
      ],
    });

    await expect(opened(server)).rejects.toMatchObject(untrusted);
  });

  test('a host that does not know the password', async () => {
    await using server = await served({ account: { ...account, password: 'another one' } });

    await expect(opened(server)).rejects.toMatchObject(untrusted);
  });

  test('an answer that only says to wait, signed wrong', async () => {
    await using server = await served({
      send: (frame, outgoing) => {
        if (!isRead(outgoing, 0)) return [framed(frame)];
        const interim = interimOf(frame);
        interim[16] = 0xb;
        return [framed(interim), framed(frame)];
      },
    });

    await expect(readAll(server)).rejects.toMatchObject(untrusted);
  });
});

describe('what was agreed on cannot be made less:', () => {
  test('another version than both would have chosen', async () => {
    // Whoever is in between says 3.0.2 to us; the host knows that it said 3.1.1.
    await using server = await served({
      dialect: '3.0.2',
      change: (outgoing) => void (outgoing.command === command.ioctl && outgoing.body.writeUInt16LE(0x0311, 48 + 22)),
    });

    await expect(readAll(server)).rejects.toMatchObject({ code: 'hyperv.smb-downgraded' });
  });

  test('an answer of 3.1.1 that was changed on its way', async () => {
    await using server = await served({
      send: (frame, { command: what }) => [framed(what === command.negotiate ? flipped(frame, 64 + 40) : frame)],
    });

    await expect(opened(server)).rejects.toMatchObject({ code: 'hyperv.smb-untrusted' });
  });

  test('a host of SMB 3 that does not answer the question', async () => {
    await using server = await served({
      dialect: '3.0',
      change: (outgoing) => void (outgoing.command === command.ioctl && (outgoing.status = 0xc00000bb)),
    });

    await expect(readAll(server)).rejects.toMatchObject({ code: 'hyperv.smb-downgraded' });
  });

  test('a host of SMB 2.1 that does not know the question is fine', async () => {
    await using server = await served({
      dialect: '2.1',
      change: (outgoing) => void (outgoing.command === command.ioctl && (outgoing.status = 0xc0000010)),
    });

    expect((await readAll(server)).equals(content)).toBe(true);
  });
});

describe('what is no SMB is refused:', () => {
  const bad = { code: 'hyperv.smb-bad-message' };
  const told = async (server: SmbServer): Promise<unknown> => await readAll(server).catch((error: unknown) => error);

  test.each([
    ['a message of a gigabyte', (frame: Buffer) => framed(frame, 2 ** 30)],
    ['a message longer than asked for', (frame: Buffer) => framed(Buffer.concat([frame, Buffer.alloc(2 ** 20)]))],
    ['a head alone', (frame: Buffer) => framed(frame.subarray(0, 64))],
    ['half a head', (frame: Buffer) => framed(frame.subarray(0, 30))],
    ['nothing', () => framed(Buffer.alloc(0))],
    ['another protocol', (frame: Buffer) => framed(flipped(frame, 1))],
    ['a request', (frame: Buffer) => framed(flipped(frame, 16))],
    ['several in one', (frame: Buffer) => framed(flipped(frame, 20))],
    ['an answer to what was not asked', (frame: Buffer) => framed(flipped(frame, 30))],
    ['an answer to another thing', (frame: Buffer) => framed(flipped(frame, 12))],
  ])('%s', async (_name, send) => {
    for (const at of [command.negotiate, command.tree, command.read]) {
      await using server = await served({
        send: (frame, outgoing) => [outgoing.command === at && outgoing.count === 0 ? send(frame) : framed(frame)],
      });

      expect(await told(server)).toMatchObject(bad);
      expect(server.connections).toBe(1);
    }
  });

  test('the same answer twice', async () => {
    await using server = await served({
      send: (frame, outgoing) => (isRead(outgoing, 1) ? [framed(frame), framed(frame)] : [framed(frame)]),
    });

    expect(await told(server)).toMatchObject(bad);
  });

  test('more bytes than were asked for', async () => {
    await using server = await served({
      change: (outgoing) => {
        if (isRead(outgoing, 0)) outgoing.body = Buffer.concat([outgoing.body, Buffer.alloc(100)]);
        if (isRead(outgoing, 0)) outgoing.body.writeUInt32LE(outgoing.body.length - 16, 4);
      },
    });

    expect(await told(server)).toMatchObject(bad);
  });

  test('data that lies outside of its message', async () => {
    await using server = await served({ change: (outgoing) => void (isRead(outgoing, 0) && (outgoing.body[2] = 200)) });

    expect(await told(server)).toMatchObject(bad);
  });

  test('a version that was not offered', async () => {
    await using server = await served({ negotiate: { dialect: 0x0300 } });

    await expect(opened(server, { dialects: ['3.1.1'] })).rejects.toMatchObject(bad);
  });

  test('a cipher that was not offered', async () => {
    await using server = await served({ negotiate: { cipher: 1 } });

    await expect(opened(server)).rejects.toMatchObject(bad);
  });

  test('signing as nobody offered', async () => {
    await using server = await served({ negotiate: { signing: 0 } });

    await expect(opened(server)).rejects.toMatchObject(bad);
  });

  test('no credits at all', async () => {
    await using server = await served({ change: (outgoing) => void (outgoing.credits = 0) });

    await expect(opened(server)).rejects.toMatchObject(bad);
  });
});

describe('who is too weak is refused:', () => {
  test('a host of SMB 2.0.2', async () => {
    await using server = await served({ negotiate: { dialect: 0x0202 } });

    await expect(opened(server)).rejects.toMatchObject({ code: 'hyperv.smb-too-old' });
  });

  test('a host of SMB 1', async () => {
    await using server = await served({
      send: () => [framed(Buffer.concat([Buffer.from([0xff, 0x53, 0x4d, 0x42]), Buffer.alloc(60)]))],
    });

    await expect(opened(server)).rejects.toMatchObject({ code: 'hyperv.smb-too-old' });
  });

  test.each([
    [1, 'as a guest'],
    [2, 'as nobody'],
  ])('a host that lets us in %#: %s', async (setupFlags) => {
    await using server = await served({ setupFlags });

    await expect(opened(server)).rejects.toMatchObject({ code: 'hyperv.smb-guest' });
  });

  test('a host that offers Kerberos alone', async () => {
    await using server = await served({ negotiate: { token: offerToken(mechanisms.kerberos) } });

    await expect(opened(server)).rejects.toMatchObject({ code: 'spnego.no-ntlm' });
  });

  test('a host without encryption, where that is wished', async () => {
    await using server = await served({ negotiate: { cipher: 0 } });

    await expect(opened(server, { encrypt: 'always' })).rejects.toMatchObject({ code: 'hyperv.smb-cannot-encrypt' });
    expect((await readAll(server)).equals(content)).toBe(true);
    expect((await readAll(server, { encrypt: 'whereOffered' })).equals(content)).toBe(true);
  });

  test('a share that demands encryption, of a host without', async () => {
    await using server = await served({ dialect: '2.1', treeFlags: 0x8000 });

    await expect(readAll(server)).rejects.toMatchObject({ code: 'hyperv.smb-cannot-encrypt' });
  });
});

describe('what the host says of an account has a name:', () => {
  test.each([
    [0xc000006d, 'hyperv.login-refused', 'this password'],
    [0xc000006e, 'hyperv.account-refused', 'rules'],
    [0xc0000071, 'hyperv.account-refused', 'expired'],
    [0xc0000072, 'hyperv.account-refused', 'disabled'],
    [0xc0000193, 'hyperv.account-refused', 'expired'],
    [0xc0000234, 'hyperv.account-refused', 'locked'],
    [0xc000015b, 'hyperv.account-refused', 'over the network'],
    [0xc000005e, 'hyperv.no-domain-controller', 'domain controller'],
    [0xc0000001, 'hyperv.smb-refused', '0xC0000001'],
  ])('%#', async (code, name, words) => {
    await using server = await served({
      change: (outgoing) =>
        void (outgoing.command === command.setup && outgoing.count === 1 && (outgoing.status = code)),
    });

    await expect(opened(server)).rejects.toMatchObject({
      code: name,
      message: expect.stringContaining(words) as string,
    });
  });
});

describe('a connection that ends', () => {
  test('in the middle of a reply is made anew, and reading goes on', async () => {
    const ended = new Set<number>();
    await using server = await served({
      send: (frame, outgoing) => {
        if (ended.has(outgoing.connection)) return []; // what came after a part would be read as its rest
        if (!isRead(outgoing, 3) && !isRead(outgoing, 9)) return [framed(frame)];
        ended.add(outgoing.connection);
        setImmediate(() => server.cut());
        return [framed(frame).subarray(0, 1000)];
      },
    });

    expect((await readAll(server)).equals(content)).toBe(true);
    expect(server.connections).toBeGreaterThan(1);
  });

  test('because the host forgot the session, signed by nobody, is made anew as well', async () => {
    await using server = await served({
      change: (outgoing) => {
        if (!isRead(outgoing, 2)) return;
        outgoing.status = 0xc0000203;
        outgoing.isSigned = false;
        outgoing.body = Buffer.from([9, 0, 0, 0, 0, 0, 0, 0, 0]);
      },
    });

    expect((await readAll(server)).equals(content)).toBe(true);
    expect(server.connections).toBe(2);
  });

  test('as its session has run out, is made anew', async () => {
    await using server = await served({
      change: (outgoing) => {
        if (!isRead(outgoing, 2)) return;
        outgoing.status = 0xc000035c;
        outgoing.body = Buffer.from([9, 0, 0, 0, 0, 0, 0, 0, 0]);
      },
    });

    expect((await readAll(server)).equals(content)).toBe(true);
    expect(server.connections).toBe(2);
  });

  test.each([
    ['was written to', (server: SmbServer) => void (server.writtenAt += 1)],
    ['grew', (server: SmbServer) => void (server.content = Buffer.concat([content, content]))],
  ])('while the file %s, gives no byte of the other one', async (_name, change) => {
    await using server = await served({
      send: (frame, outgoing) => {
        if (!isRead(outgoing, 2)) return [framed(frame)];
        change(server);
        return 'cut';
      },
    });

    await expect(readAll(server)).rejects.toMatchObject({ code: 'net.file-changed' });
  });

  test('whenever it is made is given up at last', async () => {
    await using server = await served({
      send: (frame, outgoing) => (outgoing.command === command.read ? 'cut' : [framed(frame)]),
    });

    await expect(readAll(server)).rejects.toMatchObject({ code: 'net.connection-lost', retryable: true });
    expect(server.connections).toBeGreaterThanOrEqual(retries.mostTries);
    expect(server.connections).toBeLessThan(3 * retries.mostTries);
  });

  test('while a file shrinks under it tells that', async () => {
    await using server = await served({
      change: (outgoing) => {
        if (!isRead(outgoing, 2)) return;
        outgoing.status = 0xc0000011;
        outgoing.body = Buffer.from([9, 0, 0, 0, 0, 0, 0, 0, 0]);
      },
    });

    await expect(readAll(server)).rejects.toMatchObject({ code: 'net.file-changed' });
  });
});

test('a host that says nothing any more is given up, and asked anew', async () => {
  await using server = await served({ send: (frame, outgoing) => (isRead(outgoing, 4) ? [] : [framed(frame)]) });

  expect((await readAll(server, { idleMs: 1000 })).equals(content)).toBe(true);
  expect(server.connections).toBeGreaterThan(1);
});

test('a read that is given up ends at once, while the host says nothing', async () => {
  await using server = await served({
    send: (frame, outgoing) => (outgoing.command === command.read ? [] : [framed(frame)]),
  });
  await using host = await opened(server);
  await using file = await host.openFile('D$', 'disk.vhdx', signal);
  const stop = new AbortController();
  const reading = file.read(Buffer.alloc(1000), 0, stop.signal);
  stop.abort(new Error('enough'));

  await expect(reading).rejects.toThrow('enough');
});

test('a read that waits for others to be answered can be given up as well', async () => {
  await using server = await served({
    send: (frame, outgoing) => (outgoing.command === command.read ? [] : [framed(frame)]),
  });
  await using host = await opened(server, { inFlight: 1 });
  await using file = await host.openFile('D$', 'disk.vhdx', signal);
  const first = file.read(Buffer.alloc(1000), 0, signal).catch((error: unknown) => error);
  const stop = new AbortController();
  const second = file.read(Buffer.alloc(1000), 0, stop.signal);
  stop.abort(new Error('enough'));

  await expect(second).rejects.toThrow('enough');
  await file[Symbol.asyncDispose]();
  expect(await first).toBeInstanceOf(Error);
});

test('reading beyond the end is refused here', async () => {
  await using server = await served();
  await using host = await opened(server);
  await using file = await host.openFile('D$', 'disk.vhdx', signal);

  await expect(file.read(Buffer.alloc(10), content.length - 9, signal)).rejects.toMatchObject({
    code: 'disk.truncated',
  });
  expect(server.asked).not.toContain(command.read);
});
