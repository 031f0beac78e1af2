/** Writes an OVF descriptor for a machine's facts, in the words that vSphere, VirtualBox and Guts itself read. */
import type { ControllerKind, VmDisk, VmFacts, VmNic } from '../../main/shared/vm.ts';
import { escapeXml } from './xml.ts';

/** CIM_ResourceAllocationSettingData.ResourceType of the controllers; what CIM has no number for is “other storage”. */
const CONTROLLER_TYPES: Readonly<Record<ControllerKind, number>> = {
  ide: 5,
  scsi: 6,
  sata: 20,
  nvme: 20,
  virtio: 20,
  usb: 23,
};

/** VMware's words for what Guts spells in one way. */
const SUBTYPES: ReadonlyMap<string, string> = new Map([
  ['pvscsi', 'VirtualSCSI'],
  ['lsisas1068', 'lsilogicsas'],
  ['ahci', 'vmware.sata.ahci'],
  ['nvme', 'vmware.nvme.controller'],
  ['e1000', 'E1000'],
  ['e1000e', 'E1000e'],
  ['vmxnet3', 'VmxNet3'],
  ['pcnet32', 'PCNet32'],
]);

const STREAM_OPTIMIZED = 'http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized';

/**
 * The descriptor's text. parseOvf() gives the same facts back.
 * @param fileSizes bytes of each file that the disks name
 * @see DMTF DSP0243 “Open Virtualization Format Specification”, version 1.1
 */
