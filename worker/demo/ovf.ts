/** The OVF description of the demo machine, in the words and numbers that vSphere exports. */
import type { DemoMachine } from './machine.ts';

/** A disk file of the package, in the order of the machine's disks. */
export interface OvfDiskFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/** CIM resource types (DMTF CIM_ResourceAllocationSettingData). */
const RESOURCE = { processor: 3, memory: 4, scsi: 6, ethernet: 10, disk: 17 } as const;
/** Instances of the hardware section; disks and cards follow. */
const SCSI_INSTANCE = 3;

/** Source: DMTF DSP0243, “Open Virtualization Format Specification” 1.1. Names come from `machine.ts` and need no escaping. */
export function ovfText({ vm, disks }: DemoMachine, files: readonly OvfDiskFile[]): string {
  const items = [
    item(RESOURCE.processor, 1, `${vm.cpus} virtual CPU`, {
      AllocationUnits: 'hertz * 10^6',
      VirtualQuantity: vm.cpus,
    }),
    item(RESOURCE.memory, 2, `${vm.memoryMiB} MB of memory`, {
      AllocationUnits: 'byte * 2^20',
      VirtualQuantity: vm.memoryMiB,
    }),
    item(RESOURCE.scsi, SCSI_INSTANCE, 'SCSI controller 0', { Address: 0, ResourceSubType: 'lsilogic' }),
    ...disks.map((_, index) =>
      item(RESOURCE.disk, 10 + index, `Hard disk ${index + 1}`, {
        AddressOnParent: index,
        HostResource: `ovf:/disk/vmdisk${index + 1}`,
        Parent: SCSI_INSTANCE,
      }),
    ),
    ...vm.nics.map(({ mac, network, model }, index) =>
      item(RESOURCE.ethernet, 30 + index, `Network adapter ${index + 1}`, {
        Address: mac,
        AddressOnParent: 7 + index,
        AutomaticAllocation: 'true',
        Connection: network,
        ResourceSubType: model === 'e1000' ? 'E1000' : model,
      }),
    ),
  ];
  const networks = [...new Set(vm.nics.map(({ network }) => network))];
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vmw="http://www.vmware.com/schema/ovf" xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
  <References>
${files.map(({ name, sizeBytes }, index) => `    <File ovf:href="${name}" ovf:id="file${index + 1}" ovf:size="${sizeBytes}"/>\n`).join('')}  </References>
  <DiskSection>
    <Info>Virtual disk information</Info>
${disks.map(({ sizeBytes }, index) => `    <Disk ovf:capacity="${sizeBytes}" ovf:capacityAllocationUnits="byte" ovf:diskId="vmdisk${index + 1}" ovf:fileRef="file${index + 1}" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>\n`).join('')}  </DiskSection>
  <NetworkSection>
    <Info>The list of logical networks</Info>
${networks.map((name) => `    <Network ovf:name="${name}"><Description>The ${name} network</Description></Network>\n`).join('')}  </NetworkSection>
  <VirtualSystem ovf:id="${vm.name}">
    <Info>A virtual machine</Info>
    <Name>${vm.name}</Name>
    <OperatingSystemSection ovf:id="101" vmw:osType="${vm.guestOsId}">
      <Info>The kind of installed guest operating system</Info>
      <Description>Other 3.x Linux (64-bit)</Description>
    </OperatingSystemSection>
    <VirtualHardwareSection>
      <Info>Virtual hardware requirements</Info>
      <System>
        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>${vm.name}</vssd:VirtualSystemIdentifier>
        <vssd:VirtualSystemType>vmx-13</vssd:VirtualSystemType>
      </System>
${items.join('')}      <vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="${vm.firmware}"/>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`;
}

function item(
  resourceType: number,
  instance: number,
  name: string,
  more: Readonly<Record<string, string | number>>,
): string {
  const all = { ...more, ElementName: name, InstanceID: instance, ResourceType: resourceType };
  const sorted = Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)); // the schema wants them in this order
  return `      <Item>\n${sorted.map(([key, value]) => `        <rasd:${key}>${value}</rasd:${key}>\n`).join('')}      </Item>\n`;
}
