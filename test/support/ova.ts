/** Packs disks as an OVA with a manifest, the way a hypervisor would hand a machine out. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { TarWriter } from '../../worker/containers/tar-writer.ts';
import { makeRaw, qemuImg } from './disks.ts';

export interface OvaDisk {
  readonly sizeBytes: number;
  readonly writes: readonly { offset: number; length: number; seed?: number }[];
}

export interface OvaOptions {
  /** Changes the digest that the manifest gives for the first disk. */
  readonly wrongManifest?: boolean;
}

/** Keeps the raw disks beside the OVA as `NAME.ova.diskN.raw` only when `keepRaw` is set. */
export async function packedOva(
  file: string,
  disks: readonly OvaDisk[],
  options: OvaOptions & { readonly keepRaw?: boolean } = {},
): Promise<void> {
  const members: [string, Buffer][] = [];
  for (const [i, { sizeBytes, writes }] of disks.entries()) {
    const raw = `${file}.disk${i + 1}.raw`;
    const vmdk = `${file}.disk${i + 1}.vmdk`;
    await makeRaw(raw, sizeBytes, writes);
    qemuImg('convert', '-O', 'vmdk', '-o', 'subformat=streamOptimized', raw, vmdk);
    members.push([`vm-disk${i + 1}.vmdk`, readFileSync(vmdk)]);
    rmSync(vmdk);
    if (options.keepRaw !== true) rmSync(raw);
  }
  const ovf = Buffer.from(
    ovfOf(
      path.parse(file).name,
      disks,
      members.map(([, bytes]) => bytes.byteLength),
    ),
  );
  const all: [string, Buffer][] = [['vm.ovf', ovf], ...members];
  const lines = all.map(([name, bytes], i) => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    return `SHA256(${name})= ${options.wrongManifest === true && i === 1 ? hex.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) : hex}\n`;
  });
  all.splice(1, 0, ['vm.mf', Buffer.from(lines.join(''))]);
  const tar = new TarWriter();
  writeFileSync(
    file,
    Buffer.concat([
      ...all.flatMap(([name, bytes]) => [tar.header(name, bytes.byteLength, 0), bytes, tar.padding(bytes.byteLength)]),
      tar.end(),
    ]),
  );
}

function ovfOf(name: string, disks: readonly OvaDisk[], sizes: readonly number[]): string {
  const files = sizes.map((size, i) => `<File ovf:href="vm-disk${i + 1}.vmdk" ovf:id="file${i}" ovf:size="${size}"/>`);
  const sections = disks.map(
    (disk, i) =>
      `<Disk ovf:capacity="${disk.sizeBytes}" ovf:diskId="disk${i}" ovf:fileRef="file${i}" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>`,
  );
  const items = disks.map(
    (_, i) =>
      `<Item><rasd:AddressOnParent>${i}</rasd:AddressOnParent><rasd:ElementName>Hard disk ${i + 1}</rasd:ElementName><rasd:HostResource>ovf:/disk/disk${i}</rasd:HostResource><rasd:InstanceID>${10 + i}</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
<References>${files.join('')}</References>
<DiskSection><Info>disks</Info>${sections.join('')}</DiskSection>
<NetworkSection><Info>networks</Info><Network ovf:name="VM Network"/></NetworkSection>
<VirtualSystem ovf:id="${name}"><Info>a machine</Info><Name>${name}</Name>
<OperatingSystemSection ovf:id="96"><Info>guest</Info></OperatingSystemSection>
<VirtualHardwareSection><Info>hardware</Info>
<Item><rasd:AllocationUnits>hertz * 10^6</rasd:AllocationUnits><rasd:ElementName>2 CPU</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>2</rasd:VirtualQuantity></Item>
<Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ElementName>memory</rasd:ElementName><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>1024</rasd:VirtualQuantity></Item>
<Item><rasd:Address>0</rasd:Address><rasd:ElementName>SCSI 0</rasd:ElementName><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceSubType>lsilogic</rasd:ResourceSubType><rasd:ResourceType>6</rasd:ResourceType></Item>
${items.join('\n')}
<Item><rasd:AutomaticAllocation>true</rasd:AutomaticAllocation><rasd:Connection>VM Network</rasd:Connection><rasd:ElementName>NIC</rasd:ElementName><rasd:InstanceID>20</rasd:InstanceID><rasd:ResourceSubType>VmxNet3</rasd:ResourceSubType><rasd:ResourceType>10</rasd:ResourceType></Item>
</VirtualHardwareSection></VirtualSystem></Envelope>
`;
}
