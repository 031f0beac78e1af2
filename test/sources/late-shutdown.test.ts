/** A guest that goes off after it was given up, or after the migration was cancelled: its machine does not stay off unseen. */
import { describe, expect, test } from 'vitest';
import { defaultOptions, type LedgerItem } from '../../main/shared/migration.ts';
import type { SourceDriver } from '../../worker/drivers.ts';
import { HypervHosts } from '../../worker/sources/hyperv/hosts.ts';
import { putBackPower as putBackOnHyperv } from '../../worker/sources/hyperv/power.ts';
import { vsphereDriver } from '../../worker/sources/vsphere/driver.ts';
import { putBackPower } from '../../worker/sources/vsphere/power.ts';
import { VsphereSession } from '../../worker/sources/vsphere/session.ts';
import { startHyperv } from '../lab/hyperv/hyperv.ts';
import { startVcenter, type Vcenter, type VcenterOptions } from '../lab/vcenter/vcenter.ts';
import { signInToHyperv } from '../support/hyperv-source.ts';
import { until } from '../support/until.ts';
import { ledgerInMemory, machineCalled, signInTo } from '../support/vsphere-source.ts';

const never = new AbortController().signal;
const VM = 'shop-01';
const mayYet = { code: 'source.may-yet-shut-down', message: expect.stringContaining('may go off later') };

interface Scene extends AsyncDisposable {
  readonly vcenter: Vcenter;
  readonly session: VsphereSession;
  readonly source: SourceDriver;
  readonly power: () => string | undefined;
}

async function scene(options: VcenterOptions): Promise<Scene> {
  const vcenter = await startVcenter({ withOthers: false, ...options });
  const session = await VsphereSession.open(signInTo(vcenter), never);
  return {
    vcenter,
    session,
    source: vsphereDriver(session, signInTo(vcenter)),
    power: () => vcenter.state().machines.find(({ name }) => name === VM)?.power,
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]();
      await vcenter[Symbol.asyncDispose]();
    },
  };
}

/** Cancelled as soon as the guest was told. */
async function askedAndCancelled({ vcenter, source }: Scene, ledger = ledgerInMemory()): Promise<LedgerItem> {
  const cancel = new AbortController();
  const vm = await machineCalled(source, VM, never);
  const stopping = source.shutDown(vm, defaultOptions, ledger, cancel.signal).catch((error: unknown) => error);
  await until(
    async () => vcenter.state().requests['ShutdownGuest'] ?? 0,
    (asked) => asked > 0,
  );
  cancel.abort(new Error('cancelled'));
  await expect(stopping).resolves.toMatchObject({ message: 'cancelled' });
  const [item] = ledger.items;
  if (item === undefined) throw new Error('the ledger does not say that it ran');
  return item;
}

describe('a guest of vSphere', { timeout: 60_000 }, () => {
  // It still said that it runs: that counted as put back, and nobody was there when it went off.
  test('that has not heard yet when it is cancelled runs again after it went off', async () => {
    await using stage = await scene({ hearsMs: 2000, shutdownMs: 2000 });
    const item = await askedAndCancelled(stage);

    await stage.source.undo(item, never);

    expect(stage.vcenter.state().requests['PowerOnVM_Task']).toBe(1);
    expect(stage.power()).toBe('poweredOn');
  });

  // Windows installs updates for many minutes, when its tools are long gone.
  test('whose tools have ended already runs again after it went off', async () => {
    await using stage = await scene({ shutdownMs: 3000 });
    const item = await askedAndCancelled(stage);
    stage.vcenter.endTools(VM);

    await stage.source.undo(item, never);

    expect(stage.vcenter.state().requests['PowerOnVM_Task']).toBe(1);
    expect(stage.power()).toBe('poweredOn');
  });

  test('that is neither off nor seen to stay in time is told, and runs again when it is undone later', async () => {
    await using stage = await scene({ shutdownMs: 6000 });
    const item = await askedAndCancelled(stage);
    stage.vcenter.endTools(VM);

    await expect(putBackPower(stage.session, item, never, 2000)).rejects.toMatchObject(mayYet);
    expect(stage.power()).toBe('poweredOn');
    await until(
      async () => stage.power(),
      (power) => power === 'poweredOff',
    );
    await stage.source.undo(item, never);
    await stage.source.undo(item, never);

    expect(stage.power()).toBe('poweredOn');
  });

  test('whose tools have ended because a run before had asked it may go off as well', async () => {
    await using stage = await scene({ shutdownMs: 30_000 });
    const ledger = ledgerInMemory();
    await askedAndCancelled(stage, ledger);
    stage.vcenter.endTools(VM);
    const vm = await machineCalled(stage.source, VM, never);

    await expect(stage.source.shutDown(vm, defaultOptions, ledger, never)).rejects.toMatchObject({
      code: 'source.will-not-shut-down',
    });

    for (const item of ledger.items)
      await expect(putBackPower(stage.session, item, never, 0)).rejects.toMatchObject(mayYet);
  });

  test('that was started by somebody since is not waited for, though its tools do not run', async () => {
    await using stage = await scene({ shutdownMs: 100 });
    const item = await askedAndCancelled(stage);
    await until(
      async () => stage.power(),
      (power) => power === 'poweredOff',
    );
    stage.vcenter.start(VM);
    stage.vcenter.endTools(VM);

    await putBackPower(stage.session, item, never, 0);

    expect(stage.power()).toBe('poweredOn');
  });

  test('that could not be asked is not waited for', async () => {
    await using stage = await scene({ machines: [{ name: VM, power: 'on', tools: 'stopped' }] });
    const ledger = ledgerInMemory();
    const vm = await machineCalled(stage.source, VM, never);

    await expect(stage.source.shutDown(vm, defaultOptions, ledger, never)).rejects.toMatchObject({
      code: 'source.will-not-shut-down',
    });

    for (const item of ledger.items) await putBackPower(stage.session, item, never, 0);
    expect(stage.power()).toBe('poweredOn');
  });
});

describe('a guest of Hyper-V', { timeout: 60_000 }, () => {
  test.each([
    [
      'whose heart has stopped, and that is not off in time, is told, and runs again when it is undone later',
      'OkApplicationsHealthy',
      mayYet,
    ],
    ['whose heart was never heard counts as put back as long as it runs', '', null],
  ])('%s', async (_, heartbeat, refusal) => {
    await using lab = await startHyperv();
    const { httpUrl: url, user, password, fingerprint, smbPort } = lab;
    const trust = { kind: 'pinned', sha256: fingerprint } as const;
    await using hosts = await HypervHosts.open(signInToHyperv({ url, user, password, trust, smbPort }), never);
    const machine = lab.host.machineNamed('hv-shop-01');
    const facts = { vm: machine.id, power: 'on', heartbeat };
    const item: LedgerItem = { key: 'power', side: 'source', kind: 'power', name: 'hv-shop-01', id: null, facts };
    machine.isSilent = true;

    const puttingBack = putBackOnHyperv(hosts, item, never, 2000);

    if (refusal === null) await puttingBack;
    else await expect(puttingBack).rejects.toMatchObject(refusal);
    expect(machine.state).toBe('Running');
    lab.host.turnOff(machine);
    await putBackOnHyperv(hosts, item, never);
    expect(machine.state).toBe('Running');
  });
});
