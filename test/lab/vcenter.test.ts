/** The built-in vCenter, as Guts itself sees it: signing in, looking around, reading disks, snapshots, power, faults. */
import { afterEach, describe, expect, test } from 'vitest';
import { defaultOptions } from '../../main/shared/migration.ts';
import { GutsError } from '../../main/shared/errors.ts';
import type { SourceDriver } from '../../worker/drivers.ts';
import { openVsphere } from '../../worker/sources/vsphere/driver.ts';
import { VsphereSession } from '../../worker/sources/vsphere/session.ts';
import { createSnapshot, removeSnapshot } from '../../worker/sources/vsphere/snapshots.ts';
import { ledgerInMemory, machineCalled, machinesOf, readDisks, signInTo } from '../support/vsphere-source.ts';
import { startVcenter, type Vcenter, type VcenterOptions } from './vcenter/vcenter.ts';

const signal = new AbortController().signal;
const MiB = 1024 ** 2;
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function lab(options: VcenterOptions = {}): Promise<{ vcenter: Vcenter; source: SourceDriver }> {
  const vcenter = await startVcenter(options);
  open.push(vcenter);
  const source = await openVsphere(signInTo(vcenter), signal);
  open.push(source);
  return { vcenter, source };
}

async function session(vcenter: Vcenter): Promise<VsphereSession> {
  const opened = await VsphereSession.open(signInTo(vcenter), signal);
  open.push(opened);
  return opened;
}

async function seen(vcenter: Vcenter, machine: string, disk: number, sizeBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(sizeBytes);
  await vcenter.read(machine, disk, bytes, 0);
  return bytes;
}

async function failure(work: Promise<unknown>): Promise<GutsError> {
  return await work.then(
    () => expect.fail('It did not fail.'),
    (error: unknown) => {
      if (error instanceof GutsError) return error;
      throw error;
    },
  );
}

const powerOf = (vcenter: Vcenter, name: string) => vcenter.state().machines.find((one) => one.name === name)?.power;
const snapshotsOf = (vcenter: Vcenter, name: string) =>
  vcenter.state().machines.find((one) => one.name === name)?.snapshots;

