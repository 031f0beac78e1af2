/** How long reads from datastores take, as a vCenter tells it: one question for all, and nothing lost where it does not tell. */
import { afterEach, expect, test } from 'vitest';
import type { ReadPlace } from '../../main/shared/latency.ts';
import type { SourceDriver } from '../../worker/drivers.ts';
import { openVsphere } from '../../worker/sources/vsphere/driver.ts';
import { startVcenter, type Vcenter, type VcenterOptions } from '../lab/vcenter/vcenter.ts';
import { machineCalled, signInTo } from '../support/vsphere-source.ts';

const signal = new AbortController().signal;
/** On the two sites of the vCenter, in the order of their datastores. */
const FAST = 'datastore-10';
const NFS = 'datastore-11';
const BRANCH = 'datastore-20';
const at = (host: string, datastore: string): ReadPlace => ({ host, datastore });

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

async function open(options: VcenterOptions = {}): Promise<{ vcenter: Vcenter; source: SourceDriver }> {
  const vcenter = await startVcenter({ withOthers: false, ...options });
  opened.push(vcenter);
  const source = await openVsphere(signInTo(vcenter), signal);
  opened.push(source);
  return { vcenter, source };
}

test('is told by datastore, whichever hosts read from it, and the counter is looked up once', async () => {
  const { vcenter, source } = await open();
  const { host, disks } = await machineCalled(source, 'files-01', signal);
  const before = vcenter.state().requests;
  vcenter.setReadLatency('vmfs-fast', 47);
  vcenter.setReadLatency('branch vmfs (1)', 3);
  const places = [at('host-c100', FAST), at('host-c110', FAST), at('host-c100', NFS), at('host-c200', BRANCH)];

  const first = await source.readLatency(places, signal);
  vcenter.setReadLatency('vmfs-fast', 12);
  const second = await source.readLatency([at(host ?? '', disks[0]?.datastore ?? '')], signal);

  expect(first).toEqual({
    obstacle: null,
    latencies: [
      { datastore: FAST, milliseconds: 47 },
      { datastore: NFS, milliseconds: 1 },
      { datastore: BRANCH, milliseconds: 3 },
    ],
  });
  expect(second.latencies).toEqual([{ datastore: FAST, milliseconds: 12 }]);
  const { requests } = vcenter.state();
  expect(requests['Login']).toBe(1);
  expect(requests['QueryPerf']).toBe(2);
  // The counter, and the names of three datastores.
  expect((requests['RetrievePropertiesEx'] ?? 0) - (before['RetrievePropertiesEx'] ?? 0)).toBe(4);
});

test('is not known where a host has not counted, is gone, or does not have the datastore', async () => {
  const { vcenter, source } = await open();
  vcenter.setReadLatency('vmfs-fast', null);

  const told = await source.readLatency([at('host-c100', FAST), at('host-c100', BRANCH)], signal);
  const ofNobody = await source.readLatency([at('host-c999', NFS)], signal);
  const ofNothing = await source.readLatency([at('host-c100', 'datastore-99')], signal);

  expect(told).toEqual({
    obstacle: null,
    latencies: [
      { datastore: FAST, milliseconds: null },
      { datastore: BRANCH, milliseconds: null },
    ],
  });
  expect(ofNobody.latencies).toEqual([{ datastore: NFS, milliseconds: null }]);
  expect(ofNothing.latencies).toEqual([{ datastore: 'datastore-99', milliseconds: null }]);
});

test.each([-1, 2_049_638_230_411_510])('%d ms, as servers tell it at times, is not known', async (milliseconds) => {
  const { vcenter, source } = await open();
  vcenter.setReadLatency('vmfs-fast', milliseconds);

  expect((await source.readLatency([at('host-c100', FAST)], signal)).latencies).toEqual([
    { datastore: FAST, milliseconds: null },
  ]);
});

test('a server without the counter says so', async () => {
  const { source } = await open({ hasLatency: false });

  expect(await source.readLatency([at('host-c100', FAST)], signal)).toEqual({
    latencies: [],
    obstacle: 'it has no counter datastore.totalReadLatency.average',
  });
});

test('a user who may not ask hears which privilege is missing', async () => {
  const { vcenter, source } = await open();
  const detail = { privilegeId: 'System.Read' };
  vcenter.faults.add({ where: 'soap', kind: 'fault', match: '^QueryPerf$', faultType: 'NoPermission', detail });

  expect((await source.readLatency([at('host-c100', FAST)], signal)).obstacle).toMatch(
    /lacks the privilege System\.Read/,
  );
});

test('is asked for again where the session has ended meanwhile', async () => {
  const { vcenter, source } = await open();
  await source.readLatency([at('host-c100', FAST)], signal);
  vcenter.expireSessions();
  vcenter.setReadLatency('vmfs-fast', 31);

  expect((await source.readLatency([at('host-c100', FAST)], signal)).latencies).toEqual([
    { datastore: FAST, milliseconds: 31 },
  ]);
  expect(vcenter.state().requests['Login']).toBe(2);
});
