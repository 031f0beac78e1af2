/** Disks of an independent vCenter and ESXi come over as they are, by each way of reading, and nothing stays behind. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { defaultOptions, type Reading } from '../../main/shared/migration.ts';
import type { Ledger, OpenDisks } from '../../worker/drivers.ts';
import { abortLease } from '../../worker/sources/vsphere/disks/lease.ts';
import { openVmDisks } from '../../worker/sources/vsphere/disks/open.ts';
import { readingsOf } from '../../worker/sources/vsphere/disks/readings.ts';
import { describeVm } from '../../worker/sources/vsphere/inventory/describe.ts';
import { VsphereSession } from '../../worker/sources/vsphere/session.ts';
import { contentOf, downloaded, planned, sha256Of, streamed } from '../support/source-disks.ts';
import { ledgerInMemory } from '../support/vsphere-source.ts';
import { vspherePeer, type VspherePeer } from './vsphere-peer.ts';

const never = new AbortController().signal;
const LEASE_TIMEOUT_SECONDS = 6;
let peer: VspherePeer;

describe.each(['vcenter', 'esxi'] as const)('%s', (kind) => {
  beforeAll(async () => {
    peer = await vspherePeer(kind, '-lease-timeout', String(LEASE_TIMEOUT_SECONDS));
  });
  afterEach(async () => await peer.reset());
  afterAll(async () => await peer[Symbol.asyncDispose]());

  test.each([
    ['zoo-lin-efi-2disk', 'lease'],
    ['zoo-lin-efi-2disk', 'ranges'],
    ['zoo-win2003-ide', 'lease'],
    ['zoo-nvme', 'lease'],
    ['zoo-odd-size', 'lease'],
    ['zoo-odd-size', 'ranges'],
    ['zoo name with spaces & <xml> ü 日本%2f', 'ranges'],
    ['zoo-lin-running', 'lease'],
    ['zoo-lin-running', 'ranges'],
    ['zoo-lin-bios', 'areas'],
    ['zoo-snapshots', 'lease'],
  ] as const)('gives %s by %s, byte for byte', async (name, reading) => {
    await using lab = await machine(name, reading);
    const expected = await Promise.all(lab.vm.disks.map(async (_, i) => await peer.sha256Of(name, i)));
    const isRunning = lab.vm.power === 'on';

    await using disks = await lab.open();
    if (isRunning) await peer.post(`/disk/scribble?vm=${name}&disk=0&count=5&length=70000&seed=7`);
    for (const [i, disk] of disks.disks.entries()) expect(await sha256Of(disk)).toBe(expected[i]);
    await disks.complete(never);
    await disks[Symbol.asyncDispose]();

    await expectNothingLeft(lab);
  });

  test('reads no holes where change tracking knows them', async () => {
    await using lab = await machine('zoo-lin-bios', 'areas');
    await using disks = await lab.open();
    const [disk] = disks.disks;
    if (disk?.kind !== 'extents') throw new Error('areas are read at random');
    await using image = await disk.openImage(never);
    let dataBytes = 0;
    for await (const extent of image.extents(0, disk.sizeBytes)) if (extent.kind === 'data') dataBytes += extent.length;

    expect(dataBytes).toBe(image.facts.allocatedBytes);
    expect(dataBytes).toBeGreaterThan(0);
    expect(dataBytes).toBeLessThan(disk.sizeBytes / 2);
  });

  test('says why a way of reading cannot be gone', async () => {
    const said = async (name: string, whileRunning: 'shutDown' | 'snapshot' = 'snapshot'): Promise<unknown> => {
      await using lab = await machine(name, 'lease');
      return readingsOf(lab.vm, { ...defaultOptions, whileRunning }).map(({ reading, obstacle }) => [
        reading,
        obstacle,
      ]);
    };

    expect(await said('zoo-lin-bios')).toEqual([
      ['lease', null],
      ['areas', null],
      ['ranges', null],
    ]);
    expect(await said('zoo-lin-running')).toEqual([
      ['lease', null],
      ['ranges', null],
      ['areas', 'Change tracking is off for this machine.'],
    ]);
    expect(await said('zoo-snapshots')).toEqual([
      ['lease', null],
      ['areas', expect.stringContaining('stands on snapshots')],
      ['ranges', expect.stringContaining('stands on snapshots')],
    ]);
    expect(await said('zoo-rdm-physical', 'shutDown')).toEqual([
      ['lease', expect.stringContaining('raw device in physical mode')],
      ['areas', expect.stringContaining('no file on a datastore')],
      ['ranges', expect.stringContaining('no file on a datastore')],
    ]);
    expect(await said('zoo-independent')).toEqual([
      ['lease', expect.stringContaining('independent')],
      ['areas', expect.stringContaining('independent')],
      ['ranges', expect.stringContaining('independent')],
    ]);
    expect(await said('zoo-independent', 'shutDown')).toEqual([
      ['lease', null],
      ['ranges', null],
      ['areas', 'Change tracking is off for this machine.'],
    ]);
    expect(await said('zoo-suspended')).toEqual([
      ['lease', expect.stringContaining('suspended')],
      ['areas', expect.stringContaining('suspended')],
      ['ranges', expect.stringContaining('suspended')],
    ]);
  });

  test('refuses ranges of a disk that stands on snapshots, and leaves none of its own', async () => {
    await using lab = await machine('zoo-snapshots', 'ranges');

    await expect(lab.open()).rejects.toMatchObject({ code: 'vsphere.disk-unreadable' });

    await expectNothingLeft(lab);
  });

  describe('goes on by ranges where', () => {
    test.each([
      ['the connection is cut', { where: 'folder', kind: 'cut', path: 'flat', afterBytes: 300_000, count: 5 }],
      ['the connection is dropped', { where: 'folder', kind: 'drop', count: 4 }],
      ['the server has too much to do', { where: 'folder', kind: 'http', status: 503, count: 4 }],
      ['the server is slow', { where: 'folder', kind: 'delay', delayMs: 300, count: 4 }],
      ['the server stalls for a while', { where: 'folder', kind: 'stall', afterBytes: 1000, delayMs: 500, count: 4 }],
    ])('%s', async (_, rule) => {
      await using lab = await machine('zoo-lin-efi-2disk', 'ranges');
      const expected = await peer.sha256Of('zoo-lin-efi-2disk', 0);
      await using disks = await lab.open();
      await peer.fault(rule);

      expect(await sha256Of(disks.disks[0])).toBe(expected);
    });

    test('the session ends in the middle', async () => {
      await using lab = await machine('zoo-lin-efi-2disk', 'ranges');
      const expected = await peer.sha256Of('zoo-lin-efi-2disk', 0);
      await using disks = await lab.open();
      const [disk] = disks.disks;
      if (disk?.kind !== 'extents') throw new Error('ranges are read at random');
      await using image = await disk.openImage(never);

      expect(await contentOf(image, async () => await peer.post('/session/expire'))).toBe(expected);
    });

    test('change tracking has nothing to say: then all is read', async () => {
      await using lab = await machine('zoo-lin-bios', 'areas');
      const expected = await peer.sha256Of('zoo-lin-bios', 0);
      await peer.fault({ kind: 'fault', method: '^QueryChangedDiskAreas$', faultType: 'FileFault', count: 1 });
      await using disks = await lab.open();

      expect(await sha256Of(disks.disks[0])).toBe(expected);
    });
  });

  describe('tells of a lease’s stream', () => {
    test('that is cut, and gives it again from its start', async () => {
      await using lab = await machine('zoo-lin-efi-2disk', 'lease');
      await using disks = await lab.open();
      await peer.fault({ where: 'nfc', kind: 'cut', afterBytes: 100_000, count: 1 });

      await expect(sha256Of(disks.disks[0])).rejects.toMatchObject({ code: 'net.connection-lost' });
      expect(await sha256Of(disks.disks[0])).toBe(await peer.sha256Of('zoo-lin-efi-2disk', 0));
    });

    test('that was changed on its way', async () => {
      await using lab = await machine('zoo-lin-efi-2disk', 'lease');
      await using disks = await lab.open();
      const disk = streamed(disks.disks[0]);
      await peer.fault({ where: 'nfc', kind: 'corrupt', afterBytes: 100_000, count: 1 });
      const spoiled = await downloaded(disk);

      expect((await disk.manifest(never))?.hex).not.toBe(spoiled.sha1);
      const good = await downloaded(disk);
      expect(await disk.manifest(never)).toEqual({ algorithm: 'sha1', hex: good.sha1, sizeBytes: good.sizeBytes });
    });

    test('that stalls for longer than a lease lives without a sign of life', async () => {
      await using lab = await machine('zoo-lin-efi-2disk', 'lease');
      await using disks = await lab.open();
      await peer.fault({
        where: 'nfc',
        kind: 'stall',
        afterBytes: 50_000,
        delayMs: (LEASE_TIMEOUT_SECONDS + 2) * 1000,
        count: 1,
      });

      expect(await sha256Of(disks.disks[0])).toBe(await peer.sha256Of('zoo-lin-efi-2disk', 0));
      await disks.complete(never);
      await disks[Symbol.asyncDispose]();
      await expectNothingLeft(lab);
    });

    test('whose lease is taken back, and asks for another lease', async () => {
      await peer.fault({ where: 'lease', kind: 'leaseerror', faultType: 'RequestCanceled', delayMs: 1500, count: 1 });
      await using lab = await machine('zoo-lin-efi-2disk', 'lease');
      await using disks = await lab.open();
      await peer.fault({ where: 'nfc', kind: 'stall', afterBytes: 50_000, delayMs: 10_000, count: 1 });

      await expect(sha256Of(disks.disks[0])).rejects.toMatchObject({
        code: expect.stringMatching(/^(vsphere\.lease-lost|net\.connection-lost)$/),
        retryable: true,
      });
      await retried(async () => {
        expect(await sha256Of(disks.disks[0])).toBe(await peer.sha256Of('zoo-lin-efi-2disk', 0));
      });
      await disks.complete(never);
      await expectNothingLeft(lab);
    });

    test('that cannot be had, because vSphere gives no lease', async () => {
      await peer.fault({ where: 'lease', kind: 'leaseerror', faultType: 'FileFault', message: 'no file', count: 1 });
      await using lab = await machine('zoo-lin-efi-2disk', 'lease');

      await expect(lab.open()).rejects.toMatchObject({ code: 'vsphere.file-fault' });
      await expectNothingLeft(lab);
    });

    test('from a server that answers badly', async () => {
      await using lab = await machine('zoo-lin-efi-2disk', 'lease');
      await using disks = await lab.open();
      await peer.fault({ where: 'nfc', kind: 'http', status: 503, count: 1 });
      await peer.fault({ where: 'nfc', kind: 'drop', nth: 2, count: 1 });

      const disk = streamed(disks.disks[0]);
      await expect(disk.open(never)).rejects.toMatchObject({ code: 'net.server-failed', retryable: true });
      await expect(disk.open(never)).rejects.toMatchObject({ code: 'net.connection-lost', retryable: true });
    });

    test('in the operator’s own words when he cancels, and gives the lease back', async () => {
      await using lab = await machine('zoo-lin-running', 'lease');
      const cancel = new AbortController();
      const disks = await lab.open(cancel.signal);
      await using stream = await streamed(disks.disks[0]).open(cancel.signal);
      await stream.read(new Uint8Array(1000), cancel.signal);
      cancel.abort('operator cancelled');

      await expect(stream.read(new Uint8Array(1_000_000), cancel.signal)).rejects.toBe('operator cancelled');
      await disks[Symbol.asyncDispose]();
      await expectNothingLeft(lab);
    });
  });

  test('names a host that shows another certificate than its lease said, and keeps the lease in the ledger', async () => {
    await using lab = await machine('zoo-lin-efi-2disk', 'lease');
    const disks = await lab.open();
    await peer.post('/cert/rotate');

    await expect(streamed(disks.disks[0]).open(never)).rejects.toMatchObject({ code: 'net.certificate-changed' });
    await expect(disks[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'net.certificate-changed' });

    const [left] = lab.ledger.items;
    expect(left).toMatchObject({ kind: 'lease', facts: { vm: lab.vm.ref } });
    await using again = await VsphereSession.open(await peer.signIn(), never);
    await abortLease(again, { type: 'HttpNfcLease', id: left?.id ?? '' }, never);
    expect(await peer.state()).toMatchObject({ leases: 0 });
  });
});

interface OpenMachine extends AsyncDisposable {
  readonly vm: InventoryVm;
  readonly session: VsphereSession;
  readonly ledger: Ledger;
  open(signal?: AbortSignal): Promise<OpenDisks>;
}

async function machine(name: string, reading: Reading): Promise<OpenMachine> {
  const session = await VsphereSession.open(await peer.signIn(), never);
  const vm = await describeVm(session, await peer.refOf(name), never);
  const ledger = ledgerInMemory();
  return {
    vm,
    session,
    ledger,
    open: async (signal = never) => await openVmDisks(session, vm, planned(vm, reading), ledger, signal),
    [Symbol.asyncDispose]: async () => await session[Symbol.asyncDispose](),
  };
}

async function expectNothingLeft({ vm, session, ledger }: OpenMachine): Promise<void> {
  expect(await peer.state()).toMatchObject({ leases: 0 });
  expect((await describeVm(session, vm.ref, never)).snapshots).toEqual(vm.snapshots);
  expect(ledger.items).toEqual([]);
}

/** As whoever migrates does: what may be tried again is tried again. */
async function retried(work: () => Promise<void>, tries = 5): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (tries === 1 || (error as { retryable?: boolean }).retryable !== true) throw error;
    await retried(work, tries - 1);
  }
}
