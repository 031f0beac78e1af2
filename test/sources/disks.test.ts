/** Disks out of the built-in vCenter: what each way of reading asks for, outlives, and leaves behind. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { defaultOptions, type Reading } from '../../main/shared/migration.ts';
import type { Ledger, OpenDisks } from '../../worker/drivers.ts';
import { joined } from '../../worker/sources/vsphere/disks/areas.ts';
import { folderPath } from '../../worker/sources/vsphere/disks/folder.ts';
import { likelyDataBytes } from '../../worker/sources/vsphere/disks/likely-data.ts';
import { openVmDisks } from '../../worker/sources/vsphere/disks/open.ts';
import { readingsOf } from '../../worker/sources/vsphere/disks/readings.ts';
import { describeVm } from '../../worker/sources/vsphere/inventory/describe.ts';
import { VsphereSession } from '../../worker/sources/vsphere/session.ts';
import { startVcenter, type Vcenter, type VcenterOptions } from '../lab/vcenter/vcenter.ts';
import { contentOf, downloaded, planned, sha256Of, streamed } from '../support/source-disks.ts';
import { ledgerInMemory, signInTo } from '../support/vsphere-source.ts';

const never = new AbortController().signal;
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

describe('a lease', () => {
  test('whose addresses name no host is read from where the connection leads', async () => {
    const lab = await machine('ledger-01', 'lease', { leaseHost: '*' });
    await using disks = await lab.open();

    for (const [i, disk] of disks.disks.entries()) expect(await sha256Of(disk)).toBe(await lab.sha256(i));
    await disks.complete(never);

    expect(lab.openLeases()).toEqual([]);
    expect(lab.ledger.items).toEqual([]);
  });

  test('is in the ledger while it lives, and is given back when nobody completes it', async () => {
    const lab = await machine('files-01', 'lease');
    const disks = await lab.open();

    expect(lab.openLeases()).toHaveLength(1);
    expect(lab.ledger.items).toMatchObject([
      { key: 'lease', kind: 'lease', side: 'source', facts: { vm: lab.vm.ref } },
    ]);
    await disks[Symbol.asyncDispose]();

    expect(lab.openLeases()).toEqual([]);
    expect(lab.ledger.items).toEqual([]);
  });

  test('that went with its session is replaced by another, and the disk begins again', async () => {
    const lab = await machine('files-01', 'lease');
    await using disks = await lab.open();
    const disk = streamed(disks.disks[0]);
    lab.vcenter.expireSessions();

    await expect(disk.open(never)).rejects.toMatchObject({ code: 'vsphere.lease-lost', retryable: true });
    const { sha1 } = await downloaded(disk);

    expect(await disk.manifest(never)).toMatchObject({ algorithm: 'sha1', hex: sha1 });
    expect(await sha256Of(disk)).toBe(await lab.sha256(0));
    expect(lab.ledger.items).toHaveLength(1);
  });

  test('lives on while nothing is read, because it is told of progress', async () => {
    const lab = await machine('files-01', 'lease', { leaseTimeoutMs: 3000 });
    await using disks = await lab.open();
    const told = (): number => lab.vcenter.state().requests['HttpNfcLeaseProgress'] ?? 0;
    while (told() < 5) await new Promise((resolve) => setImmediate(resolve));

    expect(await sha256Of(disks.disks[0])).toBe(await lab.sha256(0));
  });

  test('that somebody else has leaves nothing to undo', async () => {
    const lab = await machine('files-01', 'lease');
    await using other = await lab.open();
    const ledger = ledgerInMemory();

    await expect(openVmDisks(lab.session, lab.vm, planned(lab.vm, 'lease'), ledger, never)).rejects.toMatchObject({
      code: 'vsphere.busy',
    });
    expect(ledger.items).toEqual([]);
    expect(other.disks).toHaveLength(1);
  });
});

describe('what a disk probably holds', () => {
  test('is the least that its file, change tracking and the guest say', async () => {
    const lab = await machine('shop-01', 'lease');
    const [disk] = lab.vm.disks;
    const guestDisk = { path: '/', capacityBytes: 500_000, freeBytes: 400_000, diskKeys: [disk?.key ?? ''] };
    const likely = async (vm: Partial<InventoryVm>, likeDisk: Partial<InventoryVm['disks'][number]> = {}) => {
      const disks = lab.vm.disks.map((one) => ({ ...one, ...likeDisk }));
      const asked = { ...lab.vm, changeTracking: false, disks, ...vm };
      const ledger = ledgerInMemory();
      await using opened = await openVmDisks(lab.session, asked, planned(lab.vm, 'lease'), ledger, never);
      return opened.disks[0]?.likelyDataBytes;
    };
    const silent = { ...lab.vm.guest, disks: [] };

    expect(await likely({ guest: silent }, { isThin: false })).toBeNull();
    expect(await likely({ guest: silent }, { isThin: true, storedBytes: 300_000 })).toBe(300_000);
    expect(await likely({ guest: { ...silent, disks: [guestDisk] } }, { isThin: true, storedBytes: 300_000 })).toBe(
      100_000,
    );
    const tracked = await likely({ guest: silent, changeTracking: true }, { isThin: false });
    expect(tracked).toBeGreaterThan(0);
    expect(tracked).toBeLessThan(disk?.sizeBytes ?? 0);
  });

  test('is a disk’s share of the guest’s file systems where it is not said which are on it', async () => {
    const { vm } = await machine('shop-01', 'lease');
    const sized = (sizeBytes: number) => vm.disks.map((disk) => ({ ...disk, sizeBytes, isThin: null })).slice(0, 1);
    const [small, large] = [sized(1000), sized(3000)];
    const guest = { ...vm.guest, disks: [{ path: '/', capacityBytes: 900, freeBytes: 300, diskKeys: [] }] };
    const asked = { ...vm, guest, disks: [...small, ...large] };

    expect(small.map((disk) => likelyDataBytes(asked, disk, null))).toEqual([150]);
    expect(large.map((disk) => likelyDataBytes(asked, disk, 200))).toEqual([200]);
  });
});

describe('areas', () => {
  test('are asked for page by page, and are all that is read', async () => {
    const lab = await machine('shop-01', 'areas', { mostAreas: 3 });
    await using disks = await lab.open();
    const [disk] = disks.disks;
    if (disk?.kind !== 'extents') throw new Error('areas are read at random');
    await using image = await disk.openImage(never);
    const before = lab.vcenter.state().bytes.folder;

    expect(lab.vcenter.state().requests['QueryChangedDiskAreas']).toBeGreaterThan(2);
    expect(await sha256Of(disk)).toBe(await lab.sha256(0));
    const read = lab.vcenter.state().bytes.folder - before;
    expect(read).toBeLessThan((image.facts.allocatedBytes ?? 0) + 4096);
    expect(read).toBeLessThan(lab.vm.disks[0]?.sizeBytes ?? 0);
  });

  test('that are not to be had leave the whole disk to be read, with a word about it', async () => {
    const lab = await machine('shop-01', 'areas');
    lab.vcenter.faults.add({ where: 'soap', kind: 'fault', match: 'QueryChangedDiskAreas', faultType: 'FileFault' });
    await using disks = await lab.open();
    const [disk] = disks.disks;
    if (disk?.kind !== 'extents') throw new Error('areas are read at random');
    await using image = await disk.openImage(never);

    expect(image.facts.warnings).toEqual([expect.stringContaining('all of it is read')]);
    expect(await contentOf(image)).toBe(await lab.sha256(0));
  });

  test('of a running machine stand still behind a snapshot, which goes with them', async () => {
    const lab = await machine('shop-01', 'areas');
    const expected = await lab.sha256(0);
    const disks = await lab.open();
    await lab.vcenter.write('shop-01', 0, 0, Buffer.alloc(100_000, 7));

    expect(lab.snapshots()).toEqual([lab.ledger.tag]);
    expect(await sha256Of(disks.disks[0])).toBe(expected);
    await disks[Symbol.asyncDispose]();

    expect(lab.snapshots()).toEqual([]);
    expect(lab.ledger.items).toEqual([]);
  });

  // It got a snapshot, and was copied as it ran, though it was to be copied while it is off.
  test('of a machine that was off when it was described, and runs by now, are not read', async () => {
    const lab = await machine('files-01', 'areas');
    lab.vcenter.start('files-01');

    await expect(lab.open()).rejects.toMatchObject({ code: 'vsphere.not-still' });

    expect(lab.snapshots()).toEqual([]);
    expect(lab.ledger.items).toEqual([]);
  });

  test('are put in order, joined and cut to the disk', () => {
    const areas = [
      { offset: 900, length: 500 },
      { offset: 0, length: 100 },
      { offset: 100, length: 50 },
      { offset: 400, length: 100 },
      { offset: 420, length: 10 },
      { offset: 2000, length: 10 },
    ];

    expect(joined(areas, 1000)).toEqual([
      { offset: 0, length: 150 },
      { offset: 400, length: 100 },
      { offset: 900, length: 100 },
    ]);
  });
});

describe('ranges', () => {
  test('can be asked for anywhere, holes and borders included', async () => {
    const lab = await machine('shop-01', 'areas');
    await using disks = await lab.open();
    const [disk] = disks.disks;
    if (disk?.kind !== 'extents') throw new Error('areas are read at random');
    await using image = await disk.openImage(never);

    for (const [from, to] of [
      [0, disk.sizeBytes],
      [512, 1024],
      [65_536 - 512, 3 * 65_536 + 512],
      [disk.sizeBytes - 512, disk.sizeBytes],
    ] as const) {
      let at: number = from;
      for await (const extent of image.extents(from, to)) {
        expect(extent.offset).toBe(at);
        at += extent.length;
      }
      expect(at).toBe(to);
    }
  });

  test('name the file as the server wants it, whatever is in its name', () => {
    expect(folderPath('web 01/ü%2f#1-flat.vmdk', 'Europe/DC & Co', 'SAN+1')).toBe(
      '/folder/web%2001/%C3%BC%252f%231-flat.vmdk?dcPath=Europe%2FDC%20%26%20Co&dsName=SAN%2B1',
    );
  });
});

describe('the ways of reading', () => {
  test('need a file on the datastore, or else a lease', async () => {
    const { vm } = await machine('shop-01', 'areas');
    const said = (kind: string): unknown =>
      readingsOf(vm, defaultOptions, () => kind).map(({ reading, obstacle }) => [reading, obstacle !== null]);

    expect(said('VMFS')).toEqual([
      ['lease', false],
      ['areas', false],
      ['ranges', false],
    ]);
    for (const kind of ['vsan', 'VVOL']) {
      expect(said(kind)).toEqual([
        ['lease', false],
        ['areas', true],
        ['ranges', true],
      ]);
    }
  });

  test.each<readonly [string, (vm: InventoryVm) => InventoryVm, RegExp]>([
    ['is disconnected', (vm) => ({ ...vm, connection: 'disconnected' }), /disconnected/],
    ['is encrypted', (vm) => ({ ...vm, isEncrypted: true }), /encrypted/],
    ['is encrypted for its TPM', (vm) => ({ ...vm, isEncrypted: true, hasTpm: true }), /home is encrypted for its TPM/],
    ['has an encrypted disk', (vm) => withDisk(vm, { isEncrypted: true }), /encrypted/],
    ['is suspended', (vm) => ({ ...vm, power: 'suspended' }), /suspended/],
    ['runs with passed-through devices', (vm) => ({ ...vm, passthrough: ['PCI device 0'] }), /passed-through/],
    ['runs with a shared disk', (vm) => withDisk(vm, { isMultiWriter: true }), /shared/],
  ])('do not exist for a machine that %s', async (_, change, why) => {
    const { vm } = await machine('shop-01', 'areas');

    for (const { obstacle } of readingsOf(change(vm), { ...defaultOptions, whileRunning: 'snapshot' })) {
      expect(obstacle).toMatch(why);
    }
  });

  test('are all there again for a running machine that is shut down first', async () => {
    const { vm } = await machine('shop-01', 'areas');
    const shared = withDisk({ ...vm, passthrough: ['PCI device 0'] }, { isMultiWriter: true });

    expect(readingsOf(shared, defaultOptions).map(({ obstacle }) => obstacle)).toEqual([null, null, null]);
  });
});

function withDisk(vm: InventoryVm, change: Partial<InventoryVm['disks'][number]>): InventoryVm {
  return { ...vm, disks: vm.disks.map((disk) => ({ ...disk, ...change })) };
}

interface Lab {
  readonly vcenter: Vcenter;
  readonly session: VsphereSession;
  readonly vm: InventoryVm;
  readonly ledger: Ledger;
  open(): Promise<OpenDisks>;
  sha256(disk: number): Promise<string>;
  openLeases(): unknown[];
  snapshots(): readonly string[];
}

async function machine(name: string, reading: Reading, options: VcenterOptions = {}): Promise<Lab> {
  const vcenter = await startVcenter({ withOthers: false, ...options });
  open.push(vcenter);
  const session = await VsphereSession.open(signInTo(vcenter), never);
  open.push(session);
  const standing = (): ReturnType<Vcenter['state']>['machines'][number] => {
    const one = vcenter.state().machines.find((candidate) => candidate.name === name);
    if (one === undefined) throw new Error(`the lab has no ${name}`);
    return one;
  };
  const vm = await describeVm(session, standing().ref, never);
  const ledger = ledgerInMemory();
  return {
    vcenter,
    session,
    vm,
    ledger,
    open: async () => await openVmDisks(session, vm, planned(vm, reading), ledger, never),
    async sha256(disk) {
      const bytes = Buffer.alloc(vm.disks[disk]?.sizeBytes ?? 0);
      await vcenter.read(name, disk, bytes, 0);
      return createHash('sha256').update(bytes).digest('hex');
    },
    openLeases: () => vcenter.state().leases.filter(({ state }) => state === 'ready' || state === 'initializing'),
    snapshots: () => standing().snapshots,
  };
}
