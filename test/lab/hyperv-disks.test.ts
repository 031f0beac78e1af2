/** Disks of the built-in Hyper-V host as Guts reads them over SMB: every format, of machines that are off and that run, and with faults. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readGuest } from '../../worker/disk/extents.ts';
import type { SourceDriver } from '../../worker/drivers.ts';
import { openHyperv } from '../../worker/sources/hyperv/driver.ts';
import { plannedByFile, signInToHyperv, type SignInWishes } from '../support/hyperv-source.ts';
import { ledgerInMemory, machineCalled, machinesOf, readDisks } from '../support/vsphere-source.ts';
import { heldContent, seededContent } from './content.ts';
import { startHyperv, type Hyperv, type HypervOptions } from './hyperv/hyperv.ts';
import type { DiskSpec } from './hyperv/machine-spec.ts';

const signal = new AbortController().signal;
const MiB = 1024 ** 2;

interface Scene extends AsyncDisposable {
  readonly host: Hyperv;
  readonly source: SourceDriver;
}

async function scene(options: HypervOptions = {}, wishes: SignInWishes = {}): Promise<Scene> {
  const host = await startHyperv(options);
  const { httpUrl: url, user, password, fingerprint, smbPort } = host;
  const trust = { kind: 'pinned', sha256: fingerprint } as const;
  const source = await openHyperv(signInToHyperv({ url, user, password, trust, smbPort }, wishes), signal);
  const end = async (): Promise<void> => {
    await source[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  };
  return { host, source, [Symbol.asyncDispose]: end };
}

const read = async ({ source }: Scene, name: string): Promise<Buffer[]> =>
  await readDisks(source, await machineCalled(source, name, signal), 'file', ledgerInMemory(), signal);

async function seen({ host }: Scene, name: string, disk: number, sizeBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(sizeBytes);
  await host.read(name, disk, bytes, 0);
  return bytes;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('disks of the built-in Hyper-V host', () => {
  test.each<[string, Partial<DiskSpec>, SignInWishes]>([
    ['a dynamic VHDX', {}, {}],
    ['a fixed VHDX', { isFixed: true }, { encrypt: false }],
    ['a VHDX with sectors of 4 KiB', { sectorBytes: 4096, blockBytes: MiB }, {}],
    ['a dynamic VHD', { format: 'vhd' }, { encrypt: false }],
    ['a fixed VHD', { format: 'vhd', isFixed: true }, {}],
    [
      'a VHDX on a share that demands encryption',
      {},
      { encrypt: false, places: [{ onHost: 'D:\\Hyper-V', here: '\\\\127.0.0.1\\Machines' }] },
    ],
  ])('%s reads as its guest left it, also below checkpoints', async (_kind, more, wishes) => {
    const sizeBytes = 5 * MiB;
    const disk: DiskSpec = { sizeBytes, content: seededContent('disk', sizeBytes, 7), ...more };
    await using stage = await scene(
      {
        machines: [
          { name: 'plain', disks: [disk] },
          { name: 'layered', disks: [disk], checkpoints: ['one', 'two'] },
        ],
      },
      wishes,
    );
    await stage.host.write('layered', 0, 3 * MiB - 700, Buffer.alloc(1400, 'above two checkpoints'));

    for (const name of ['plain', 'layered']) {
      const [bytes = Buffer.alloc(0)] = await read(stage, name);
      expect(sha256(bytes)).toBe(sha256(await seen(stage, name, 0, sizeBytes)));
    }
    expect(stage.host.state().smb.openFiles).toEqual([]);
  });

  test.each<Partial<DiskSpec>>([{ isFixed: true }, { format: 'vhd', isFixed: true }])(
    'a fixed one is read only where its volume holds anything (%o)',
    async (more) => {
      const sizeBytes = 256 * MiB;
      const bytes = Buffer.alloc(65_536, 'what there is');
      const content = heldContent('sparse', sizeBytes, [{ offset: 100 * MiB, bytes }]);
      await using stage = await scene({ machines: [{ name: 'sparse', disks: [{ sizeBytes, content, ...more }] }] });

      const [got = Buffer.alloc(0)] = await read(stage, 'sparse');

      expect(sha256(got)).toBe(sha256(await seen(stage, 'sparse', 0, sizeBytes)));
      expect(got.subarray(100 * MiB, 100 * MiB + bytes.length).equals(bytes)).toBe(true);
      expect(stage.host.state().smb.bytes).toBeLessThan(16 * MiB);
    },
  );

  test('one of two tebibytes takes no room, and its few blocks are found', async () => {
    const sizeBytes = 2 * 1024 ** 4;
    const bytes = Buffer.alloc(65_536, 'far away');
    const offset = sizeBytes - 65_536;
    const content = heldContent('large', sizeBytes, [{ offset, bytes }]);
    await using stage = await scene({ machines: [{ name: 'large', disks: [{ sizeBytes, content }] }] });
    const vm = await machineCalled(stage.source, 'large', signal);
    await using open = await stage.source.openDisks(vm, plannedByFile(vm.disks), ledgerInMemory(), signal);
    const [disk] = open.disks;
    if (disk?.kind !== 'extents') throw new Error('a disk of Hyper-V comes in extents');
    await using image = await disk.openImage(signal);

    const got = Buffer.alloc(65_536);
    await readGuest(image, offset, got, signal);

    expect(got.equals(bytes)).toBe(true);
    expect(stage.host.state().smb.bytes).toBeLessThan(32 * MiB);
  });

  test('of a machine that runs come from a checkpoint, which is merged again', async () => {
    await using stage = await scene({ mergeMs: 10 });
    const before = await seen(stage, 'hv-shop-01', 0, 16 * MiB);

    const [bytes = Buffer.alloc(0)] = await read(stage, 'hv-shop-01');

    expect(sha256(bytes)).toBe(sha256(before));
    expect(stage.host.state().machines.find(({ name }) => name === 'hv-shop-01')).toMatchObject({
      state: 'Running',
      checkpoints: [],
      files: [[expect.stringMatching(/hv-shop-01\.vhdx$/)]],
    });
  });
});

describe('reading them goes on', () => {
  test.each(['cut', 'corrupt', 'drop'] as const)('after a connection that was ended by “%s”', async (kind) => {
    await using stage = await scene();
    stage.host.faults.add({ where: 'smb', kind, match: '^READ .*hv-files-01', nth: 4, afterBytes: 5000 });

    const [bytes = Buffer.alloc(0)] = await read(stage, 'hv-files-01');

    expect(stage.host.faults.rules[0]?.met).toBe(1);
    expect(sha256(bytes)).toBe(sha256(await seen(stage, 'hv-files-01', 0, 16 * MiB)));
  });

  test('after a session that has expired, and while the host asks to wait', async () => {
    await using stage = await scene({ mostCredits: 8 });
    const late = { where: 'smb', kind: 'delay', match: '^READ', delayMs: 20, faultType: 'STATUS_PENDING' } as const;
    stage.host.faults.add({ ...late, nth: 2, count: 3 });
    stage.host.faults.add({ where: 'smb', kind: 'expire', match: '^READ', nth: 6 });

    const [bytes = Buffer.alloc(0)] = await read(stage, 'hv-files-01');

    expect(sha256(bytes)).toBe(sha256(await seen(stage, 'hv-files-01', 0, 16 * MiB)));
    expect(stage.host.faults.rules.map(({ met }) => met)).toEqual([3, 1]);
    expect(stage.host.state().requests['smb sign-in']).toBeGreaterThan(1);
  });
});

test('its machines are found as the driver finds those of any Hyper-V host', async () => {
  await using stage = await scene();

  const machines = await machinesOf(stage.source, signal);

  expect(machines.map(({ name, power, firmware }) => [name, power, firmware])).toEqual([
    ['hv-files-01', 'off', 'uefi'],
    ['hv-ledger-01', 'off', 'bios'],
    ['hv-shop-01', 'on', 'uefi'],
    ['hv-build-01', 'off', 'uefi'],
  ]);
  expect(machines.flatMap(({ disks }) => disks.flatMap(({ problem }) => problem ?? []))).toEqual([]);
});

test('a machine with persistent memory hides none of the others, and is told to be what it is', async () => {
  const sizeBytes = MiB;
  await using stage = await scene({
    machines: [
      { name: 'plain', disks: [{ sizeBytes }] },
      { name: 'quick', disks: [{ sizeBytes }, { sizeBytes, controller: 'PMEM' }] },
    ],
  });

  const machines = await machinesOf(stage.source, signal);

  expect(machines.map(({ name }) => name)).toEqual(['plain', 'quick']);
  expect(machines[1]?.disks.map(({ problem }) => problem)).toEqual([
    undefined,
    'is persistent memory, which servers in the cloud do not have',
  ]);
});

test.each([
  ['deleted', 'InvalidParameter,Microsoft.HyperV.PowerShell.Commands.GetVM', 'source.vm-missing'],
  ['deleted on 2012 R2', 'InvalidParameter,Microsoft.HyperV.PowerShell.Commands.GetVMCommand', 'source.vm-missing'],
  ['kept from the user', 'AccessDenied,Microsoft.HyperV.PowerShell.Commands.GetVM', 'hyperv.access-denied'],
  ['not told of', 'OperationFailed,Microsoft.HyperV.PowerShell.Commands.GetVM', 'hyperv.command-failed'],
])('a machine that is %s is told so, and not otherwise', async (_what, troubleId, code) => {
  const id = '11111111-2222-4333-8444-555555555555';
  await using stage = await scene({
    machines: [{ name: 'hidden', id, trouble: { message: 'Not this one.', id: troubleId } }],
  });

  await expect(stage.source.describe(id, signal)).rejects.toMatchObject({ code });
});
