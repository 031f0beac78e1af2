/** A strict Hyper-V host that is not ours, with WinRM in its three ways and a real Samba: what Guts finds there and reads from it. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { HypervSignIn } from '../../main/shared/connections.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { readGuest } from '../../worker/disk/extents.ts';
import type { DiskImage } from '../../worker/disk/image.ts';
import type { SourceDriver } from '../../worker/drivers.ts';
import { diagnoseHyperv } from '../../worker/sources/hyperv/diagnose.ts';
import { openHyperv } from '../../worker/sources/hyperv/driver.ts';
import { testHyperv } from '../../worker/sources/hyperv/probe.ts';
import { plannedByFile, type SignInWishes } from '../support/hyperv-source.ts';
import { ledgerInMemory } from '../support/vsphere-source.ts';
import { hypervPeer, type HypervPeer, type TrueDisk } from './hyperv-peer.ts';
import { allWays, signInToPeer, type Way } from './hyperv-sign-in.ts';

const UP_MS = 15 * 60_000;
const PIECE_BYTES = 4 * 1024 * 1024;
let peer: HypervPeer;
beforeAll(async () => {
  peer = await hypervPeer();
}, UP_MS);
afterAll(async () => await peer[Symbol.asyncDispose]());

const signIn = (way: Way, wishes: SignInWishes = {}): HypervSignIn => signInToPeer(peer, way, wishes);
const soon = (): AbortSignal => AbortSignal.timeout(5 * 60_000);

async function machinesOf(source: SourceDriver): Promise<InventoryVm[]> {
  const machines: InventoryVm[] = [];
  for await (const page of source.inventory(soon())) machines.push(...page.vms);
  return machines;
}

/** The model behind the peer's cmdlets. */
const Model = z.object({
  vms: z.array(
    z.object({
      Name: z.string(),
      Id: z.string(),
      Generation: z.number(),
      State: z.string(),
      Version: z.string(),
      ProcessorCount: z.number(),
      Memory: z.object({ Startup: z.number(), Dynamic: z.boolean(), Maximum: z.number() }),
      Disks: z.array(z.object({ Path: z.string(), ControllerType: z.string() })),
      Nics: z.array(z.object({ Mac: z.string(), Switch: z.string().nullable() })),
      Snapshots: z.array(z.object({ Id: z.string(), Name: z.string() })),
      Tpm: z.boolean().optional(),
      Notes: z.string().optional(),
    }),
  ),
});

describe.each(allWays)('%s', (way) => {
  test('signs in, and tells the host', async () => {
    const { about, warnings } = await testHyperv(signIn(way), soon());

    expect(about).toMatchObject({ product: 'Microsoft Hyper-V', kind: 'hyperv', version: '10.0.20348' });
    expect(warnings).toEqual([]);
  });

  test('finds every machine in one call, with the facts of the host’s own model', async () => {
    await using source = await openHyperv(signIn(way), soon());
    const before = peer.logged('scripts.log').length;
    const machines = await machinesOf(source);

    expect(peer.logged('scripts.log').length - before).toBe(1);
    const { vms } = Model.parse(JSON.parse(readFileSync(path.join(peer.folder, 'model.json'), 'utf8')));
    expect(machines).toHaveLength(9);
    const told = machines.map((vm) => ({
      Name: vm.name,
      Id: vm.ref,
      Generation: vm.hyperv?.generation,
      State: vm.power,
      Version: vm.hyperv?.version,
      ProcessorCount: vm.cpus,
      memory: vm.memoryBytes,
      disks: vm.disks.map(({ file, rawDevice }) => (rawDevice === null ? file : 'passed through')),
      macs: vm.nics.map(({ mac }) => mac),
      checkpoints: vm.snapshots.map(({ ref, name }) => [ref, name]),
      tpm: vm.hasTpm,
      notes: vm.annotation,
    }));
    expect(told).toEqual(
      vms.map((vm) => ({
        Name: vm.Name,
        Id: vm.Id,
        Generation: vm.Generation,
        State: vm.State === 'Running' ? 'on' : 'off',
        Version: vm.Version,
        ProcessorCount: vm.ProcessorCount,
        memory: vm.Memory.Dynamic ? vm.Memory.Maximum : vm.Memory.Startup,
        disks: vm.Disks.map(({ Path }) => (Path.startsWith('Disk 3') ? 'passed through' : Path)),
        macs: vm.Nics.map(({ Mac }) => Mac.toLowerCase().replaceAll(/..(?=.)/g, '$&:')),
        checkpoints: vm.Snapshots.map(({ Id, Name }) => [Id, Name]),
        tpm: vm.Tpm ?? false,
        notes: vm.Notes ?? '',
      })),
    );
  });
});

