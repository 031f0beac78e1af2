/** RVTools’ and Hyper-V’s CSV files: separators, quotes and encodings of all kinds. */
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEstate } from '../../worker/assessment/read/read-estate.ts';
import { scratch } from '../support/disks.ts';
import { csvOf, readBook, readFiles } from '../support/estate-files.ts';
import { rvtoolsSheets, type MadeEstate } from '../support/rvtools.ts';
import { workbookBytes } from '../support/workbook.ts';
import { zipBytes } from '../support/zip.ts';

const GiB = 1024 ** 3;

const estate: MadeEstate = {
  machines: [
    {
      name: 'müller "web", 1',
      number: 1,
      annotation: 'first line\nsecond; line',
      disks: [{ gib: 40 }],
      nics: [{ network: 'Prod', mac: '00:50:56:00:00:01', ips: ['10.0.0.1'] }],
    },
    { name: 'db', number: 2, disks: [{ gib: 60 }], nics: [] },
  ],
};
const sheets = rvtoolsSheets(estate, '4.7');
const filesOf = (
  separator: string,
  encode: (text: string) => Uint8Array | string,
): Record<string, Uint8Array | string> =>
  Object.fromEntries(sheets.map((sheet) => [`RVTools_tab${sheet.name}.csv`, encode(csvOf(sheet, separator))]));

const encodings: readonly (readonly [string, (text: string) => Uint8Array])[] = [
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with a mark', (text) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16 with a mark', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16 without a mark', (text) => Buffer.from(text, 'utf16le')],
  ['Windows-1252', (text) => Buffer.from(text, 'latin1')],
];

describe('the CSV files of RVTools', () => {
  test.each(encodings)('say the same as the workbook, in %s, whatever parts the cells', async (_, encode) => {
    const { from: _from, ...ofBook } = await readBook(workbookBytes(sheets));

    for (const separator of [',', ';', '\t']) {
      const { from: _files, ...ofFiles } = await readFiles(filesOf(separator, encode));
      expect(ofFiles).toEqual(ofBook);
    }
    expect(ofBook.vms[0]).toMatchObject({ name: 'müller "web", 1', annotation: 'first line\nsecond; line' });
  });

  test('are read from a folder, from a zip archive, and under names that say nothing', async () => {
    using folder = scratch();
    const inside = path.join(folder.dir, 'export');
    mkdirSync(inside);
    const files = Object.entries(filesOf(';', (text) => text));
    for (const [name, text] of files) writeFileSync(path.join(inside, name), text);
    writeFileSync(folder.file('all.zip'), zipBytes(files.map(([name, bytes]) => ({ name: `export/${name}`, bytes }))));
    const signal = new AbortController().signal;

    const fromFolder = await readEstate([inside], signal);
    const fromZip = await readEstate([folder.file('all.zip')], signal);
    const [info, disk] = ['vInfo', 'vDisk'].map((tab) => String(filesOf(',', (text) => text)[`RVTools_tab${tab}.csv`]));
    const unnamed = await readFiles({ 'a.csv': info ?? '', 'b.csv': disk ?? '' });

    expect(fromZip.vms).toEqual(fromFolder.vms);
    expect(fromFolder.vms.map(({ disks }) => disks.map(({ sizeBytes }) => sizeBytes / GiB))).toEqual([[40], [60]]);
    expect(unnamed.vms.map(({ disks }) => disks.map(({ sizeBytes }) => sizeBytes / GiB))).toEqual([[40], [60]]);
  });

  test('refuses a quotation mark that never ends, and says where it begins', async () => {
    await expect(
      readFiles({ 'RVTools_tabvInfo.csv': 'VM,CPUs,Memory,Powerstate\nweb,2,4096,"poweredOn\n' }),
    ).rejects.toMatchObject({
      code: 'assess.damaged',
    });
  });
});

