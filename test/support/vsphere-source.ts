/** A vSphere source under test, simulated or a peer: signing in, finding a machine, reading a disk whole in each way. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { SourceConnection, type SourceSignIn } from '../../main/shared/connections.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import type { LedgerItem, PlannedDisk, Reading } from '../../main/shared/migration.ts';
import { readGuest } from '../../worker/disk/extents.ts';
import { openImage } from '../../worker/disk/open.ts';
import type { Ledger, ReadableDisk, SourceDriver } from '../../worker/drivers.ts';

export interface VsphereUnderTest {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** SHA-256 of its certificate. */
  readonly fingerprint: string;
}

export function signInTo({ url, user, password, fingerprint }: VsphereUnderTest): SourceSignIn {
  const connection = SourceConnection.parse({
    id: 'src_000000000001',
    name: 'lab',
    kind: 'vsphere',
    url,
    userName: user,
    trust: { kind: 'pinned', sha256: fingerprint },
    proxy: null,
    createdAt: new Date(0).toISOString(),
    about: null,
  });
  return { connection, secret: password };
}

/** A ledger in memory. */
export function ledgerInMemory(tag = 'guts-mig_000000000001'): Ledger {
  const items: LedgerItem[] = [];
  return {
    tag,
    items,
    async make(item, create) {
      items.push({ ...item, id: null });
      const made = await create();
      const at = items.findIndex(({ key }) => key === item.key);
      items[at] = { ...item, id: made.id };
      return made;
    },
    async settle(key) {
      const at = items.findIndex((item) => item.key === key);
      if (at !== -1) items.splice(at, 1);
    },
  };
}

/** Every machine of a source. */
export async function machinesOf(source: SourceDriver, signal: AbortSignal): Promise<InventoryVm[]> {
  const machines: InventoryVm[] = [];
  for await (const page of source.inventory(signal)) machines.push(...page.vms);
  return machines;
}

/** @throws RangeError where there is none of that name */
export async function machineCalled(source: SourceDriver, name: string, signal: AbortSignal): Promise<InventoryVm> {
  const found = (await machinesOf(source, signal)).find((machine) => machine.name === name);
  if (found === undefined) throw new RangeError(`No machine is called “${name}”.`);
  return await source.describe(found.ref, signal);
}

/** What the guest sees on each disk of a machine, read in one way, with everything put back behind it. */
export async function readDisks(
  source: SourceDriver,
  vm: InventoryVm,
  reading: Reading,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<Buffer[]> {
  const planned = vm.disks.map(({ key, label, sizeBytes }, index): PlannedDisk => ({
    key,
    label,
    sizeBytes,
    sizeGiB: 1,
    bootIndex: index,
    reading: { value: reading, reason: 'The test says so.' },
    imageFormat: { value: 'raw', reason: 'The test says so.' },
    volumeType: null,
  }));
  await using opened = await source.openDisks(vm, planned, ledger, signal);
  const contents: Buffer[] = [];
  for (const disk of opened.disks) contents.push(await contentOf(disk, signal));
  await opened.complete(signal);
  return contents;
}

async function contentOf(disk: ReadableDisk, signal: AbortSignal): Promise<Buffer> {
  const bytes = Buffer.alloc(disk.sizeBytes);
  if (disk.kind === 'extents') {
    await using image = await disk.openImage(signal);
    await readGuest(image, 0, bytes, signal);
    return bytes;
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'guts-stream-'));
  try {
    const file = path.join(folder, 'disk.vmdk');
    await download(disk, file, signal);
    await using image = await openImage(file);
    await readGuest(image, 0, bytes, signal);
    return bytes;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function download(
  disk: Extract<ReadableDisk, { kind: 'stream' }>,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const into = await open(file, 'w');
  try {
    await using stream = await disk.open(signal);
    const window = Buffer.alloc(1024 * 1024);
    for (let got = await stream.read(window, signal); got > 0; got = await stream.read(window, signal)) {
      await into.write(window, 0, got);
    }
  } finally {
    await into.close();
  }
}
