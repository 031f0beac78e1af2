/** RVTools workbooks of several versions: what is read of them is the same data centre. */
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Estate } from '../../main/shared/estate.ts';
import { readEstate } from '../../worker/assessment/read/read-estate.ts';
import { scratch } from '../support/disks.ts';
import { rvtoolsSheets, uuidOf, type Layout, type MadeEstate } from '../support/rvtools.ts';
import { workbookBytes } from '../support/workbook.ts';

const MiB = 1024 ** 2;
const GiB = 1024 * MiB;
const signal = new AbortController().signal;

const estate: MadeEstate = {
  machines: [
    {
      name: 'web-01',
      number: 1,
      cpus: 4,
      memoryMib: 8192,
      firmware: 'efi',
      disks: [{ gib: 40 }, { gib: 100, thin: false, store: 'store2' }],
      nics: [{ network: 'Prod', mac: '00:50:56:AA:00:01', ips: ['10.0.0.5', 'fe80::1'] }],
      snapshots: [
        { name: 'later', at: '2024/03/02 08:00:00' },
        { name: 'before the update', at: '2024/03/01 08:00:00' },
      ],
      partitions: [{ path: '/', mib: 40_000, freeMib: 10_000 }],
      iso: '[store1] iso/setup.iso',
      inUseMib: 110 * 1024,
    },
    {
      name: 'db-01',
      number: 2,
      os: 'Microsoft Windows Server 2019 (64-bit)',
      power: 'poweredOff',
      tools: 'toolsOld',
      usb: 'Dongle',
      disks: [{ gib: 60, raw: 'physicalMode', mode: 'independent_persistent', controller: 'LSI Logic SAS' }],
      nics: [{ network: 'Prod', mac: '00:50:56:aa:00:02', adapter: 'E1000e', startsConnected: false }],
    },
  ],
  networks: [
    { name: 'Prod', vlan: '120', kind: 'distributed', mtu: 9000 },
    { name: 'Lab', vlan: '4095', kind: 'standard', promiscuous: true },
  ],
};

async function read(bytes: Uint8Array): Promise<Estate> {
  using folder = scratch();
  const file = folder.file('export.xlsx');
  writeFileSync(file, bytes);
  return Estate.parse(await readEstate([file], signal));
}

describe.each<Layout>(['3.11', '4.1', '4.7'])('a workbook in the layout of %s', (layout) => {
  test('gives machines with their disks and network cards', async () => {
    const { kind, vms, warnings } = await read(workbookBytes(rvtoolsSheets(estate, layout)));

    expect(warnings).toEqual([]);
    expect(kind).toBe('rvtools');
    expect(vms.map(({ ref, name, power, cpus, memoryBytes }) => [ref, name, power, cpus, memoryBytes])).toEqual([
      ['vm-1', 'web-01', 'on', 4, 8 * GiB],
      ['vm-2', 'db-01', 'off', 2, 4 * GiB],
    ]);
    const [web, db] = vms;
    expect(web).toMatchObject({
      guestOsId: 'ubuntu64Guest',
      guestOsName: 'Ubuntu Linux (64-bit)',
      firmware: 'uefi',
      hardwareVersion: 19,
      instanceUuid: uuidOf(1),
      datacenter: 'DC1',
      cluster: 'Cluster A',
      folder: '/DC1/vm/prod',
    });
    expect(web?.disks).toMatchObject([
      {
        label: 'Hard disk 1',
        sizeBytes: 40 * GiB,
        isThin: true,
        controller: { kind: 'scsi', model: 'pvscsi', bus: 0, unit: 0 },
        file: '[store1] web-01/web-01.vmdk',
      },
      { label: 'Hard disk 2', sizeBytes: 100 * GiB, isThin: false, controller: { unit: 1 } },
    ]);
    expect(web?.nics).toMatchObject([
      {
        label: 'Network adapter 1',
        model: 'vmxnet3',
        mac: '00:50:56:aa:00:01',
        networkName: 'Prod',
        connected: true,
        ipAddresses: [
          { address: '10.0.0.5', prefixLength: null },
          { address: 'fe80::1', prefixLength: null },
        ],
      },
    ]);
    expect(db).toMatchObject({ guestOsId: 'windows2019srv_64Guest', firmware: 'bios' });
    expect(db?.disks).toMatchObject([
      { rawDevice: 'physical', mode: 'independentPersistent', controller: { model: 'lsisas1068' } },
    ]);
    expect(db?.nics).toMatchObject([{ model: 'e1000e', connected: false }]);
  });

  test('gives what the smaller tabs tell of a machine', async () => {
    const { vms } = await read(workbookBytes(rvtoolsSheets(estate, layout)));

    const [web, db] = vms;
    expect(web?.snapshots).toEqual([
      { ref: 'vm-1/snapshot-1', name: 'before the update', createdAt: '2024-03-01T08:00:00.000Z', depth: 0 },
      { ref: 'vm-1/snapshot-2', name: 'later', createdAt: '2024-03-02T08:00:00.000Z', depth: 1 },
    ]);
    expect(web?.guest).toMatchObject({
      tools: 'running',
      isToolsOld: false,
      disks: [{ path: '/', capacityBytes: 40_000 * MiB, freeBytes: 10_000 * MiB }],
    });
    expect(web?.coresPerSocket).toBe(4);
    expect(web?.traits).toEqual({
      hotAdd: { cpu: true, memory: false },
      media: ['[store1] iso/setup.iso'],
      ...(layout === '3.11' ? {} : { showsDiskIds: true }),
    });
    expect(db?.guest).toMatchObject({ tools: 'running', isToolsOld: true });
    expect(db?.passthrough).toEqual(['USB device Dongle']);
    // What all disks take is told: the thick one takes its size, the thin one the rest.
    expect(web?.disks.map(({ storedBytes }) => storedBytes)).toEqual([10 * GiB, 100 * GiB]);
  });

  test('gives networks, datastores and hosts, and which of them a machine is on', async () => {
    const { product, takenAt, vms, networks, datastores, hosts } = await read(
      workbookBytes(rvtoolsSheets(estate, layout)),
    );

    expect(product).toMatch(`RVTools ${layout}`);
    expect(takenAt).toBe('2024-03-05T10:11:12.000Z');
    const denied = { promiscuous: false, macChanges: false, forgedTransmits: false };
    const prod = networks.find(({ name }) => name === 'Prod');
    expect(prod).toMatchObject({ kind: 'distributed', vlanId: 120, mtu: 9000, allows: denied });
    expect(networks.find(({ name }) => name === 'Lab')).toMatchObject({
      kind: 'standard',
      vlanId: null,
      trunk: ['0-4094'],
      mtu: 1500,
      allows: { ...denied, promiscuous: true },
    });
    expect(vms.map(({ nics }) => nics[0]?.network)).toEqual([prod?.ref, prod?.ref]);
    expect(datastores.map(({ name, capacityBytes }) => [name, capacityBytes])).toEqual([
      ['store1', 1024 * GiB],
      ['store2', 1024 * GiB],
    ]);
    expect(vms[0]?.disks.map(({ datastore }) => datastore)).toEqual(datastores.map(({ ref }) => ref));
    expect(hosts).toHaveLength(2);
    expect(hosts[0]).toMatchObject({ ref: 'host-1', cpus: 64, memoryBytes: 512 * GiB, version: '7.0.3' });
    expect(vms.map(({ host }) => host)).toEqual(['host-2', 'host-1']);
  });
});