test('tells what a guest says of itself, its VLAN and its addresses', async () => {
  await using source = await openHyperv(signIn('HTTP with NTLM, sealed'), soon());
  const web = (await machinesOf(source)).find(({ name }) => name === 'web01');

  expect(web).toMatchObject({
    guestOsId: 'debian',
    guestOsName: 'Debian GNU/Linux 12.5',
    firmware: 'uefi',
    secureBoot: true,
    guest: { tools: 'running', hostName: 'web01.lab.example', dnsServers: ['192.0.2.53', '192.0.2.54'] },
    hyperv: {
      secureBootTemplate: 'MicrosoftUEFICertificateAuthority',
      replication: 'Primary',
      dynamicMemory: { startup: 4 * 2 ** 30, minimum: 2 ** 30, maximum: 8 * 2 ** 30 },
    },
  });
  expect(web?.nics[0]).toMatchObject({
    networkName: 'vSwitch-External (VLAN 120)',
    ipAddresses: [
      { address: '192.0.2.21', prefixLength: 24 },
      { address: 'fe80::215:5dff:fe01:2a01', prefixLength: 64 },
    ],
  });
});

test('says of each disk that cannot be moved why', async () => {
  await using source = await openHyperv(signIn('HTTP with NTLM, sealed'), soon());
  const node = (await machinesOf(source)).find(({ name }) => name === 'cluster-node1');

  expect(node?.disks).toMatchObject([
    { problem: expect.stringContaining('cannot find the file') },
    { isMultiWriter: true },
    { rawDevice: 'physical' },
  ]);
});

test('can be looked at step by step, with the same bytes through WinRM and through its shares', async () => {
  const { steps, trace } = await diagnoseHyperv(signIn('HTTP with NTLM, sealed'), soon());

  expect(steps.filter(({ isGood }) => !isGood)).toEqual([]);
  expect(steps.map(({ says }) => says)).toContainEqual(expect.stringMatching(/: the same$/));
  expect(trace.map(({ says }) => says)).toContainEqual(expect.stringContaining('script part: exit code 0'));
});

const shares = {
  // The peer's admin shares turn encryption on for whoever can.
  'a share that is signed alone': {
    encrypt: false,
    places: [{ onHost: 'D:\\', here: '\\\\127.0.0.1\\LABLOCK$\\D' }],
  },
  'the admin share, encrypted': { encrypt: true },
  'the share that demands encryption': {
    encrypt: false,
    places: [{ onHost: 'D:\\Hyper-V', here: '\\\\127.0.0.1\\VMs' }],
  },
} as const satisfies Readonly<Record<string, SignInWishes>>;

describe.each(Object.entries(shares))('over %s', (_name, wishes) => {
  test('every disk of a machine that is off reads as its guest left it', async () => {
    await using source = await openHyperv(signIn('HTTP with NTLM, sealed', wishes), soon());
    const machines = await machinesOf(source);
    const read: string[] = [];

    for (const { ref, name, power } of machines) {
      if (power !== 'off' || name === 'cluster-node1') continue;
      const vm = await source.describe(ref, soon());
      const planned = plannedByFile(vm.disks);
      await using open = await source.openDisks(vm, planned, ledgerInMemory(), soon());
      for (const [index, disk] of open.disks.entries()) {
        if (disk.kind !== 'extents') throw new Error('a disk of Hyper-V comes in extents');
        await using image = await disk.openImage(soon());
        await mustBeTrue(image, peer.disk(`${name}/${index}`));
        read.push(`${name}/${index}`);
      }
      await open.complete(soon());
    }

    expect(read).toEqual([
      'legacy-2008/0',
      'legacy-2008/1',
      'sql01/0',
      'sql01/1',
      'vdi01/0',
      'crash01/0',
      'crash01/1',
      'big01/0',
      "Büro-Server 東京 'x' [1]/0",
    ]);
  });
});

/** SHA-256 of all that an image holds, or of those of its pieces. */
async function digestOf(image: DiskImage, starts?: readonly number[]): Promise<string> {
  const hash = createHash('sha256');
  const { virtualSizeBytes: size } = image.facts;
  const bytes = Buffer.alloc(PIECE_BYTES);
  for (const start of starts ?? Array.from({ length: Math.ceil(size / PIECE_BYTES) }, (_, i) => i * PIECE_BYTES)) {
    const piece = bytes.subarray(0, Math.min(PIECE_BYTES, size - start));
    await readGuest(image, start, piece, soon());
    hash.update(piece);
  }
  return hash.digest('hex');
}

/** A disk of 40 GiB is held against its truth where either has anything. */
async function mustBeTrue(image: DiskImage, { rawFile, sizeBytes, sha256, dataAt }: TrueDisk): Promise<void> {
  expect(image.facts.virtualSizeBytes).toBe(sizeBytes);
  if (sha256 !== null) {
    expect(await digestOf(image)).toBe(sha256);
    return;
  }
  const starts = new Set(dataAt.map((at) => at - (at % PIECE_BYTES)));
  for await (const { kind, offset, length } of image.extents(0, sizeBytes)) {
    if (kind === 'hole' || kind === 'zero') continue;
    for (let at = offset - (offset % PIECE_BYTES); at < offset + length; at += PIECE_BYTES) starts.add(at);
  }
  const hash = createHash('sha256');
  for (const start of starts)
    for await (const chunk of createReadStream(rawFile, { start, end: start + PIECE_BYTES - 1 }))
      hash.update(chunk as Buffer);
  expect(await digestOf(image, [...starts])).toBe(hash.digest('hex'));
}