describe('the world of the built-in vCenter', () => {
  test('has some sixty machines, and Guts finds what is odd about each', async () => {
    const { source } = await lab({ pageCap: 7 });

    const machines = new Map((await machinesOf(source, signal)).map((machine) => [machine.name, machine]));

    const has = (name: string) => machines.get(name);
    expect(machines.size).toBeGreaterThanOrEqual(60);
    expect(source.about).toMatchObject({ product: 'VMware vCenter Server', version: '8.0.3', kind: 'vcenter' });
    expect(has('odd-rdm-physical')?.disks[1]).toMatchObject({ rawDevice: 'physical' });
    expect(has('odd-independent')?.disks.map(({ mode }) => mode)).toEqual([
      'persistent',
      'independentPersistent',
      'independentNonpersistent',
    ]);
    expect(has('odd-shared-bus')?.disks[0]?.controller).toMatchObject({ model: 'lsisas1068', isShared: true });
    expect(has('odd-multi-writer')?.disks[1]?.isMultiWriter).toBe(true);
    expect(has('odd-snapshot-chain')?.snapshots.map(({ name, depth }) => [name, depth])).toEqual([
      ['before-upgrade', 0],
      ['after-upgrade', 1],
      ['nightly', 2],
    ]);
    expect(has('odd-snapshot-chain')?.disks[0]?.chainLength).toBe(4);
    expect(has('odd-encrypted')?.isEncrypted).toBe(true);
    expect(has('odd-vtpm')).toMatchObject({ hasTpm: true, secureBoot: true, firmware: 'uefi' });
    expect(has('odd-pci-passthrough')?.passthrough).toHaveLength(1);
    expect(has('odd-no-nic')?.nics).toEqual([]);
    expect(has('odd-opaque-net')?.nics[0]).toMatchObject({ networkName: 'nsx-segment-1' });
    expect(has('odd-no-tools')?.guest.tools).toBe('missing');
    expect(has('odd-suspended')?.power).toBe('suspended');
    expect(has('odd-template')?.isTemplate).toBe(true);
    expect(has('odd-orphaned')?.connection).toBe('orphaned');
    expect(has('odd-sixty-disks')?.disks.map(({ controller: { bus, unit } }) => `${bus}:${unit}`)).toHaveLength(60);
    expect(has('odd-huge-memory')?.memoryBytes).toBe(4 * 1024 ** 4);
    expect(has('odd-boot-order')?.bootOrder).toEqual(['2001', '2000']);
    expect(has('odd name & <xml> "ü" 日本 / %')).toMatchObject({ annotation: 'A note with\nlines, <tags> & "quotes"' });
    expect(has('branch-1')).toMatchObject({ datacenter: 'DC1', folder: 'DC1/vm/old', cluster: 'cluster-branch' });
    expect(has('shop-01')?.guest).toMatchObject({ tools: 'running', dnsServers: ['192.0.2.53', '192.0.2.54'] });
  });

  test('has networks of each kind with their VLANs, datastores and hosts', async () => {
    const { source } = await lab();

    const networks = new Map<string, unknown>();
    const datastores: string[] = [];
    const hosts: string[] = [];
    for await (const page of source.inventory(signal)) {
      for (const network of page.networks) networks.set(network.name, [network.kind, network.vlanId]);
      datastores.push(...page.datastores.map(({ name, kind }) => `${name} ${kind}`));
      hosts.push(...page.hosts.map(({ name }) => name));
    }

    expect(networks.get('dv-db-200')).toEqual(['distributed', 200]);
    expect(networks.get('dv-trunk')).toEqual(['distributed', null]);
    expect(networks.get('branch-dmz')).toEqual(['standard', 30]);
    expect(networks.get('nsx-segment-1')).toEqual(['opaque', null]);
    expect(datastores).toContain('vsanDatastore vsan');
    expect(new Set(hosts).size).toBe(5);
  });

  test('takes machines with content of one’s own, and refuses a content of another size', async () => {
    const content = { name: 'mine', sizeBytes: MiB, read: async (into: Uint8Array) => void into.fill(7) };
    const mine = { ...content, async [Symbol.asyncDispose]() {} };
    const machine = (sizeBytes: number) => ({ name: 'mine', disks: [{ sizeBytes, content: mine }] });
    const { vcenter, source } = await lab({ machines: [machine(MiB)], withOthers: false });

    const vm = await machineCalled(source, 'mine', signal);
    const [read] = await readDisks(source, vm, 'lease', ledgerInMemory(), signal);

    expect(read?.every((byte) => byte === 7)).toBe(true);
    expect(vcenter.state().machines).toHaveLength(1);
    await expect(startVcenter({ machines: [machine(2 * MiB)] })).rejects.toThrow('1048576 bytes');
  });
});

