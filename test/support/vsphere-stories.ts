/** How a session and a driver get along with a vSphere server and its faults, told once: the built-in vCenter and independent peers must both let it be so. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { toErrorInfo } from '../../main/shared/errors.ts';
import type { SourceSignIn } from '../../main/shared/connections.ts';
import { defaultOptions, type MigrationOptions } from '../../main/shared/migration.ts';
import type { Ledger, SourceDriver } from '../../worker/drivers.ts';
import { openVsphere } from '../../worker/sources/vsphere/driver.ts';
import { testVsphere } from '../../worker/sources/vsphere/probe.ts';
import { VsphereSession } from '../../worker/sources/vsphere/session.ts';
import { createSnapshot, findSnapshots, removeSnapshot } from '../../worker/sources/vsphere/snapshots.ts';
import { waitForProperties } from '../../worker/sources/vsphere/tasks.ts';
import { MemoryLedger } from './memory-ledger.ts';

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

/** A fault as both kinds of server know it; `detail` by the names that its fields have in XML. */
export interface StoryFault {
  readonly kind: 'http' | 'delay' | 'drop' | 'garbage' | 'expire' | 'fault' | 'taskfail' | 'deny';
  /** The SOAP method that it meets. */
  readonly method: string;
  /** -1 is all from there on; 1 without it. */
  readonly count?: number;
  readonly delayMs?: number;
  readonly faultType?: string;
  readonly message?: string;
  readonly detail?: Readonly<Record<string, string>>;
  readonly privileges?: readonly string[];
}

type Fault = Omit<StoryFault, 'method'>;

/** A server to tell the stories to. */
export interface StoryVsphere extends AsyncDisposable {
  readonly kind: 'vcenter' | 'esxi';
  readonly signIn: SourceSignIn;
  readonly version: string;
  /** Machines that the stories are about, by what is known of them. */
  readonly machines: {
    /** With tools, and nothing odd. */
    readonly running: string;
    readonly off: string;
    /** It does not obey. */
    readonly stuck: string;
    /** It runs, and others have made snapshots of it. */
    readonly withSnapshots: string;
  };
  refOf(name: string): Promise<string>;
  /** HTTP faults are a 503 that asks to come again at once. */
  fault(rule: StoryFault): Promise<void>;
  reset(): Promise<void>;
  expireSessions(): Promise<void>;
  rotateCertificate(): Promise<void>;
  logins(): Promise<number>;
  leases(): Promise<number>;
}

