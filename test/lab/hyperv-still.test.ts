/** A machine of a Hyper-V host must stand still while it is read, and the host be left as it was: what spoils that is noticed. */
import { describe, expect, test } from 'vitest';
import type { LedgerItem } from '../../main/shared/migration.ts';
import { readGuest } from '../../worker/disk/extents.ts';
import type { OpenDisks, SourceDriver } from '../../worker/drivers.ts';
import { openHyperv } from '../../worker/sources/hyperv/driver.ts';
import { plannedByFile, signInToHyperv } from '../support/hyperv-source.ts';
import { ledgerInMemory, machineCalled } from '../support/vsphere-source.ts';
import { startHyperv, type Hyperv, type HypervOptions } from './hyperv/hyperv.ts';

const signal = new AbortController().signal;

interface Scene extends AsyncDisposable {
  readonly host: Hyperv;
  readonly source: SourceDriver;
}

async function scene(options: HypervOptions = {}): Promise<Scene> {
  const host = await startHyperv(options);
  const { httpUrl: url, user, password, fingerprint, smbPort } = host;
  const trust = { kind: 'pinned', sha256: fingerprint } as const;
  const source = await openHyperv(signInToHyperv({ url, user, password, trust, smbPort }), signal);
  const end = async (): Promise<void> => {
    await source[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  };
  return { host, source, [Symbol.asyncDispose]: end };
}

async function opened({ source }: Scene, name: string, ledger = ledgerInMemory(), stop = signal): Promise<OpenDisks> {
  const vm = await machineCalled(source, name, signal);
  return await source.openDisks(vm, plannedByFile(vm.disks), ledger, stop);
}

async function readAll({ disks }: OpenDisks): Promise<void> {
  for (const disk of disks) {
    if (disk.kind !== 'extents') throw new Error('a disk of Hyper-V comes in extents');
    await using image = await disk.openImage(signal);
    await readGuest(image, 0, Buffer.alloc(disk.sizeBytes), signal);
  }
}

const checkpointOf = (vm: string, facts: LedgerItem['facts'] = {}): LedgerItem => ({
  key: 'snapshot',
  side: 'source',
  kind: 'snapshot',
  name: 'guts-mig_000000000001',
  id: null,
  facts: { vm, ...facts },
});
const NOBODY = '00000000-0000-4000-8000-000000000000';

describe('a checkpoint of a machine that is not found', () => {
  test('is done with where every host says that it has no such machine', async () => {
    await using stage = await scene();

    await expect(stage.source.undo(checkpointOf(NOBODY), signal)).resolves.toBeUndefined();
  });

  test('is not given up as long as a node of the cluster cannot be asked', async () => {
    await using stage = await scene({
      machines: [{ name: 'role', isClustered: true }],
      otherNodes: ['127.0.0.77'],
    });

    await expect(stage.source.undo(checkpointOf(NOBODY), signal)).rejects.toMatchObject({ code: 'net.unreachable' });
  });
});

describe('a checkpoint', () => {
  const SHOP = 'hv-shop-01';
  const shopOf = ({ host }: Scene) => host.state().machines.find(({ name }) => name === SHOP);

  test('is done with when the host has merged it, also where its files cannot be looked into before', async () => {
    await using stage = await scene({ mergeMs: 400 });

    await (await opened(stage, SHOP))[Symbol.asyncDispose]();

    expect(shopOf(stage)).toMatchObject({ isMerging: false, files: [[expect.any(String)]] });
  });

  test('that was kept for a later run is merged when that one is done with it', async () => {
    await using stage = await scene({ mergeMs: 400 });
    const ledger = ledgerInMemory();
    const first = await opened(stage, SHOP, ledger);
    first.keepSnapshot();
    await first[Symbol.asyncDispose]();

    const second = await opened(stage, SHOP, ledger);
    expect(second.snapshot).toBe(first.snapshot);
    await second[Symbol.asyncDispose]();

    expect(shopOf(stage)).toMatchObject({ isMerging: false, files: [[expect.any(String)]] });
  });

  test('that only comes to be after it was cancelled is removed as well', async () => {
    await using stage = await scene({ checkpointMs: 3000 });
    const ledger = ledgerInMemory();
    const cancel = new AbortController();
    const opening = opened(stage, SHOP, ledger, cancel.signal).catch((error: unknown) => error);
    await expect.poll(() => shopOf(stage)?.isCheckpointing).toBe(true);
    cancel.abort(new Error('cancelled'));
    await expect(opening).resolves.toMatchObject({ message: 'cancelled' });
    const [item] = ledger.items;
    if (item === undefined) throw new Error('the ledger names no checkpoint');

    await stage.source.undo(item, signal);

    await expect.poll(() => shopOf(stage)?.isCheckpointing).toBe(false);
    expect(shopOf(stage)).toMatchObject({ checkpoints: [], files: [[expect.stringMatching(/hv-shop-01\.vhdx$/)]] });
  });
});

describe('a copy of a machine that runs', () => {
  test('is of no use when its checkpoint was removed and merged while it was read', async () => {
    await using stage = await scene();
    const ledger = ledgerInMemory();
    await using open = await opened(stage, 'hv-shop-01', ledger);
    const [item] = ledger.items;
    if (item === undefined) throw new Error('the ledger names no checkpoint');
    await stage.source.undo(item, signal); // as a backup's tidying up, or an administrator

    await expect(open.complete(signal)).rejects.toMatchObject({ code: 'hyperv.checkpoint-gone' });
  });
});

describe('a copy of a machine that runs, from a VHD', () => {
  test('does not mind that the time of its file is put right only after the checkpoint was taken', async () => {
    const disks = [{ sizeBytes: 4 * 1024 ** 2, format: 'vhd' }] as const;
    await using stage = await scene({ machines: [{ name: 'runs', generation: 1, state: 'Running', disks }] });
    await using open = await opened(stage, 'runs');
    await readAll(open);
    const [frozen] = stage.host.host.machineNamed('runs').disks[0]?.chain?.files ?? [];
    if (frozen === undefined) throw new Error('the disk has no file');
    frozen.writtenAt = new Date();

    await expect(open.complete(signal)).resolves.toBeUndefined();
  });
});

describe('a copy of a machine that is off', () => {
  const disk = { sizeBytes: 4 * 1024 ** 2 };
  const vhd = { ...disk, format: 'vhd' } as const;
  const disks = [disk, { ...disk, isFixed: true }, vhd, { ...vhd, isFixed: true }];
  const machines = [{ name: 'still', generation: 1, disks } as const];

  test('is good when nothing happened to it', async () => {
    await using stage = await scene({ machines });
    await using open = await opened(stage, 'still');
    await readAll(open);

    await expect(open.complete(signal)).resolves.toBeUndefined();
  });

  // A VHD has no mark in it that changes.
  test.each(disks.map((_, at) => at))(
    'is of no use when it ran in between and wrote to disk %i, though it is off again',
    async (at) => {
      await using stage = await scene({ machines });
      await using open = await opened(stage, 'still');
      await readAll(open);
      await stage.host.write('still', at, 0, Buffer.from('written by somebody who is gone'));

      await expect(open.complete(signal)).rejects.toMatchObject({ code: 'hyperv.wrong-state' });
    },
  );
});

describe('the moment of a machine that is off', () => {
  const momentOf = async (stage: Scene): Promise<string | null> => {
    await using open = await opened(stage, 'hv-files-01');
    return open.snapshot;
  };

  test('has the same name as long as nobody writes to its disks', async () => {
    await using stage = await scene();
    const first = await momentOf(stage);

    expect(first).toMatch(/^off:[0-9a-f]{32}$/);
    expect(await momentOf(stage)).toBe(first);
  });

  test.each(['vhdx', 'vhd'] as const)(
    'has another one when it has run in between, so that its disks are not of two moments: %s',
    async (format) => {
      const disks = [{ sizeBytes: 4 * 1024 ** 2, format, isFixed: true }];
      await using stage = await scene({ machines: [{ name: 'hv-files-01', generation: 1, disks }] });
      const first = await momentOf(stage);
      expect(await momentOf(stage)).toBe(first);
      await stage.host.write('hv-files-01', 0, 4096, Buffer.from('written while it ran'));

      expect(await momentOf(stage)).not.toBe(first);
    },
  );
});

test('a machine that somebody started again after it was shut down to be copied is not copied as it runs', async () => {
  await using stage = await scene();
  const ledger = ledgerInMemory();
  const item = { key: 'power', side: 'source', kind: 'power', name: 'hv-shop-01', facts: { power: 'on' } } as const;
  await ledger.make(item, async () => await Promise.resolve({ id: 'hv-shop-01' }));

  await expect(opened(stage, 'hv-shop-01', ledger)).rejects.toMatchObject({ code: 'hyperv.wrong-state' });
  expect(stage.host.state().machines.flatMap(({ checkpoints }) => checkpoints)).not.toContain(ledger.tag);
});

test('a machine that was off when it was described, and runs by now, is not copied as it runs', async () => {
  await using stage = await scene();
  const ledger = ledgerInMemory();
  const vm = await machineCalled(stage.source, 'hv-files-01', signal);
  stage.host.host.start(stage.host.host.machineNamed('hv-files-01'));

  await expect(stage.source.openDisks(vm, plannedByFile(vm.disks), ledger, signal)).rejects.toMatchObject({
    code: 'hyperv.wrong-state',
  });
  expect(ledger.items).toEqual([]);
});
