/** Change tracking of a machine of the built-in vCenter: turned on so that it has begun, or everything as before. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import type { SourceDriver } from '../../worker/drivers.ts';
import { openVsphere } from '../../worker/sources/vsphere/driver.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { machinesOf, signInTo } from '../support/vsphere-source.ts';

const never = new AbortController().signal;
const TAG = 'guts-mig_0123456789ab';
const MiB = 2 ** 20;

describe('change tracking', () => {
  let vcenter: Vcenter;
  let source: SourceDriver;
  beforeEach(async () => {
    const disks = [{ sizeBytes: MiB, isThin: true }];
    vcenter = await startVcenter({
      machines: [
        { name: 'runs', power: 'on', disks },
        { name: 'rests', power: 'off', disks },
        { name: 'refuses', power: 'on', disks, devices: ['pci'] },
      ],
      withOthers: false,
    });
    source = await openVsphere(signInTo(vcenter), never);
  });
  afterEach(async () => {
    await source[Symbol.asyncDispose]();
    await vcenter[Symbol.asyncDispose]();
  });

  const turnOn = async (name: string): Promise<InventoryVm> => {
    const vm = (await machinesOf(source, never)).find((one) => one.name === name);
    if (vm === undefined) throw new Error(`${name} is not there`);
    await source.changeTracking?.turnOn(vm, TAG, never);
    return await source.describe(vm.ref, never);
  };
  const stands = (name: string) => vcenter.state().machines.find((one) => one.name === name);

  test('of a machine that runs begins with a snapshot, of which nothing stays', async () => {
    const vm = await turnOn('runs');

    expect(vm.changeTracking).toBe(true);
    expect(vm.disks.map(({ changeId }) => changeId === null)).toEqual([false]);
    expect(stands('runs')).toMatchObject({ changeTracking: true, snapshots: [], power: 'poweredOn' });
    expect(vcenter.state().tasks.map(({ method }) => method)).toEqual([
      'ReconfigVM_Task',
      'CreateSnapshot_Task',
      'RemoveSnapshot_Task',
    ]);
  });

  test('of a machine that is off takes no snapshot', async () => {
    expect((await turnOn('rests')).changeTracking).toBe(true);
    expect(vcenter.state().tasks.map(({ method }) => method)).toEqual(['ReconfigVM_Task']);
  });

  test('is off again where the snapshot cannot be made', async () => {
    await expect(turnOn('refuses')).rejects.toMatchObject({ code: expect.stringMatching(/^vsphere\./) });

    expect(stands('refuses')).toMatchObject({ changeTracking: false, snapshots: [] });
  });
});
