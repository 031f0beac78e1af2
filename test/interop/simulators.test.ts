/** The built-in vCenter and an independent one tell Guts the same stories, so that what passes on the first holds for the second. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SourceSignIn } from '../../main/shared/connections.ts';
import { GutsError } from '../../main/shared/errors.ts';
import { defaultOptions, type Reading } from '../../main/shared/migration.ts';
import type { SourceDriver } from '../../worker/drivers.ts';
import { openVsphere } from '../../worker/sources/vsphere/driver.ts';
import { startVcenter } from '../lab/vcenter/vcenter.ts';
import { ledgerInMemory, machineCalled, machinesOf, readDisks, signInTo } from '../support/vsphere-source.ts';
import { vspherePeer } from './vsphere-peer.ts';

const signal = new AbortController().signal;

interface Candidate extends AsyncDisposable {
  signIn(): Promise<SourceSignIn>;
  /** Off, with two disks; running, with tools and change tracking; running, and deaf to a wish to shut down. */
  readonly off: string;
  readonly running: string;
  readonly stuck: string;
  readonly chain: string;
  sha256Of(machine: string, disk: number): Promise<string>;
  expireSessions(): Promise<void>;
  unavailable(method: string): Promise<void>;
  cutDownloads(): Promise<void>;
  noFaults(): Promise<void>;
}

async function builtIn(): Promise<Candidate> {
  const vcenter = await startVcenter();
  return {
    signIn: async () => signInTo(vcenter),
    off: 'ledger-01',
    running: 'shop-01',
    stuck: 'odd-stuck-shutdown',
    chain: 'odd-snapshot-chain',
    async sha256Of(name, index) {
      const bytes = Buffer.alloc(name === 'ledger-01' ? (index === 0 ? 8 : 12) * 1024 ** 2 : 16 * 1024 ** 2);
      await vcenter.read(name, index, bytes, 0);
      return sha256(bytes);
    },
    expireSessions: async () => vcenter.expireSessions(),
    unavailable: async (match) => vcenter.faults.add({ where: 'soap', kind: 'http', match, status: 503 }),
    cutDownloads: async () => vcenter.faults.add({ where: 'nfc', kind: 'cut', afterBytes: 100_000, count: -1 }),
    noFaults: async () => vcenter.faults.clear(),
    [Symbol.asyncDispose]: async () => await vcenter[Symbol.asyncDispose](),
  };
}

async function independent(): Promise<Candidate> {
  const peer = await vspherePeer('vcenter');
  return {
    signIn: async () => await peer.signIn(),
    off: 'zoo-lin-efi-2disk',
    running: 'zoo-lin-bios',
    stuck: 'zoo-stuck-shutdown',
    chain: 'zoo-snapshots',
    sha256Of: async (machine, disk) => await peer.sha256Of(machine, disk),
    expireSessions: async () => await peer.post('/session/expire'),
    unavailable: async (method) => await peer.fault({ where: 'soap', kind: 'http', method, nth: 1, count: 1 }),
    cutDownloads: async () => await peer.fault({ where: 'nfc', kind: 'cut', afterBytes: 100_000, nth: 1, count: -1 }),
    noFaults: async () => await peer.reset(),
    [Symbol.asyncDispose]: async () => await peer[Symbol.asyncDispose](),
  };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'it did not fail',
    (error: unknown) => {
      if (error instanceof GutsError) return error.code;
      throw error;
    },
  );
}

describe.each([
  ['the built-in vCenter', builtIn],
  ['an independent vCenter', independent],
])('%s', (_, start) => {
  let candidate: Candidate;
  let source: SourceDriver;
  beforeAll(async () => {
    candidate = await start();
    source = await openVsphere(await candidate.signIn(), signal);
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await candidate[Symbol.asyncDispose]();
  });
  const find = async (name: string) => await machineCalled(source, name, signal);

  test('shows some sixty machines, a chain of three snapshots among them', async () => {
    const machines = await machinesOf(source, signal);

    expect(source.about.kind).toBe('vcenter');
    expect(machines.length).toBeGreaterThanOrEqual(60);
    expect((await find(candidate.chain)).snapshots.map(({ name, depth }) => [name, depth])).toEqual([
      ['before-upgrade', 0],
      ['after-upgrade', 1],
      ['nightly', 2],
    ]);
    expect((await find(candidate.chain)).disks[0]?.chainLength).toBe(4);
  });

  test.each<Reading>(['lease', 'ranges'])('gives both disks of a machine that is off by %s', async (reading) => {
    const ledger = ledgerInMemory();

    const disks = await readDisks(source, await find(candidate.off), reading, ledger, signal);

    expect(disks.map(sha256)).toEqual([
      await candidate.sha256Of(candidate.off, 0),
      await candidate.sha256Of(candidate.off, 1),
    ]);
    expect(ledger.items).toEqual([]);
  });

  test.each<Reading>(['lease', 'ranges', 'areas'])('gives the disk of a running machine by %s', async (reading) => {
    const [disk] = await readDisks(source, await find(candidate.running), reading, ledgerInMemory(), signal);

    expect(disk === undefined ? '' : sha256(disk)).toBe(await candidate.sha256Of(candidate.running, 0));
    expect(await find(candidate.running)).toMatchObject({ power: 'on', snapshots: [], changeTracking: true });
  });

  test('lets the same be done behind an ended session and a 503', async () => {
    await candidate.expireSessions();
    await candidate.unavailable('RetrievePropertiesEx');

    expect((await machinesOf(source, signal)).length).toBeGreaterThanOrEqual(60);
    await candidate.noFaults();
  });

  test('has downloads cut, and the machine free behind it', async () => {
    await candidate.cutDownloads();
    const vm = await find(candidate.off);

    expect(await codeOf(readDisks(source, vm, 'lease', ledgerInMemory(), signal))).toBe('net.connection-lost');
    await candidate.noFaults();
    expect(await readDisks(source, vm, 'lease', ledgerInMemory(), signal)).toHaveLength(2);
  });

  test('shuts a guest down and starts it again; a deaf one takes the plug', async () => {
    const options = { ...defaultOptions, shutDownTimeoutSeconds: 2 };
    const ledger = ledgerInMemory();
    await source.shutDown(await find(candidate.running), options, ledger, signal);
    expect((await find(candidate.running)).power).toBe('off');
    for (const item of ledger.items) await source.undo(item, signal);
    expect((await find(candidate.running)).power).toBe('on');

    const stuck = await find(candidate.stuck);
    expect(await codeOf(source.shutDown(stuck, options, ledgerInMemory(), signal))).toBe('source.will-not-shut-down');
    expect((await find(candidate.stuck)).power).toBe('on');
    await source.shutDown(stuck, { ...options, mayPullPlug: true }, ledgerInMemory(), signal);
    expect((await find(candidate.stuck)).power).toBe('off');
  });
});