describe('disks of the built-in vCenter', () => {
  test('come by lease and by ranges just as the guest wrote them', async () => {
    const { vcenter, source } = await lab();
    const vm = await machineCalled(source, 'ledger-01', signal);
    const ledger = ledgerInMemory();

    const byLease = await readDisks(source, vm, 'lease', ledger, signal);
    const byRanges = await readDisks(source, vm, 'ranges', ledger, signal);

    for (const [index, { sizeBytes }] of vm.disks.entries()) {
      const expected = await seen(vcenter, 'ledger-01', index, sizeBytes);
      expect(byLease[index]?.equals(expected)).toBe(true);
      expect(byRanges[index]?.equals(expected)).toBe(true);
    }
    expect(vcenter.state().leases.map(({ state }) => state)).toEqual(['done']);
    expect(ledger.items).toEqual([]);
  });

  test('of a running machine stand still behind a snapshot, which is removed', async () => {
    const { vcenter, source } = await lab();
    const vm = await machineCalled(source, 'shop-01', signal);
    const before = await seen(vcenter, 'shop-01', 0, 16 * MiB);

    const byAreas = await readDisks(source, vm, 'areas', ledgerInMemory(), signal);
    const byLease = await readDisks(source, vm, 'lease', ledgerInMemory(), signal);

    expect(byAreas[0]?.equals(before)).toBe(true);
    expect(byLease[0]?.equals(before)).toBe(true);
    expect(vcenter.state().bytes.folder).toBeLessThan(16 * MiB); // holes were not read
    expect(snapshotsOf(vcenter, 'shop-01')).toEqual([]);
    expect(powerOf(vcenter, 'shop-01')).toBe('poweredOn');
  });

  test('tell what was written since a snapshot, and only that', async () => {
    const { vcenter, source } = await lab();
    const vsphere = await session(vcenter);
    const { ref } = await machineCalled(source, 'shop-01', signal);
    const vm = { type: 'VirtualMachine', id: ref };
    const changeIdOf = async (snapshot: { type: string; id: string }) => {
      const found = await vsphere.properties(snapshot, ['config.hardware.device'], signal);
      return /[0-9a-f]{2}(?: [0-9a-f]{2})*-[0-9a-f ]+\/\d+/.exec(JSON.stringify([...found]))?.[0] ?? '';
    };
    const changed = (snapshot: unknown, changeId: string, startOffset = 0) =>
      vsphere.call('QueryChangedDiskAreas', vm, { snapshot, deviceKey: 2000, startOffset, changeId }, signal);

    const first = await createSnapshot(vsphere, vm, 'first', signal);
    const since = await changeIdOf(first);
    await vcenter.write('shop-01', 0, 5 * MiB + 100, Buffer.from('written while the copy ran'));
    await removeSnapshot(vsphere, first, signal);
    const second = await createSnapshot(vsphere, vm, 'second', signal);
    await vcenter.write('shop-01', 0, 9 * MiB, Buffer.from('too late'));

    expect(JSON.stringify(await changed(second, since))).toContain(`"start":"${5 * MiB}"`);
    expect(JSON.stringify(await changed(second, since))).not.toContain(`"start":"${9 * MiB}"`);
    const frozen = Buffer.alloc(8);
    await vcenter.read('shop-01', 0, frozen, 9 * MiB, 'second');
    expect(frozen.toString('latin1')).not.toBe('too late');
    expect((await failure(changed(second, since, 16 * MiB))).message).toContain('startOffset');
    vcenter.resetChanges('shop-01');
    expect((await failure(changed(second, since))).code).toBe('vsphere.file-fault');
  });

  test('are not given away while their machine runs, or without a session', async () => {
    const { vcenter, source } = await lab();
    const vm = await machineCalled(source, 'shop-01', signal);
    const vsphere = await session(vcenter);

    const exporting = await failure(vsphere.call('ExportVm', { type: 'VirtualMachine', id: vm.ref }, {}, signal));

    expect(exporting.code).toBe('vsphere.wrong-power-state');
    expect(vcenter.state().leases).toEqual([]);
  });
});

describe('machines of the built-in vCenter', () => {
  test('shut down when asked, and start again', async () => {
    const { vcenter, source } = await lab();
    const vm = await machineCalled(source, 'shop-01', signal);
    const ledger = ledgerInMemory();

    await source.shutDown(vm, defaultOptions, ledger, signal);
    expect(powerOf(vcenter, 'shop-01')).toBe('poweredOff');

    for (const item of ledger.items) await source.undo(item, signal);
    expect(powerOf(vcenter, 'shop-01')).toBe('poweredOn');
  });

  test('may ignore the wish; pulling the plug takes consent', async () => {
    const { vcenter, source } = await lab();
    const vm = await machineCalled(source, 'odd-stuck-shutdown', signal);
    const options = { ...defaultOptions, shutDownTimeoutSeconds: 1 };

    expect((await failure(source.shutDown(vm, options, ledgerInMemory(), signal))).code).toContain(
      'will-not-shut-down',
    );
    expect(powerOf(vcenter, vm.name)).toBe('poweredOn');
    await source.shutDown(vm, { ...options, mayPullPlug: true }, ledgerInMemory(), signal);
    expect(powerOf(vcenter, vm.name)).toBe('poweredOff');
  });

  test('refuse snapshots where the hardware allows none', async () => {
    const { vcenter, source } = await lab();
    const vsphere = await session(vcenter);
    for (const name of ['odd-pci-passthrough', 'odd-shared-bus']) {
      const { ref } = await machineCalled(source, name, signal);
      const refusal = await failure(createSnapshot(vsphere, { type: 'VirtualMachine', id: ref }, 'no', signal));
      expect(refusal.message).toMatch(/passthrough|shared SCSI bus/);
    }
  });

  test('tell of their changes to whoever waits', async () => {
    const { vcenter, source } = await lab();
    const stop = new AbortController();
    await machinesOf(source, signal);
    const updates = source.updates(stop.signal)[Symbol.asyncIterator]();

    const next = updates.next();
    const vsphere = await session(vcenter);
    const ref = vcenter.state().machines.find(({ name }) => name === 'files-01')?.ref ?? '';
    const task = await vsphere.call('PowerOnVM_Task', { type: 'VirtualMachine', id: ref }, {}, signal);
    expect(task).toBeDefined();

    const told = (await next).value as { vms: { name: string; power: string }[] } | undefined; // it never ends by itself
    expect(told?.vms.map(({ name, power }) => [name, power])).toContainEqual(['files-01', 'on']);
    stop.abort();
    await updates.return?.();
  });
});

