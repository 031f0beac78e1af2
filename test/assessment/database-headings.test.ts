/** Exports whose headings are those of RVTools’ database, with the tab’s name in each: they say the same as any other. */
import { describe, expect, test } from 'vitest';
import { csvOf, readBook, readFiles } from '../support/estate-files.ts';
import { rvtoolsSheets, type MadeEstate } from '../support/rvtools.ts';
import { workbookBytes, type MadeSheet } from '../support/workbook.ts';

const estate: MadeEstate = {
  machines: [1, 2].map((number) => ({
    name: `web-${number}`,
    number,
    firmware: 'efi',
    disks: [{ gib: 40, mode: 'independent_persistent' }, { gib: 60 }],
    nics: [{ network: 'Prod', mac: `00:50:56:00:00:0${number}`, ips: [`10.0.0.${number}`, `fe80::${number}`] }],
    snapshots: [{ name: 'before', at: '2024/03/01 08:00:00' }],
    partitions: [{ path: '/', mib: 40_000, freeMib: 10_000 }],
  })),
  networks: [{ name: 'Prod', vlan: '120', kind: 'distributed' }],
};
const sheets = rvtoolsSheets(estate, '4.7');

/** Where more changes than the tab’s name before it. */
const NAMES: Readonly<Record<string, string>> = {
  VM: 'VMName',
  'VM ID': 'ObjectID',
  'VM UUID': 'InstanceUUID',
  'SMBIOS UUID': 'UUID',
  'DNS Name': 'GuestHostName',
  'OS according to the configuration file': 'OS',
  'OS according to the VMware Tools': 'OSTools',
  Disks: 'NumVirtualDisks',
  Annotation: 'Notes',
  Disk: 'Name',
  'Disk Key': 'Key',
  'Disk Mode': 'Mode',
  'NIC label': 'Nic',
  Network: 'Name',
  'IPv4 Address': 'IP4Address',
  'IPv6 Address': 'IP6Address',
  'Cores p/s': 'CoresPerSocket',
};
const inDatabase = ({ name, rows: [headings = [], ...rows] }: MadeSheet): MadeSheet => ({
  name,
  rows: [
    headings.map((heading) => {
      const written = String(heading);
      const isOther = name === 'vPartition' && written.startsWith('Disk');
      return `${name}${(isOther ? undefined : NAMES[written]) ?? written.replaceAll('#', 'Num').replaceAll(/[\s/]/g, '')}`;
    }),
    ...rows,
  ],
});

describe('an export with the headings of RVTools’ database', () => {
  // In the field, such a one had no networks and no addresses, and nobody was told; disks that snapshots leave out were ready.
  test('says what one with the usual headings says', async () => {
    const { from: _from, ...usual } = await readBook(workbookBytes(sheets));
    const { from: _files, ...read } = await readFiles(
      Object.fromEntries(sheets.map((sheet) => [`RVTools_tab${sheet.name}.csv`, csvOf(inDatabase(sheet))])),
    );

    expect(read).toEqual(usual);
    expect(usual.vms[0]).toMatchObject({ ref: 'vm-1', nics: [{ networkName: 'Prod' }] });
  });

  test('has the UUID of a machine’s BIOS for no id: clones are several machines, and a machine told twice is one', async () => {
    const { vms, warnings } = await readFiles({
      'vInfo.csv':
        'vInfoVMName,vInfoPowerstate,vInfoCPUs,vInfoMemory,vInfoUUID\nvdi1,poweredOn,2,4096,4220-A\nvdi2,poweredOn,2,4096,4220-A\nvdi2,poweredOn,2,4096,4220-A',
      'vDisk.csv':
        'vDiskVMName,vDiskName,vDiskCapacityMiB,vDiskMode,vDiskThin,vDiskUUID\nvdi2,Hard disk 1,1024,persistent,True,6000c',
    });

    expect(vms.map(({ name, biosUuid, instanceUuid, disks }) => [name, biosUuid, instanceUuid, disks.length])).toEqual([
      ['vdi1', '4220-a', null, 0],
      ['vdi2', '4220-a', null, 1],
    ]);
    expect(warnings).toHaveLength(1);
  });
});

test('a column of networks or addresses that is not known is told to be missing', async () => {
  const renamed = sheets.map((sheet) => ({
    ...sheet,
    rows: sheet.rows.map((row, at) =>
      at === 0 && sheet.name === 'vNetwork'
        ? row.map((heading) =>
            /^(Network|IPv[46] Address)$/.test(String(heading)) ? `My ${String(heading)}` : heading,
          )
        : row,
    ),
  }));

  const { gaps } = await readBook(workbookBytes(renamed));

  expect(gaps.filter(({ of }) => of === 'networks' || of === 'addresses')).toEqual([
    {
      of: 'networks',
      says: 'vNetwork has no column “Network”: on which networks cards are is not known.',
      machines: null,
    },
    { of: 'addresses', says: 'vNetwork has no column that names addresses.', machines: null },
  ]);
});
