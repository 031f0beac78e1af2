/** A Hyper-V host's files, read over its shares by our own client, against a real Samba. */
import { createHash } from 'node:crypto';
import { readFileSync, utimesSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { streamOf, type ByteSource } from '../../worker/disk/bytes.ts';
import { SmbHost, type SmbHostOptions } from '../../worker/sources/hyperv/smb/host.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { hypervPeer, type HypervPeer } from './hyperv-peer.ts';

let peer: HypervPeer;
const signal = new AbortController().signal;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const BIG = 'Hyper-V/Virtual Hard Disks/legacy-os.vhd';
const digestOnHost = (): string => sha256(readFileSync(`${peer.drive('D')}/${BIG}`));

beforeAll(async () => void (peer = await hypervPeer()));
afterAll(async () => await peer[Symbol.asyncDispose]());

const opened = async (options: Partial<SmbHostOptions> = {}): Promise<SmbHost> =>
  await SmbHost.open(
    { host: peer.host, port: peer.smbPort, account: peer.admin, encrypt: 'whereDemanded', ...options },
    signal,
  );

/** In parts of an odd size, as no reader asks for them. */
async function digestOf(source: ByteSource): Promise<string> {
  const hash = createHash('sha256');
  const stream = streamOf(source);
  const buffer = Buffer.alloc(3_333_333);
  for (let got = await stream.read(buffer, signal); got > 0; got = await stream.read(buffer, signal))
    hash.update(buffer.subarray(0, got));
  return hash.digest('hex');
}

/** Where each share begins below the drives. Of all, LABLOCK$ alone lets the client choose whether it is encrypted. */
const shares = { D$: 'D/', VMs: 'D/Hyper-V/', LABLOCK$: '' } as const;

/** Those that no running machine holds. */
function restingFiles(share: keyof typeof shares): { readonly path: string; readonly file: string }[] {
  return peer.filesOf('D').flatMap(({ path, file }) => {
    const whole = `D/${path}`;
    const isThere = whole.startsWith(shares[share]) && !path.endsWith('web01.vhdx');
    return isThere ? [{ path: whole.slice(shares[share].length), file }] : [];
  });
}

describe.each([
  { share: 'D$', dialect: '2.1', encrypt: 'whereDemanded', isEncrypted: false },
  { share: 'D$', dialect: '3.1.1', encrypt: 'whereDemanded', isEncrypted: true },
  { share: 'VMs', dialect: '3.1.1', encrypt: 'whereDemanded', isEncrypted: true },
  { share: 'LABLOCK$', dialect: '3.1.1', encrypt: 'whereDemanded', isEncrypted: false },
  { share: 'LABLOCK$', dialect: '3.1.1', encrypt: 'always', isEncrypted: true },
  { share: 'LABLOCK$', dialect: '3.1.1', encrypt: 'whereOffered', isEncrypted: true },
  { share: 'D$', dialect: '2.1', encrypt: 'whereOffered', isEncrypted: false },
] as const)(
  'every file under $share by SMB $dialect, encrypted $encrypt,',
  ({ share, dialect, encrypt, isEncrypted }) => {
    test('reads as what lies on the host', async () => {
      await using host = await opened({ encrypt, dialects: [dialect] });
      const read = new Map<string, string>();
      const right = new Map<string, string>();
      for (const { path, file } of restingFiles(share)) {
        await using source = await host.openFile(share, path, signal);
        expect(source.isEncrypted).toBe(isEncrypted);
        read.set(path, await digestOf(source));
        right.set(path, sha256(readFileSync(file)));
      }

      expect(right.size).toBeGreaterThan(8);
      expect(read).toEqual(right);
    });
  },
);

describe.each([
  { dialect: '2.1', signing: 'hmac-sha256', cipher: null },
  { dialect: '3.0', signing: 'aes-cmac', cipher: 'aes-128-ccm' },
  { dialect: '3.0.2', signing: 'aes-cmac', cipher: 'aes-128-ccm' },
  { dialect: '3.1.1', signing: 'aes-gmac', cipher: 'aes-128-gcm' },
] as const)('SMB $dialect', ({ dialect, signing, cipher }) => {
  test('reads signed', async () => {
    await using host = await opened({ dialects: [dialect] });
    await using source = await host.openFile('LABLOCK$', `D/${BIG}`, signal);

    expect(host.terms).toMatchObject({ dialect, signing, cipher });
    expect(source.isEncrypted).toBe(false);
    expect(await digestOf(source)).toBe(digestOnHost());
  });
});

test.each(['3.0', '3.0.2', '3.1.1'] as const)('SMB %s reads encrypted', async (dialect) => {
  await using host = await opened({ dialects: [dialect] });
  await using source = await host.openFile('VMs', BIG.slice(8), signal);

  expect(source.isEncrypted).toBe(true);
  expect(await digestOf(source)).toBe(digestOnHost());
});

test('SMB 2.1 says that it cannot be encrypted', async () => {
  await using host = await opened({ dialects: ['2.1'] });
  // Samba tells an SMB 2 client nothing of a share that demands encryption, and refuses it whole.
  await expect(host.openFile('VMs', BIG.slice(8), signal)).rejects.toMatchObject({ code: 'hyperv.smb-denied' });
  await expect(opened({ dialects: ['2.1'], encrypt: 'always' })).rejects.toMatchObject({
    code: 'hyperv.smb-cannot-encrypt',
  });
});

describe('what the host refuses has a name:', () => {
  test('a wrong password', async () => {
    const account = { ...peer.admin, password: 'not this one' };
    const failure = await opened({ account }).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: 'hyperv.login-refused', retryable: false });
    expect(String(failure)).not.toContain(account.password);
  });

  test('a user whom it does not know', async () => {
    const account = { ...peer.admin, user: 'nobody-at-all' };

    await expect(opened({ account })).rejects.toMatchObject({ code: 'hyperv.login-refused' });
  });

  test('a user who may sign in, but not open the admin share', async () => {
    await using host = await opened({ account: peer.viewer });

    await expect(host.openFile('D$', BIG, signal)).rejects.toMatchObject({
      code: 'hyperv.smb-denied',
      remedy: expect.stringContaining('LocalAccountTokenFilterPolicy') as string,
    });
  });

  test('a share that there is not', async () => {
    await using host = await opened();

    await expect(host.openFile('X$', BIG, signal)).rejects.toMatchObject({ code: 'hyperv.share-missing' });
  });

  test('a file that there is not, and one in a folder that there is not', async () => {
    await using host = await opened();

    await expect(host.openFile('D$', 'Hyper-V/none.vhdx', signal)).rejects.toMatchObject({
      code: 'hyperv.file-missing',
    });
    await expect(host.openFile('D$', 'None/none.vhdx', signal)).rejects.toMatchObject({ code: 'hyperv.file-missing' });
  });

  test('a folder', async () => {
    await using host = await opened();

    await expect(host.openFile('D$', 'Hyper-V', signal)).rejects.toMatchObject({ code: 'hyperv.file-missing' });
  });

  test('the disk of a running machine', async () => {
    await using host = await opened();

    await expect(host.openFile('D$', 'Hyper-V/Virtual Hard Disks/web01.vhdx', signal)).rejects.toMatchObject({
      code: 'hyperv.file-locked',
      remedy: expect.stringContaining('checkpoint') as string,
    });
  });
});