describe('faults of the built-in vCenter', () => {
  test('a wrong password is refused, and none is let in with it', async () => {
    const vcenter = await startVcenter({ withOthers: false });
    open.push(vcenter);

    const refusal = await failure(openVsphere(signInTo({ ...vcenter, password: 'wrong' }), signal));

    expect(refusal.code).toBe('vsphere.login-refused');
    expect(vcenter.state().sessions).toBe(0);
  });

  test('Guts goes on after expired sessions, a 503 and a dropped connection', async () => {
    const { vcenter, source } = await lab();
    vcenter.expireSessions();
    vcenter.faults.add({ where: 'soap', kind: 'http', match: 'CreateContainerView', status: 503 });
    vcenter.faults.add({ where: 'soap', kind: 'drop', match: '^RetrievePropertiesEx$', nth: 2 });

    expect((await machinesOf(source, signal)).length).toBeGreaterThanOrEqual(60);
    expect(vcenter.faults.rules.map(({ met }) => met)).toEqual([1, 1]);
  });

  test('a lease that errs, a task that fails and a denied privilege have their names', async () => {
    const { vcenter, source } = await lab();
    const vm = await machineCalled(source, 'files-01', signal);
    vcenter.faults.add({ where: 'lease', kind: 'leaseerror', faultType: 'FileLocked', message: 'Locked by a backup.' });
    const taskFault = { kind: 'taskfail', faultType: 'FileFault', message: 'Disk full.', detail: { file: 'a.vmdk' } };
    vcenter.faults.add({ where: 'soap', match: 'CreateSnapshot_Task', ...taskFault, kind: 'taskfail' });
    vcenter.faults.add({ where: 'soap', kind: 'deny', count: -1, privileges: ['VApp.Export'] });

    const missing = await source.missingPrivileges(vm, { ...defaultOptions, reading: 'lease' }, signal);
    const vsphere = await session(vcenter);
    const snapshot = createSnapshot(vsphere, { type: 'VirtualMachine', id: vm.ref }, 'x', signal);

    expect(missing).toEqual(['VApp.Export']);
    expect((await failure(snapshot)).code).toBe('vsphere.file-fault');
    expect((await failure(readDisks(source, vm, 'lease', ledgerInMemory(), signal))).code).toBe(
      'vsphere.missing-privilege',
    );
    vcenter.faults.clear();
    vcenter.faults.add({ where: 'lease', kind: 'leaseerror', faultType: 'FileLocked', message: 'Locked by a backup.' });
    expect((await failure(readDisks(source, vm, 'lease', ledgerInMemory(), signal))).message).toContain('backup');
    expect(vcenter.state().leases.map(({ state }) => state)).toEqual(['error']);
  });

  test('a download that is cut is noticed', async () => {
    const { vcenter, source } = await lab();
    const vm = await machineCalled(source, 'files-01', signal);
    vcenter.faults.add({ where: 'nfc', kind: 'cut', afterBytes: 100_000, count: -1 });

    const cut = await failure(readDisks(source, vm, 'lease', ledgerInMemory(), signal));

    expect(cut.retryable).toBe(true);
    expect(vcenter.state().leases.map(({ state }) => state)).toEqual(['error']); // aborted: the machine is free again
  });

  test('a new certificate is refused until it is pinned', async () => {
    const { vcenter } = await lab();
    const before = signInTo(vcenter);

    await vcenter.rotateCertificate();

    expect((await failure(openVsphere(before, signal))).code).toBe('net.certificate-changed');
    open.push(await openVsphere(signInTo(vcenter), signal));
    expect(vcenter.fingerprint).not.toBe(before.connection.trust.kind === 'pinned' && before.connection.trust.sha256);
  });
});
