/** An OVF description becomes plain facts about the machine, whoever exported it; a hostile one becomes an error. */
import { describe, expect, test } from 'vitest';
import { parseOvf } from '../../worker/containers/ovf.ts';
import { GiB, MiB } from '../support/disks.ts';
import { fixture } from './packing.ts';

/** A small sound description, with one part replaced. */
function small(replace: string | RegExp = '', by = ''): Buffer {
  return Buffer.from(
    `<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="r" xmlns:vmw="v">
  <References><File ovf:id="f1" ovf:href="a.vmdk" ovf:size="10"/></References>
  <DiskSection><Info/><Disk ovf:diskId="d1" ovf:fileRef="f1" ovf:capacity="1" ovf:capacityAllocationUnits="byte * 2^30"/></DiskSection>
  <VirtualSystem ovf:id="tiny"><Info/>
    <VirtualHardwareSection><Info/>
      <Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>1</rasd:VirtualQuantity></Item>
      <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>512</rasd:VirtualQuantity></Item>
      <Item><rasd:Address>0</rasd:Address><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceSubType>lsilogic</rasd:ResourceSubType><rasd:ResourceType>6</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:HostResource>ovf:/disk/d1</rasd:HostResource><rasd:InstanceID>4</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>`.replace(replace, by),
  );
}
const vmOf = (bytes: Uint8Array) => parseOvf(bytes, 'vm.ovf').vm;

