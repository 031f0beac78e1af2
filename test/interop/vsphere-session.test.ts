/** The session and the driver against an independent vCenter and ESXi host, with everything that can go wrong on the way. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { toErrorInfo } from '../../main/shared/errors.ts';
import type { SourceSignIn } from '../../main/shared/connections.ts';
import { defaultOptions, type MigrationOptions } from '../../main/shared/migration.ts';
import type { Ledger, SourceDriver } from '../../worker/drivers.ts';
import { openVsphere } from '../../worker/sources/vsphere/driver.ts';
import { testVsphere } from '../../worker/sources/vsphere/probe.ts';
import { VsphereSession } from '../../worker/sources/vsphere/session.ts';
import { createSnapshot, findSnapshots, removeSnapshot } from '../../worker/sources/vsphere/snapshots.ts';
import { waitForProperties } from '../../worker/sources/vsphere/tasks.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { type VspherePeer, vspherePeer } from './vsphere-peer.ts';

const TAG = 'guts-mig_000000000001';
const signal = new AbortController().signal;

async function failure(work: Promise<unknown>): Promise<{ code: string; message: string; remedy: string }> {
  try {
    await work;
  } catch (error) {
    return toErrorInfo(error);
  }
  throw new Error('it went well');
}

describe.each(['vcenter', 'esxi'] as const)('%s', (kind) => {
  let peer: VspherePeer;
  let signIn: SourceSignIn;
  let session: VsphereSession;
  let driver: SourceDriver;

  beforeAll(async () => {
    peer = await vspherePeer(kind);
    signIn = await peer.signIn();
    session = await VsphereSession.open(signIn, signal);
    driver = await openVsphere(signIn, signal);
  });
  afterEach(async () => await peer.reset());
  afterAll(async () => {
    await driver[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
  });

  const vmRef = async (name: string) => ({ type: 'VirtualMachine', id: await peer.refOf(name) });
  const nameOf = async (name: string) => (await session.properties(await vmRef(name), ['name'], signal)).get('name');

  test('says what it is, and what its user lacks', async () => {
    await peer.fault({ kind: 'deny', method: 'HasPrivilegeOnEntities', privileges: ['VApp.Export'] });

    const trial = await testVsphere(signIn, signal);

    expect(trial.about).toMatchObject({ kind, version: '7.0.3' });
    expect(session.version).toBe('7.0.3.0');
    expect(trial.missingPrivileges).toEqual([
      { privilege: 'VApp.Export', neededFor: 'reading disks by an export lease' },
    ]);
    expect(trial.warnings).toEqual([]);
  });

  test('where privileges cannot be asked for, roles tell of them', async () => {
    await peer.fault({ kind: 'fault', method: 'HasPrivilegeOnEntities', faultType: 'NotSupported', message: 'no' });

    expect((await testVsphere(signIn, signal)).missingPrivileges).toEqual([]);
  });

  test('does not let a wrong password in', async () => {
    const refused = await failure(
      VsphereSession.open({ connection: { ...signIn.connection, userName: 'administrator' }, secret: 'wrong' }, signal),
    );

    expect(refused.code).toBe('vsphere.login-refused');
    expect(refused.remedy.includes('administrator@vsphere.local')).toBe(kind === 'vcenter');
  });

  test('an ended session is signed in again once, whoever notices', async () => {
    const before = (await peer.state()).counts;
    await peer.post('/session/expire');

    const names = await Promise.all(['zoo-lin-bios', 'zoo-nvme', 'zoo-win2003-ide'].map(nameOf));

    expect(names).toEqual(['zoo-lin-bios', 'zoo-nvme', 'zoo-win2003-ide']);
    expect(((await peer.state()).counts['Login'] ?? 0) - (before['Login'] ?? 0)).toBe(1);
  });

  test.each([
    ['a 503', { kind: 'http', status: 503, retryAfter: '0', count: 2 }],
    ['a dropped connection', { kind: 'drop', count: 2 }],
    ['a slow answer', { kind: 'delay', delayMs: 700 }],
    ['a session that ends as it is asked', { kind: 'expire' }],
  ])('a read gets over %s', async (_, rule) => {
    await peer.fault({ ...rule, method: 'RetrievePropertiesEx' });

    expect(await nameOf('zoo-lin-bios')).toBe('zoo-lin-bios');
  });

  test.each([
    ['a web page in between', { kind: 'garbage' }, 'net.strange-answer', 'address'],
    [
      'a server that stays away',
      { kind: 'http', status: 503, retryAfter: '0', count: -1 },
      'vsphere.unavailable',
      'Wait',
    ],
    [
      'a missing privilege',
      { kind: 'fault', faultType: 'NoPermission', detail: { PrivilegeId: 'System.Read' } },
      'vsphere.missing-privilege',
      'System.Read',
    ],
    [
      'the free licence',
      { kind: 'fault', faultType: 'RestrictedVersion', message: 'prohibited' },
      'vsphere.licence',
      'free ESXi licence',
    ],
  ])('%s ends in its named error', async (_, rule, code, remedy) => {
    await peer.fault({ ...rule, method: 'RetrievePropertiesEx' });

    const error = await failure(nameOf('zoo-lin-bios'));

    expect(error.code).toBe(code);
    expect(error.remedy).toContain(remedy);
  });

  test.each([
    ['nothing goes wrong', null],
    ['the answer to making it is lost', { kind: 'drop', method: 'CreateSnapshot_Task' }],
    ['the server has no time', { kind: 'http', status: 503, retryAfter: '0', method: 'CreateSnapshot_Task' }],
    ['the session ends at once', { kind: 'expire', method: 'CreateSnapshot_Task' }],
    ['the session ends while it is made', { kind: 'expire', method: 'WaitForUpdatesEx' }],
    ['another task is at work', { kind: 'fault', faultType: 'TaskInProgress', method: 'CreateSnapshot_Task' }],
  ])('exactly one snapshot is there when %s', async (_, rule) => {
    const vm = await vmRef('zoo-lin-running');
    if (rule !== null) await peer.fault(rule);

    const snapshot = await createSnapshot(session, vm, TAG, signal);

    expect(await findSnapshots(session, vm, (name) => name === TAG, signal)).toEqual([{ ref: snapshot, name: TAG }]);
    await removeSnapshot(session, snapshot, signal);
    await removeSnapshot(session, snapshot, signal); // again, without harm
    expect(await findSnapshots(session, vm, (name) => name === TAG, signal)).toEqual([]);
  });

  test('a task that fails says why', async () => {
    await peer.fault({
      kind: 'taskfail',
      method: 'CreateSnapshot_Task',
      faultType: 'FileFault',
      detail: { File: '/vmfs/a.vmdk' },
      message: 'Error caused by file',
    });

    const error = await failure(createSnapshot(session, await vmRef('zoo-lin-running'), TAG, signal));

    expect(error.code).toBe('vsphere.file-fault');
    expect(error.message).toContain('/vmfs/a.vmdk');
  });

  test('what nobody’s ledger names is found by its tag and removed; others’ snapshots stay', async () => {
    const vm = await vmRef('zoo-snapshots');
    const others = await findSnapshots(session, vm, () => true, signal);
    await createSnapshot(session, vm, TAG, signal);

    const [left, ...more] = await driver.leftovers(signal);

    expect(more).toEqual([]);
    expect(left).toMatchObject({ kind: 'snapshot', name: TAG, facts: { vm: vm.id } });
    if (left !== undefined) await driver.undo({ ...left, id: null }, signal); // by its name alone, as after a kill
    expect(await driver.leftovers(signal)).toEqual([]);
    expect(await findSnapshots(session, vm, () => true, signal)).toEqual(others);
  });

  const powerOf = async (name: string) =>
    (await session.properties(await vmRef(name), ['runtime.powerState'], signal)).get('runtime.powerState');
  const stop = async (name: string, options: Partial<MigrationOptions>, ledger: Ledger) => {
    const vm = await driver.describe(await peer.refOf(name), signal);
    await driver.shutDown(vm, { ...defaultOptions, ...options }, ledger, signal);
  };

  test.each([
    ['as it should', null],
    ['though the answer to asking it is lost', { kind: 'drop', method: 'ShutdownGuest' }],
    ['though the session ends while it is waited for', { kind: 'expire', method: 'WaitForUpdatesEx' }],
  ])('a guest with tools shuts down %s, and runs again when it is put back', async (_, rule) => {
    const ledger = new MemoryLedger(TAG);
    const tools = 'guest.toolsRunningStatus';
    const vm = await vmRef('zoo-lin-running');
    await waitForProperties(session, vm, [tools], (guest) => guest.get(tools) === 'guestToolsRunning', signal);
    if (rule !== null) await peer.fault(rule);

    await stop('zoo-lin-running', { shutDownTimeoutSeconds: 10 }, ledger);

    expect(await powerOf('zoo-lin-running')).toBe('poweredOff');
    const [item, ...more] = ledger.items;
    expect(item).toMatchObject({ kind: 'power', facts: { power: 'on' } });
    expect(more).toEqual([]);
    if (item !== undefined) await driver.undo(item, signal);
    if (item !== undefined) await driver.undo(item, signal);
    expect(await powerOf('zoo-lin-running')).toBe('poweredOn');
  });

  test('a guest that does not obey keeps running, unless the plug may be pulled', async () => {
    const ledger = new MemoryLedger(TAG);

    const refused = await failure(stop('zoo-stuck-shutdown', { shutDownTimeoutSeconds: 1 }, ledger));

    expect(refused.code).toBe('source.will-not-shut-down');
    expect(await powerOf('zoo-stuck-shutdown')).toBe('poweredOn');
    await peer.fault({ kind: 'drop', method: 'PowerOffVM_Task' });
    await stop('zoo-stuck-shutdown', { shutDownTimeoutSeconds: 1, mayPullPlug: true }, ledger);
    expect(await powerOf('zoo-stuck-shutdown')).toBe('poweredOff');
    for (const item of ledger.items) await driver.undo(item, signal);
    expect(await powerOf('zoo-stuck-shutdown')).toBe('poweredOn');
  });

  test('a guest without tools cannot be asked, and is told as such', async () => {
    await peer.fault({ kind: 'fault', method: 'ShutdownGuest', faultType: 'ToolsUnavailable', message: 'no tools' });

    const refused = await failure(stop('zoo-lin-running', {}, new MemoryLedger(TAG)));

    expect(refused.message).toContain('VMware Tools do not run');
    expect(await powerOf('zoo-lin-running')).toBe('poweredOn');
  });

  test('a machine that is off is left alone, and nothing is written down', async () => {
    const ledger = new MemoryLedger(TAG);

    await stop('zoo-lin-efi-2disk', {}, ledger);

    expect(ledger.items).toEqual([]);
  });

  test('a lease whose owner is gone lets its machine go', async () => {
    const vm = await vmRef('zoo-lin-efi-2disk');
    await session.call('ExportVm', vm, {}, signal);
    const item = { key: 'lease', side: 'source', kind: 'lease', name: TAG, id: null, facts: { vm: vm.id } } as const;
    const freeing = driver.undo(item, signal); // its id never came back: only time, or its session’s end, frees it
    await session[Symbol.asyncDispose]();
    session = await VsphereSession.open(signIn, signal);

    await freeing;

    expect((await peer.state()).leases).toBe(0);
  });

  test('cancelling ends a wait with the canceller’s reason', async () => {
    await peer.fault({ kind: 'delay', method: 'RetrievePropertiesEx', delayMs: 60_000 });
    const cancel = new AbortController();
    const reading = session.properties(await vmRef('zoo-nvme'), ['name'], cancel.signal);
    cancel.abort('enough');

    await expect(reading).rejects.toBe('enough');
  });

  test('networks of one machine come with their kind', async () => {
    const vm = await driver.describe(await peer.refOf('zoo-lin-running'), signal);

    const networks = await driver.networksOf(vm, signal);

    expect(networks.map(({ ref }) => ref)).toEqual(vm.nics.map(({ network }) => network));
    expect(networks[0]?.kind).toBe(kind === 'vcenter' ? 'distributed' : 'standard');
  });

  test('a certificate that changes under a session is not trusted', async () => {
    await peer.post('/cert/rotate');

    const error = await failure(VsphereSession.open(signIn, signal));

    expect(error.code).toBe('net.certificate-changed');
  });
});
