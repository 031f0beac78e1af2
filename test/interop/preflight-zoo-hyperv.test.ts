/** Preflight against a strict Hyper-V host's machines, through the real driver: each oddity by its rule, nothing else that blocks. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InventoryDatastore } from '../../main/shared/inventory.ts';
import type { SourceDriver } from '../../worker/drivers.ts';
import { openHyperv } from '../../worker/sources/hyperv/driver.ts';
import { checkedAt, wrongIn, type Expected } from '../support/expected-findings.ts';
import { hypervPeer, type HypervPeer } from './hyperv-peer.ts';
import { signInToPeer } from './hyperv-sign-in.ts';

const UP_MS = 15 * 60_000;
const hostTime = (name: string): Expected => ['NEW-21', 'informs', name];

/** By the names that the peer's README gives them, with what it says they are there for. */
const expected: Readonly<Record<string, readonly Expected[]>> = {
  web01: [
    ['HV-03', 'warns', 'Primary'],
    ['HV-05', 'informs', '1 GiB to 8 GiB, 4 GiB at the start'],
    ['DEV-01', 'informs', 'web01'],
    hostTime('web01'),
  ],
  'legacy-2008': [
    ['NEW-16', 'informs', 'DVD drive: C:\\ISO\\vmguest.iso'],
    ['NET-13', 'informs', 'legacy'],
    ['NET-23', 'warns', 'Network Adapter 2'],
    ['VM-13', 'warns', 'legacy-2008'],
    ['OS-02', 'warns', 'nothing is said of it'],
  ],
  sql01: [
    ['CBT-04', 'warns', '1 snapshot'],
    ['CBT-06', 'informs', '2 files'],
    ['DEV-02', 'warns', 'sql01'],
  ],
  vdi01: [['DSK-27', 'informs', '2 files, 0 snapshots']],
  crash01: [['DSK-26', 'warns', '4096 bytes']],
  big01: [hostTime('big01')],
  stuck01: [['DSK-20', 'blocks', 'stuck01']],
  'cluster-node1': [
    ['DSK-04', 'blocks', 'SCSI 0:2'],
    ['DSK-06', 'blocks', 'SCSI 0:1'],
    ['DSK-24', 'blocks', 'file: '],
    ['DSK-25', 'blocks', 'cannot find the file'],
    ['HV-04', 'informs', 'cluster-node1'],
  ],
  "Büro-Server 東京 'x' [1]": [['NEW-19', 'informs', '16 MiB becomes 1 GiB (1008 MiB more)']],
};

describe('the machines of a strict Hyper-V host', () => {
  const signal = AbortSignal.timeout(UP_MS);
  let peer: HypervPeer;
  let source: SourceDriver;
  const refs = new Map<string, string>();
  const datastores: InventoryDatastore[] = [];

  beforeAll(async () => {
    peer = await hypervPeer();
    source = await openHyperv(signInToPeer(peer, 'HTTP with NTLM, sealed'), signal);
    for await (const page of source.inventory(signal)) {
      for (const { name, ref } of page.vms) refs.set(name, ref);
      datastores.push(...page.datastores);
    }
  }, UP_MS);
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
  });

  test('are all in this list', () => {
    expect([...refs.keys()].toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  test.each(Object.entries(expected))('%s', async (name, findings) => {
    expect(wrongIn(await checkedAt(source, refs.get(name) ?? name, {}, signal), findings)).toEqual([]);
  });

  test('are told what could not be held against them, and why', async () => {
    const { notHeld } = await checkedAt(source, refs.get('web01') ?? '', {}, signal);

    expect(notHeld).toContainEqual({ id: 'VM-18', why: 'only vSphere has it' });
  });

  test('are asked of once: what is around a machine comes with its description', async () => {
    const vm = await source.describe(refs.get('web01') ?? '', signal);
    const before = peer.logged('scripts.log').length;

    const around = await source.surroundingsOf(vm, signal);

    expect(peer.logged('scripts.log').length).toBe(before);
    expect(around.networks).toMatchObject([{ name: 'vSwitch-External (VLAN 120)', vlanId: 120 }]);
    expect(around.datastores).toEqual(datastores.filter(({ ref }) => ref === vm.disks[0]?.datastore));
    expect(around.host).toMatchObject({ ref: vm.host, isConnected: true, inMaintenance: false });
  });
});