describe('a connection that breaks off', () => {
  test('in the middle of a read, again and again, costs nothing but time', async () => {
    await using proxy = await CuttingProxy.open(peer.host, peer.smbPort);
    proxy.cutAfter(9_000_000, 15_000_000, 700, 20_000_000, 3000);
    await using host = await opened({ port: proxy.port });
    await using source = await host.openFile('LABLOCK$', `D/${BIG}`, signal);

    expect(await digestOf(source)).toBe(digestOnHost());
    expect(proxy.connections).toBe(6);
  });

  test('also where everything is encrypted', async () => {
    await using proxy = await CuttingProxy.open(peer.host, peer.smbPort);
    proxy.cutAfter(9_000_000, 15_000_000);
    await using host = await opened({ port: proxy.port });
    await using source = await host.openFile('VMs', BIG.slice(8), signal);

    expect(await digestOf(source)).toBe(digestOnHost());
    expect(proxy.connections).toBe(3);
  });

  test('shows when the file is not the same any more', async () => {
    await using proxy = await CuttingProxy.open(peer.host, peer.smbPort);
    await using host = await opened({ port: proxy.port });
    await using source = await host.openFile('D$', 'Templates/deb12-gold.vhdx', signal);
    await source.read(Buffer.alloc(4096), 0, signal);
    utimesSync(`${peer.drive('D')}/Templates/deb12-gold.vhdx`, new Date(), new Date(Date.now() - 60_000));
    proxy.cut();

    await expect(source.read(Buffer.alloc(4096), 0, signal)).rejects.toMatchObject({ code: 'net.file-changed' });
  });

  test('and stays so is told in the end', async () => {
    await using host = await (async () => {
      await using proxy = await CuttingProxy.open(peer.host, peer.smbPort);
      return await opened({ port: proxy.port, retries: { mostTries: 3, firstPauseMs: 10 } });
    })();

    await expect(host.openFile('D$', BIG, signal)).rejects.toMatchObject({ code: 'net.unreachable', retryable: true });
  });
});

test('reads that are given up leave the others alone, and the memory that they were to fill', async () => {
  await using host = await opened();
  await using source = await host.openFile('D$', BIG, signal);
  const stop = new AbortController();
  const given = Buffer.alloc(source.sizeBytes);
  const whole = Buffer.alloc(source.sizeBytes);
  const first = source.read(given, 0, stop.signal);
  const second = source.read(whole, 0, signal);
  stop.abort(new Error('not wanted any more'));
  const asItWas = sha256(given);

  await expect(first).rejects.toThrow('not wanted any more');
  await second;
  expect(sha256(given)).toBe(asItWas);
  expect(sha256(whole)).toBe(digestOnHost());
});

test('a file says which of its ranges are held at all', async () => {
  await using host = await opened();
  await using source = await host.openFile('D$', BIG, signal);
  const spans = await source.allocatedRanges(1_000_000, 40_000_000, signal);

  expect(spans[0]?.offset).toBeGreaterThanOrEqual(1_000_000);
  expect((spans.at(-1)?.offset ?? 0) + (spans.at(-1)?.length ?? 0)).toBeLessThanOrEqual(40_000_000);
  const bytes = readFileSync(`${peer.drive('D')}/${BIG}`).subarray(1_000_000, 40_000_000);
  for (const { offset, length } of spans) bytes.fill(0, offset - 1_000_000, offset - 1_000_000 + length);
  expect(bytes.every((byte) => byte === 0)).toBe(true);
});