describe('the facts of an OVF description', () => {
  test('are right for a machine that vCenter exported', async () => {
    const { vm, files } = parseOvf(await fixture('vcenter.ovf'), 'erp.ovf');
    expect(vm).toEqual({
      name: 'erp',
      cpus: 4,
      memoryBytes: 8 * GiB,
      firmware: 'uefi',
      secureBoot: true,
      guestOsId: 'windows2019srv_64Guest',
      guestOsName: 'Microsoft Windows Server 2019 (64-bit)',
      disks: [
        {
          id: 'vmdisk1',
          file: 'erp-1.vmdk',
          format: null,
          virtualSizeBytes: 40 * GiB,
          controller: { kind: 'scsi', model: 'pvscsi', bus: 0, unit: 0 },
          bootIndex: 0,
        },
        {
          id: 'vmdisk2',
          file: 'erp-2.vmdk',
          format: null,
          virtualSizeBytes: 100 * GiB,
          controller: { kind: 'scsi', model: 'pvscsi', bus: 0, unit: 1 },
          bootIndex: null,
        },
        {
          id: 'vmdisk3',
          file: null,
          format: null,
          virtualSizeBytes: 15 * GiB,
          controller: { kind: 'nvme', model: 'nvme', bus: 0, unit: 0 },
          bootIndex: null,
        },
      ],
      nics: [
        { mac: '00:50:56:ab:00:01', network: 'Office & Lab', model: 'vmxnet3', connected: true },
        { mac: null, network: 'Backup', model: 'e1000e', connected: false },
      ],
      source: 'ovf',
      warnings: [
        'The disk “vmdisk3” comes without a file and starts blank.',
        'The medium in a CD or floppy drive (file/file3) is left behind.',
      ],
    });
    expect(files).toEqual([
      { id: 'file1', href: 'erp-1.vmdk', sizeBytes: 1048576 },
      { id: 'file2', href: 'erp-2.vmdk', sizeBytes: 524288 },
      { id: 'file3', href: 'erp-3.iso', sizeBytes: 65536 },
    ]);
  });

  test('are right for a machine that VirtualBox exported, its own part included', async () => {
    expect(vmOf(await fixture('virtualbox.ovf'))).toEqual({
      name: 'web 1',
      cpus: 2,
      memoryBytes: 2 * GiB,
      firmware: 'uefi',
      secureBoot: false,
      guestOsId: 'Debian_64',
      guestOsName: 'Debian_64',
      disks: [
        {
          id: 'vmdisk2',
          file: 'web 1-disk002.vmdk',
          format: null,
          virtualSizeBytes: 2 * GiB,
          controller: { kind: 'ide', model: 'piix4', bus: 0, unit: 1 },
          bootIndex: null,
        },
        {
          id: 'vmdisk1',
          file: 'web 1-disk001.vmdk',
          format: null,
          virtualSizeBytes: 10 * GiB,
          controller: { kind: 'sata', model: 'ahci', bus: 0, unit: 0 },
          bootIndex: null,
        },
      ],
      nics: [{ mac: '08:00:27:a1:b2:c3', network: 'NAT', model: 'e1000', connected: true }],
      source: 'ovf',
      warnings: [],
    });
  });

  test('are those of the chosen machine and the default size in OVF 2.0', async () => {
    const bytes = await fixture('two-sizes-2.0.ovf');
    expect(() => parseOvf(bytes, 'shop.ovf')).toThrow(/2 virtual machines: “Database”, “front”/);
    expect(() => parseOvf(bytes, 'shop.ovf', { vmName: 'back' })).toThrow(/no virtual machine called “back”/);

    const { vm } = parseOvf(bytes, 'shop.ovf', { vmName: 'Database', source: 'ova' });
    expect(vm).toMatchObject({ name: 'Database', cpus: 8, memoryBytes: 32 * GiB, guestOsId: 'cim:80', source: 'ova' });
    expect(vm.disks).toMatchObject([
      { id: 'd1', file: 'db.vmdk', controller: { kind: 'scsi', model: 'lsisas1068', bus: 0, unit: 0 } },
    ]);
    expect(vm.nics).toEqual([{ mac: '02:00:00:00:00:0a', network: 'Inside', model: 'vmxnet3', connected: true }]);
    expect(vm.warnings).toEqual(['The description offers 2 sizes; its default “big” is used.']);

    expect(parseOvf(bytes, 'shop.ovf', { vmName: 'front' }).vm).toMatchObject({
      name: 'front',
      cpus: 2,
      memoryBytes: 4 * GiB,
      disks: [{ file: 'front.vmdk', controller: { kind: 'ide' } }],
    });
  });

  test('count in every unit that OVF allows', () => {
    const capacity = (value: string, unit: string): number | null | undefined =>
      vmOf(
        small(
          'ovf:capacity="1" ovf:capacityAllocationUnits="byte * 2^30"',
          `ovf:capacity="${value}" ovf:capacityAllocationUnits="${unit}"`,
        ),
      ).disks[0]?.virtualSizeBytes;
    expect(capacity('7', 'byte*2^20')).toBe(7 * MiB);
    expect(capacity('7', 'byte * 10^9')).toBe(7e9);
    expect(capacity('7', 'bytes * 4 * 2^10')).toBe(7 * 4096);
    expect(capacity('7', 'GigaBytes')).toBe(7 * GiB);
    expect(capacity('${size}', 'byte')).toBeNull();
    expect(() => capacity('7', 'parsec')).toThrow(/parsec/);
    expect(() => capacity('7', 'byte * 2^99')).toThrow(expect.objectContaining({ code: 'container.damaged' }));
  });

  test('are read in the encoding that the document declares', () => {
    const text = small(
      '<VirtualSystem ovf:id="tiny"><Info/>',
      '<VirtualSystem ovf:id="tiny"><Info/><Name>Büro</Name>',
    ).toString('utf8');
    const latin = Buffer.from(text.replace('version="1.0"', 'version="1.0" encoding="ISO-8859-1"'), 'latin1');
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]);
    for (const bytes of [Buffer.from(text), latin, wide, marked]) expect(vmOf(bytes).name).toBe('Büro');
  });

  test('keep what CDATA, character references and entities spell', () => {
    const named = (xml: string): string =>
      vmOf(small('<VirtualSystem ovf:id="tiny"><Info/>', `<VirtualSystem ovf:id="tiny"><Info/><Name>${xml}</Name>`))
        .name;
    expect(named('a &lt;b&gt; &#228;&#x1F600; &amp;amp;')).toBe('a <b> ä😀 &amp;');
    expect(named('<![CDATA[a &amp; <b>]]>')).toBe('a &amp; <b>');
    expect(named('two&#10;lines\u0085here')).toBe('two lines here');
  });

  test('give a disk without a place of its own the next free one', () => {
    const twice = small(
      '</VirtualHardwareSection>',
      '<Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:HostResource>ovf:/file/f2</rasd:HostResource><rasd:InstanceID>9</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item></VirtualHardwareSection>',
    ).toString();
    const vm = vmOf(Buffer.from(twice.replace('</References>', '<File ovf:id="f2" ovf:href="b.vmdk"/></References>')));
    expect(vm.disks.map(({ file, controller }) => [file, controller.unit])).toEqual([
      ['a.vmdk', 0],
      ['b.vmdk', 1],
    ]);
    expect(vm.warnings).toEqual(['Two disks are described at scsi0:0; the second was moved to the next free place.']);
  });
});

