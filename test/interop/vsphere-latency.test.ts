/**
 * How long reads take, asked of an independent vCenter and host: they find our counter among hundreds of theirs and take our
 * question. They have no figures for datastores, which is no data, and no error.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ReadPlace } from '../../main/shared/latency.ts';
import type { SourceDriver } from '../../worker/drivers.ts';
import { openVsphere } from '../../worker/sources/vsphere/driver.ts';
import { machineCalled } from '../support/vsphere-source.ts';
import { type VspherePeer, vspherePeer } from './vsphere-peer.ts';

const signal = new AbortController().signal;

describe.each(['vcenter', 'esxi'] as const)('%s', (kind) => {
  let peer: VspherePeer;
  let source: SourceDriver;
  let place: ReadPlace;

  beforeAll(async () => {
    peer = await vspherePeer(kind);
    source = await openVsphere(await peer.signIn(), signal);
    const { host, disks } = await machineCalled(source, 'zoo-lin-efi-2disk', signal);
    place = { host: host ?? '', datastore: disks[0]?.datastore ?? '' };
  });
  afterEach(async () => await peer.reset());
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
  });

  const asked = async (method: string): Promise<number> => (await peer.state()).counts[method] ?? 0;

  test('is asked by number for the one counter that is meant', async () => {
    const before = await asked('QueryPerf');

    const told = await source.readLatency([place], signal);

    expect(told).toEqual({ obstacle: null, latencies: [{ datastore: place.datastore, milliseconds: null }] });
    expect((await asked('QueryPerf')) - before).toBe(1);
  });

  test('looks the counter up once', async () => {
    await source.readLatency([place], signal);
    const before = await asked('RetrievePropertiesEx');

    await source.readLatency([place], signal);

    expect((await asked('RetrievePropertiesEx')) - before).toBe(0);
  });

  test('of a host that is gone nothing is known', async () => {
    await peer.fault({ kind: 'fault', method: '^QueryPerf$', faultType: 'ManagedObjectNotFound', message: 'gone' });

    expect((await source.readLatency([place], signal)).latencies).toEqual([
      { datastore: place.datastore, milliseconds: null },
    ]);
  });

  test('a user who may not ask hears so', async () => {
    const detail = { PrivilegeId: 'System.Read' };
    await peer.fault({ kind: 'fault', method: '^QueryPerf$', faultType: 'NoPermission', message: 'No.', detail });

    expect((await source.readLatency([place], signal)).obstacle).toMatch(/System\.Read/);
  });
});