describe('the CSV files of Hyper-V', () => {
  const machines = [
    '#TYPE Microsoft.HyperV.PowerShell.VirtualMachine',
    '"VMName","VMId","State","Generation","ProcessorCount","MemoryStartup","MemoryMaximum","DynamicMemoryEnabled","Version","ComputerName","SecureBoot","TpmEnabled","OsName"',
    '"web","11111111-0000-0000-0000-000000000001","Running","2","4","4294967296","8589934592","True","9.0","hv01","On","True","Windows Server 2022 Datacenter"',
    '"old","11111111-0000-0000-0000-000000000002","Off","1","1","1073741824","1073741824","False","5.0","hv01","","",""',
  ].join('\r\n');
  const disks = [
    'VMName;VMId;ControllerType;ControllerNumber;ControllerLocation;Path;Size;FileSize;VhdType',
    'web;11111111-0000-0000-0000-000000000001;SCSI;0;0;D:\\VMs\\web.vhdx;64424509440;21474836480;Dynamic',
    'old;11111111-0000-0000-0000-000000000002;IDE;0;1;D:\\VMs\\old.vhd;10737418240;10737418240;Fixed',
  ].join('\n');
  const nics = [
    'VMName\tName\tMacAddress\tSwitchName\tIPAddresses\tOperationMode\tAccessVlanId',
    'web\tNetwork Adapter\t00155D010203\tExternal\t{10.1.1.5, fe80::5}\tAccess\t120',
    'old\tNetwork Adapter\t000000000000\tExternal\t\tUntagged\t0',
  ].join('\n');

  // The default maximum of 1 TiB counted, and no flavor had that.
  test('count what a machine has where nobody set a maximum of its dynamic memory', async () => {
    const rows = [
      'VMName,State,Generation,ProcessorCount,MemoryStartup,MemoryAssigned,MemoryMaximum,DynamicMemoryEnabled',
      `runs,Running,2,2,${4 * GiB},${6 * GiB},${1024 * GiB},True`,
      `off,Off,2,2,${4 * GiB},0,${1024 * GiB},True`,
      `bounded,Running,2,2,${4 * GiB},${6 * GiB},${16 * GiB},True`,
    ].join('\n');

    const { vms } = await readFiles({ 'm.csv': rows, 'd.csv': disks, 'n.csv': nics });

    expect(vms.map(({ name, memoryBytes }) => [name, memoryBytes / GiB])).toEqual([
      ['runs', 6],
      ['off', 4],
      ['bounded', 16],
    ]);
  });

  test('give machines with their disks and network cards', async () => {
    const { kind, vms, networks, warnings } = await readFiles({ 'm.csv': machines, 'd.csv': disks, 'n.csv': nics });

    expect({ kind, warnings }).toEqual({ kind: 'hyperv-csv', warnings: [] });
    expect(vms).toMatchObject([
      {
        name: 'web',
        power: 'on',
        cpus: 4,
        memoryBytes: 8 * GiB,
        firmware: 'uefi',
        secureBoot: true,
        hasTpm: true,
        guestOsId: 'windows2019srvNext_64Guest',
        host: 'hv01',
        hyperv: { generation: 2, dynamicMemory: { startup: 4 * GiB, maximum: 8 * GiB } },
        disks: [{ key: 'SCSI:0:0', sizeBytes: 60 * GiB, storedBytes: 20 * GiB, isThin: true }],
        nics: [
          {
            mac: '00:15:5d:01:02:03',
            network: 'switch:External/vlan:120',
            ipAddresses: [{ address: '10.1.1.5' }, { address: 'fe80::5' }],
          },
        ],
      },
      {
        name: 'old',
        power: 'off',
        firmware: 'bios',
        disks: [{ controller: { kind: 'ide', bus: 0, unit: 1 }, sizeBytes: 10 * GiB, isThin: false }],
        nics: [{ mac: null, network: 'switch:External' }],
      },
    ]);
    expect(networks.map(({ name, vlanId }) => [name, vlanId])).toEqual([
      ['External (VLAN 120)', 120],
      ['External', 0],
    ]);
  });

  test('do with what Get-VM alone exports, and say what is missing', async () => {
    const { vms, gaps } = await readFiles({
      'vms.csv':
        'Name,State,CPUUsage(%),MemoryAssigned(M),Uptime,Status,Version,ProcessorCount\nweb,Running,0,4096,1.02:03:04,Operating normally,9.0,2',
    });

    expect(vms).toMatchObject([{ name: 'web', power: 'on', cpus: 2, disks: [], nics: [] }]);
    expect(gaps.map(({ of }) => of)).toEqual(expect.arrayContaining(['disks', 'networks', 'firmware', 'tpm']));
  });
});