export function writeOvf(vm: VmFacts, fileSizes: ReadonlyMap<string, number>): string {
  const instances = new Instances();
  const items = [
    item(instances.next(), 3, `${vm.cpus} virtual CPU(s)`, {
      AllocationUnits: 'hertz * 10^6',
      VirtualQuantity: vm.cpus,
    }),
    item(instances.next(), 4, 'Memory', {
      AllocationUnits: memoryUnit(vm.memoryBytes),
      VirtualQuantity: vm.memoryBytes / unitBytes(vm.memoryBytes),
    }),
    ...controllerItems(vm.disks, instances),
    ...vm.disks.map((disk, index) => diskItem(disk, index, instances)),
    ...vm.nics.map((nic, index) => nicItem(nic, index, instances)),
  ];
  const isCim = /^cim:[0-9]+$/.test(vm.guestOsId ?? '');
  const osType = vm.guestOsId === null || isCim ? '' : ` vmw:osType="${escapeXml(vm.guestOsId)}"`;
  const cimId = isCim ? vm.guestOsId?.slice(4) : vm.guestOsId === null ? 0 : 1;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vmw="http://www.vmware.com/schema/ovf" xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
  <References>
${vm.disks.map((disk) => fileElement(disk, fileSizes)).join('')}  </References>
  <DiskSection>
    <Info>Virtual disks</Info>
${vm.disks.map(diskElement).join('')}  </DiskSection>
  <NetworkSection>
    <Info>Logical networks</Info>
${networksOf(vm).join('')}  </NetworkSection>
  <VirtualSystem ovf:id="${escapeXml(vm.name)}">
    <Info>A virtual machine</Info>
    <Name>${escapeXml(vm.name)}</Name>
    <OperatingSystemSection ovf:id="${cimId}"${osType}>
      <Info>The guest operating system</Info>
${vm.guestOsName === null ? '' : `      <Description>${escapeXml(vm.guestOsName)}</Description>\n`}    </OperatingSystemSection>
    <VirtualHardwareSection>
      <Info>Virtual hardware</Info>
      <System>
        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>${escapeXml(vm.name)}</vssd:VirtualSystemIdentifier>
        <vssd:VirtualSystemType>vmx-13</vssd:VirtualSystemType>
      </System>
${items.join('')}${config('firmware', vm.firmware === 'uefi' ? 'efi' : 'bios')}${vm.secureBoot ? config('bootOptions.efiSecureBootEnabled', 'true') : ''}    </VirtualHardwareSection>
${bootOrder(vm.disks, instances)}  </VirtualSystem>
</Envelope>
`;
}

/** Numbers the items of the hardware section, and remembers which number a controller or a disk got. */
class Instances {
  readonly #named = new Map<string, number>();
  #last = 0;

  next(name = ''): number {
    this.#last += 1;
    if (name !== '') this.#named.set(name, this.#last);
    return this.#last;
  }

  of(name: string): number {
    return this.#named.get(name) ?? 0;
  }
}

const MiB = 1024 * 1024;

function unitBytes(memoryBytes: number): number {
  return memoryBytes % MiB === 0 ? MiB : 1;
}

function memoryUnit(memoryBytes: number): string {
  return unitBytes(memoryBytes) === MiB ? 'byte * 2^20' : 'byte';
}

/** Files and disks have names of their own kind, so a disk's id names its file as well. */
function fileElement({ id, file }: VmDisk, fileSizes: ReadonlyMap<string, number>): string {
  if (file === null) return '';
  const sizeBytes = fileSizes.get(file);
  const size = sizeBytes === undefined ? '' : ` ovf:size="${sizeBytes}"`;
  return `    <File ovf:href="${escapeXml(file)}" ovf:id="${escapeXml(id)}"${size}/>\n`;
}

function diskElement({ id, file, virtualSizeBytes }: VmDisk): string {
  if (virtualSizeBytes === null) return '';
  const reference = file === null ? '' : ` ovf:fileRef="${escapeXml(id)}"`;
  return `    <Disk ovf:capacity="${virtualSizeBytes}" ovf:capacityAllocationUnits="byte" ovf:diskId="${escapeXml(id)}"${reference} ovf:format="${STREAM_OPTIMIZED}"/>\n`;
}

function networksOf({ nics }: VmFacts): string[] {
  const names = new Set(nics.flatMap(({ network }) => network ?? []));
  return [...names].map((name) => `    <Network ovf:name="${escapeXml(name)}"/>\n`);
}

function controllerName({ controller: { kind, bus } }: VmDisk): string {
  return `controller ${kind}${bus}`;
}

function controllerItems(disks: readonly VmDisk[], instances: Instances): string[] {
  const items = new Map<string, string>();
  for (const disk of disks) {
    const name = controllerName(disk);
    const { kind, model, bus } = disk.controller;
    if (items.has(name)) continue;
    const more = model === null ? {} : { ResourceSubType: SUBTYPES.get(model) ?? model };
    items.set(
      name,
      item(instances.next(name), CONTROLLER_TYPES[kind], `${kind.toUpperCase()} controller ${bus}`, {
        Address: bus,
        ...more,
      }),
    );
  }
  return [...items.values()];
}

function diskItem(disk: VmDisk, index: number, instances: Instances): string {
  return item(instances.next(`disk ${disk.id}`), 17, `Hard disk ${index + 1}`, {
    AddressOnParent: disk.controller.unit,
    // A disk of unknown size is given by its file alone.
    HostResource: `ovf:/${disk.virtualSizeBytes === null ? 'file' : 'disk'}/${disk.id}`,
    Parent: instances.of(controllerName(disk)),
  });
}

function nicItem({ mac, network, model, connected }: VmNic, index: number, instances: Instances): string {
  return item(instances.next(), 10, `Network adapter ${index + 1}`, {
    ...(mac === null ? {} : { Address: mac }),
    AutomaticAllocation: String(connected),
    ...(network === null ? {} : { Connection: network }),
    ...(model === null ? {} : { ResourceSubType: SUBTYPES.get(model) ?? model }),
  });
}

/** The schema wants an item's elements in the order of the alphabet. */
function item(instance: number, type: number, name: string, more: Readonly<Record<string, string | number>>): string {
  const elements = Object.entries({ ...more, ElementName: name, InstanceID: instance, ResourceType: type });
  const sorted = elements.sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted.map(
    ([element, value]) => `        <rasd:${element}>${escapeXml(String(value))}</rasd:${element}>\n`,
  );
  return `      <Item>\n${lines.join('')}      </Item>\n`;
}

function config(key: string, value: string): string {
  return `      <vmw:Config ovf:required="false" vmw:key="${key}" vmw:value="${value}"/>\n`;
}

function bootOrder(disks: readonly VmDisk[], instances: Instances): string {
  const booting = disks
    .filter(({ bootIndex }) => bootIndex !== null)
    .sort((a, b) => (a.bootIndex ?? 0) - (b.bootIndex ?? 0));
  const section = ({ id }: VmDisk): string =>
    `    <vmw:BootOrderSection ovf:required="false" vmw:instanceId="${instances.of(`disk ${id}`)}" vmw:type="disk"><Info>Boot order</Info></vmw:BootOrderSection>\n`;
  return booting.map(section).join('');
}
