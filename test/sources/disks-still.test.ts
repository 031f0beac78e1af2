/** A machine of vSphere must stand still while it is read, whichever way that is: what spoils that is noticed. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Reading } from '../../main/shared/migration.ts';
import type { Ledger, OpenDisks, SourceDriver } from '../../worker/drivers.ts';
import { openVsphere } from '../../worker/sources/vsphere/driver.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { planned } from '../support/source-disks.ts';
import { ledgerInMemory, machineCalled, signInTo } from '../support/vsphere-source.ts';

const never = new AbortController().signal;
const disk = { sizeBytes: 2 * 1024 ** 2 };
const readings: readonly Reading[] = ['lease', 'areas', 'ranges'];
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

/** With a machine that is called `still`. */
async function scene(power: 'on' | 'off'): Promise<{ readonly vcenter: Vcenter; readonly source: SourceDriver }> {
  const machines = [{ name: 'still', power, changeTracking: true, disks: [disk, disk] }];
  const vcenter = await startVcenter({ machines, withOthers: false });
  open.push(vcenter);
  const source = await openVsphere(signInTo(vcenter), never);
  open.push(source);
  return { vcenter, source };
}

async function opened(source: SourceDriver, reading: Reading, ledger: Ledger = ledgerInMemory()): Promise<OpenDisks> {
  const vm = await machineCalled(source, 'still', never);
  return await source.openDisks(vm, planned(vm, reading), ledger, never);
}

const powerOf = (vm: string, power: 'on' | 'off') =>
  ({ key: 'power', side: 'source', kind: 'power', name: 'still', id: vm, facts: { vm, power } }) as const;

async function start(source: SourceDriver): Promise<void> {
  const { ref } = await machineCalled(source, 'still', never);
  await source.undo(powerOf(ref, 'on'), never);
}

describe('a copy of a machine that is off', () => {
  test.each(readings)('by %s is good when nothing happened to it', async (reading) => {
    const { source } = await scene('off');
    await using disks = await opened(source, reading);

    await expect(disks.complete(never)).resolves.toBeUndefined();
  });

  // Nothing looked at it again: bytes of before and of after it ran made one disk, and the migration was done.
  test.each(['areas', 'ranges'] as const)('by %s is of no use when somebody has started it', async (reading) => {
    const { source } = await scene('off');
    await using disks = await opened(source, reading);
    await start(source);

    await expect(disks.complete(never)).rejects.toMatchObject({
      code: 'vsphere.not-still',
      message: expect.stringContaining('no longer off'),
    });
  });

  test.each(readings)('by %s is of no use when it ran and is off again', async (reading) => {
    const { vcenter, source } = await scene('off');
    await using disks = await opened(source, reading);
    await vcenter.write('still', 1, 0, Buffer.from('written while it ran'));

    await expect(disks.complete(never)).rejects.toMatchObject({ code: 'vsphere.not-still', retryable: false });
  });
});

describe('a copy of a machine that runs', () => {
  test.each(readings)('by %s is good as long as its snapshot is there, whatever the guest writes', async (reading) => {
    const { vcenter, source } = await scene('on');
    await using disks = await opened(source, reading);
    await vcenter.write('still', 0, 0, Buffer.from('written since'));

    await expect(disks.complete(never)).resolves.toBeUndefined();
  });

  // What the snapshot had frozen is written to again as soon as it is gone.
  test.each(['areas', 'ranges'] as const)('by %s is of no use when somebody removed its snapshot', async (reading) => {
    const { source } = await scene('on');
    const ledger = ledgerInMemory();
    await using disks = await opened(source, reading, ledger);
    const [item] = ledger.items;
    if (item === undefined) throw new Error('the ledger names no snapshot');
    await source.undo(item, never);

    await expect(disks.complete(never)).rejects.toMatchObject({ code: 'vsphere.snapshot-gone', retryable: false });
  });

  test('is none where it was shut down to be copied, and somebody started it again', async () => {
    const { vcenter, source } = await scene('on');
    const ledger = ledgerInMemory();
    const { ref } = await machineCalled(source, 'still', never);
    await ledger.make(powerOf(ref, 'on'), async () => await Promise.resolve({ id: ref }));

    await expect(opened(source, 'ranges', ledger)).rejects.toMatchObject({ code: 'vsphere.not-still' });
    expect(vcenter.state().machines.flatMap(({ snapshots }) => snapshots)).toEqual([]);
  });
});

describe('the moment of a machine that is off', () => {
  const momentOf = async (source: SourceDriver, reading: Reading): Promise<string | null> => {
    await using disks = await opened(source, reading);
    return disks.snapshot;
  };

  test('has the same name as long as nobody writes to its disks, whatever else is done to it', async () => {
    const { source } = await scene('off');
    const first = await momentOf(source, 'ranges');
    const vm = await machineCalled(source, 'still', never);
    await source.changeTracking?.turnOn(vm, 'guts-tracking', never);

    expect(first).toMatch(/^off:[0-9a-f]{32}$/);
    expect(await momentOf(source, 'lease')).toBe(first);
  });

  test('has another one when it has run in between, or has another disk', async () => {
    const { vcenter, source } = await scene('off');
    const moments = [await momentOf(source, 'lease')];
    await vcenter.write('still', 0, 4096, Buffer.from('written while it ran'));
    moments.push(await momentOf(source, 'lease'));
    await vcenter.plug('still', disk);
    moments.push(await momentOf(source, 'lease'));

    expect(new Set(moments).size).toBe(3);
  });
});

// On a host that was set up anew, another machine's snapshot may have the very id that ours had.
test('undoing a snapshot leaves one of its id alone that has another name', async () => {
  const { vcenter, source } = await scene('on');
  const vm = await machineCalled(source, 'still', never);
  const ledger = ledgerInMemory('backup-of-somebody');
  await using disks = await opened(source, 'areas', ledger);
  disks.keepSnapshot();
  const [item] = ledger.items;
  if (item === undefined) throw new Error('the ledger names no snapshot');

  await source.undo({ ...item, name: 'guts-mig_aaaaaaaaaaaa' }, never);
  expect((await source.describe(vm.ref, never)).snapshots).toHaveLength(1);

  await source.undo(item, never);
  expect((await source.describe(vm.ref, never)).snapshots).toEqual([]);
  expect(vcenter.state().requests['RemoveSnapshot_Task']).toBe(1);
});