export function vsphereStories(open: () => Promise<StoryVsphere>): void {
  let peer: StoryVsphere;
  let signIn: SourceSignIn;
  let session: VsphereSession;
  let driver: SourceDriver;

  beforeAll(async () => {
    peer = await open();
    ({ signIn } = peer);
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

    expect(trial.about).toMatchObject({ kind: peer.kind });
    expect(session.version).toBe(peer.version);
    expect(trial.missingPrivileges).toEqual([
      { privilege: 'VApp.Export', neededFor: 'reading disks by an export lease' },
    ]);
    expect(trial.warnings).toEqual([]);
  });

  test('where privileges cannot be asked for, roles tell of them', async () => {
    await peer.fault({ kind: 'fault', method: 'HasPrivilegeOnEntities', faultType: 'NotSupported', message: 'no' });

    expect((await testVsphere(signIn, signal)).missingPrivileges).toEqual([]);
  });

  test.each<[MigrationOptions['reading'], string]>([
    ['lease', 'VApp.Export'],
    ['ranges', 'Datastore.Browse'],
    ['areas', 'VirtualMachine.Provisioning.DiskRandomRead'],
  ])('what reading one machine by %s lacks is told by its own name, and nothing else', async (reading, privilege) => {
    const vm = await driver.describe(await peer.refOf(peer.machines.off), signal);
    const all = ['VApp.Export', 'Datastore.Browse', 'VirtualMachine.Provisioning.DiskRandomRead'];
    await peer.fault({
      kind: 'deny',
      method: 'HasPrivilegeOnEntities',
      privileges: reading === 'areas' ? all.slice(2) : all,
      count: -1,
    });

    expect(await driver.missingPrivileges(vm, { ...defaultOptions, reading }, signal)).toEqual([privilege]);
  });

  test('stopping a machine asks for the right to start it again', async () => {
    const vm = await driver.describe(await peer.refOf(peer.machines.running), signal);
    const rights = ['VirtualMachine.Interact.PowerOn', 'VirtualMachine.State.CreateSnapshot'];
    await peer.fault({ kind: 'deny', method: 'HasPrivilegeOnEntities', privileges: rights, count: -1 });

    const stopped = await driver.missingPrivileges(vm, { ...defaultOptions, whileRunning: 'shutDown' }, signal);
    const frozen = await driver.missingPrivileges(vm, { ...defaultOptions, whileRunning: 'snapshot' }, signal);

    expect([stopped, frozen]).toEqual([[rights[0]], [rights[1]]]);
  });

  test('does not let a wrong password in', async () => {
    const refused = await failure(
      VsphereSession.open({ connection: { ...signIn.connection, userName: 'administrator' }, secret: 'wrong' }, signal),
    );

    expect(refused.code).toBe('vsphere.login-refused');
    expect(refused.remedy.includes('administrator@vsphere.local')).toBe(peer.kind === 'vcenter');
  });

  test('an ended session is signed in again once, whoever notices', async () => {
    const before = await peer.logins();
    await peer.expireSessions();

    const wanted = [peer.machines.running, peer.machines.off, peer.machines.stuck];
    const names = await Promise.all(wanted.map(nameOf));

    expect(names).toEqual(wanted);
    expect((await peer.logins()) - before).toBe(1);
  });

  test.each<[string, Fault]>([
    ['a 503', { kind: 'http', count: 2 }],
    ['a dropped connection', { kind: 'drop', count: 2 }],
    ['a slow answer', { kind: 'delay', delayMs: 700 }],
    ['a session that ends as it is asked', { kind: 'expire' }],
  ])('a read gets over %s', async (_, rule) => {
    await peer.fault({ ...rule, method: 'RetrievePropertiesEx' });

    expect(await nameOf(peer.machines.off)).toBe(peer.machines.off);
  });

  test.each<[string, Fault, string, string]>([
    ['a web page in between', { kind: 'garbage' }, 'net.strange-answer', 'address'],
    ['a server that stays away', { kind: 'http', count: -1 }, 'vsphere.unavailable', 'Wait'],
    [
      'a missing privilege',
      { kind: 'fault', faultType: 'NoPermission', detail: { privilegeId: 'System.Read' } },
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

    const error = await failure(nameOf(peer.machines.off));

    expect(error.code).toBe(code);
    expect(error.remedy).toContain(remedy);
  });

  test.each<[string, StoryFault | null]>([
    ['nothing goes wrong', null],
    ['the answer to making it is lost', { kind: 'drop', method: 'CreateSnapshot_Task' }],
    ['the server has no time', { kind: 'http', method: 'CreateSnapshot_Task' }],
    ['the session ends at once', { kind: 'expire', method: 'CreateSnapshot_Task' }],
    ['the session ends while it is made', { kind: 'expire', method: 'WaitForUpdatesEx' }],
    ['another task is at work', { kind: 'fault', faultType: 'TaskInProgress', method: 'CreateSnapshot_Task' }],
  ])('exactly one snapshot is there when %s', async (_, rule) => {
    const vm = await vmRef(peer.machines.running);
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
      detail: { file: '/vmfs/a.vmdk' },
      message: 'Error caused by file',
    });

    const error = await failure(createSnapshot(session, await vmRef(peer.machines.running), TAG, signal));

    expect(error.code).toBe('vsphere.file-fault');
    expect(error.message).toContain('/vmfs/a.vmdk');
  });

  test('what nobody’s ledger names is found by its tag and removed; others’ snapshots stay', async () => {
    const vm = await vmRef(peer.machines.withSnapshots);
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

  test.each<[string, StoryFault | null]>([
    ['as it should', null],
    ['though the answer to asking it is lost', { kind: 'drop', method: 'ShutdownGuest' }],
    ['though the session ends while it is waited for', { kind: 'expire', method: 'WaitForUpdatesEx' }],
  ])('a guest with tools shuts down %s, and runs again when it is put back', async (_, rule) => {
    const ledger = new MemoryLedger(TAG);
    const tools = 'guest.toolsRunningStatus';
    const vm = await vmRef(peer.machines.running);
    await waitForProperties(session, vm, [tools], (guest) => guest.get(tools) === 'guestToolsRunning', signal);
    if (rule !== null) await peer.fault(rule);

    await stop(peer.machines.running, { shutDownTimeoutSeconds: 10 }, ledger);

    expect(await powerOf(peer.machines.running)).toBe('poweredOff');
    const [item, ...more] = ledger.items;
    expect(item).toMatchObject({ kind: 'power', facts: { power: 'on' } });
    expect(more).toEqual([]);
    if (item !== undefined) await driver.undo(item, signal);
    if (item !== undefined) await driver.undo(item, signal);
    expect(await powerOf(peer.machines.running)).toBe('poweredOn');
  });

  test('a guest that does not obey keeps running, unless the plug may be pulled', async () => {
    const ledger = new MemoryLedger(TAG);

    const refused = await failure(stop(peer.machines.stuck, { shutDownTimeoutSeconds: 1 }, ledger));

    expect(refused.code).toBe('source.will-not-shut-down');
    expect(await powerOf(peer.machines.stuck)).toBe('poweredOn');
    await peer.fault({ kind: 'drop', method: 'PowerOffVM_Task' });
    await stop(peer.machines.stuck, { shutDownTimeoutSeconds: 1, mayPullPlug: true }, ledger);
    expect(await powerOf(peer.machines.stuck)).toBe('poweredOff');
    for (const item of ledger.items) await driver.undo(item, signal);
    expect(await powerOf(peer.machines.stuck)).toBe('poweredOn');
  });

  test('a guest without tools cannot be asked, and is told as such', async () => {
    await peer.fault({ kind: 'fault', method: 'ShutdownGuest', faultType: 'ToolsUnavailable', message: 'no tools' });

    const refused = await failure(stop(peer.machines.running, {}, new MemoryLedger(TAG)));

    expect(refused.message).toContain('VMware Tools do not run');
    expect(await powerOf(peer.machines.running)).toBe('poweredOn');
  });

  test('a machine that is off is left alone, and nothing is written down', async () => {
    const ledger = new MemoryLedger(TAG);

    await stop(peer.machines.off, {}, ledger);

    expect(ledger.items).toEqual([]);
  });

  test('a lease whose owner is gone lets its machine go', async () => {
    const vm = await vmRef(peer.machines.off);
    await session.call('ExportVm', vm, {}, signal);
    const item = { key: 'lease', side: 'source', kind: 'lease', name: TAG, id: null, facts: { vm: vm.id } } as const;
    const freeing = driver.undo(item, signal); // its id never came back: only time, or its session’s end, frees it
    await session[Symbol.asyncDispose]();
    session = await VsphereSession.open(signIn, signal);

    await freeing;

    expect(await peer.leases()).toBe(0);
  });

  test('cancelling ends a wait with the canceller’s reason', async () => {
    await peer.fault({ kind: 'delay', method: 'RetrievePropertiesEx', delayMs: 60_000 });
    const cancel = new AbortController();
    const reading = session.properties(await vmRef(peer.machines.off), ['name'], cancel.signal);
    cancel.abort('enough');

    await expect(reading).rejects.toBe('enough');
  });

  test('what is around one machine is told: networks with their kind, datastores, its host', async () => {
    const vm = await driver.describe(await peer.refOf(peer.machines.running), signal);

    const { networks, datastores, host } = await driver.surroundingsOf(vm, signal);

    expect(networks.map(({ ref }) => ref)).toEqual(vm.nics.map(({ network }) => network));
    expect(networks[0]?.kind).toBe(peer.kind === 'vcenter' ? 'distributed' : 'standard');
    expect(datastores.map(({ ref }) => ref)).toEqual([...new Set(vm.disks.map(({ datastore }) => datastore))]);
    expect(host).toMatchObject({ ref: vm.host, inMaintenance: false });
  });

  test('a certificate that changes under a session is not trusted', async () => {
    await peer.rotateCertificate();

    const error = await failure(VsphereSession.open(signIn, signal));

    expect(error.code).toBe('net.certificate-changed');
  });
}