describe('an OVF description that cannot be used', () => {
  test.each<[string, string | RegExp, string, string]>([
    ['compressed files', 'ovf:size="10"', 'ovf:compression="gzip"', 'container.unsupported'],
    ['files in chunks', 'ovf:size="10"', 'ovf:chunkSize="1000"', 'container.unsupported'],
    ['files on a web server', 'a.vmdk', 'https://example.test/a.vmdk', 'container.unsupported'],
    [
      'a disk that builds on another',
      'ovf:fileRef="f1"',
      'ovf:fileRef="f1" ovf:parentRef="d0"',
      'container.unsupported',
    ],
    ['an encrypted file', '<References>', '<References><x:EncryptedData xmlns:x="e"/>', 'container.unsupported'],
    ['a disk of unknown storage', 'ovf:/disk/d1', 'a1/b2', 'container.unsupported'],
    ['a file outside', 'a.vmdk', '../a.vmdk', 'container.unsafe-name'],
    ['an absolute file', 'a.vmdk', '/etc/shadow', 'container.unsafe-name'],
    ['a file id that nothing has', 'ovf:fileRef="f1"', 'ovf:fileRef="f9"', 'container.member-missing'],
    ['a disk id that nothing has', 'ovf:/disk/d1', 'ovf:/disk/d9', 'container.damaged'],
    ['a disk on no controller', '<rasd:Parent>3<', '<rasd:Parent>1<', 'container.damaged'],
    ['two items of one id', '<rasd:InstanceID>4<', '<rasd:InstanceID>3<', 'container.damaged'],
    ['a disk on itself', '<rasd:Parent>3<', '<rasd:Parent>4<', 'container.damaged'],
    ['no processors', '<rasd:VirtualQuantity>1<', '<rasd:VirtualQuantity>0<', 'container.damaged'],
    ['a negative memory', '>512<', '>-512<', 'container.damaged'],
    ['a memory beyond measure', '>512<', '>99999999999999<', 'container.limit'],
    ['processors beyond measure', '<rasd:VirtualQuantity>1<', '<rasd:VirtualQuantity>1000000<', 'container.limit'],
    ['a capacity beyond measure', 'ovf:capacity="1"', 'ovf:capacity="9007199254740991"', 'container.limit'],
    [
      'two disks of one id',
      '</DiskSection>',
      '<Disk ovf:diskId="d1" ovf:capacity="1"/></DiskSection>',
      'container.damaged',
    ],
    ['two files of one id', '</References>', '<File ovf:id="f1" ovf:href="b.vmdk"/></References>', 'container.damaged'],
    [
      'one file for two disks',
      '</VirtualHardwareSection>',
      '<Item><rasd:HostResource>ovf:/file/f1</rasd:HostResource><rasd:InstanceID>9</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item></VirtualHardwareSection>',
      'container.damaged',
    ],
    ['no hardware', /<VirtualHardwareSection>[^]*<\/VirtualHardwareSection>/, '', 'container.damaged'],
    ['no machine', /<VirtualSystem [^]*<\/VirtualSystem>/, '', 'container.damaged'],
    ['another root', /Envelope/g, 'Letter', 'container.damaged'],
    ['a tag that is never closed', '</DiskSection>', '', 'container.damaged'],
    [
      'an entity of its own',
      '<?xml version="1.0"?>',
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
      'container.damaged',
    ],
    ['an entity that nobody defined', 'ovf:id="tiny"', 'ovf:id="&bomb;"', 'container.damaged'],
    ['a reference to no character', 'ovf:id="tiny"', 'ovf:id="&#x110000;"', 'container.damaged'],
    ['an encoding that it does not have', 'version="1.0"', 'version="1.0" encoding="KLINGON"', 'container.damaged'],
    [
      'an element called like a part of JavaScript',
      '<DiskSection>',
      '<__proto__ constructor="1"/><DiskSection>',
      'container.damaged',
    ],
  ])('says so: %s', (_what, replace, by, code) => {
    expect(vmOf(small()).name).toBe('tiny');
    expect(() => vmOf(small(replace, by))).toThrow(expect.objectContaining({ code }));
  });

  test.each<[string, () => string, string]>([
    ['bytes', () => ' '.repeat(17 * MiB), 'container.limit'],
    ['elements', () => `<a>${'<b/>'.repeat(500_000)}</a>`, 'container.limit'],
    [
      'attributes',
      () => `<a ${Array.from({ length: 1_000_001 }, (_, index) => `a${index}=""`).join(' ')}/>`,
      'container.limit',
    ],
    ['nested elements', () => '<a>'.repeat(10_000) + '</a>'.repeat(10_000), 'container.damaged'],
    [
      'disks',
      () => {
        const item = (id: number): string =>
          `<Item><rasd:HostResource>ovf:/disk/d${id}</rasd:HostResource><rasd:InstanceID>${id}</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>`;
        return small(
          '</VirtualHardwareSection>',
          `${Array.from({ length: 600 }, (_, index) => item(index + 10)).join('')}</VirtualHardwareSection>`,
        ).toString();
      },
      'container.limit',
    ],
  ])('says so: too many %s', (_what, make, code) => {
    expect(() => vmOf(Buffer.from(make()))).toThrow(expect.objectContaining({ code }));
  });
});
