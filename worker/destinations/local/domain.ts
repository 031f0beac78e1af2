/** Writes the libvirt domain that starts a migrated machine from the disk files beside it. */
import type { VmFacts, VmNic } from '../../../main/shared/vm.ts';
import { placeOf } from '../../containers/hardware.ts';
import { escapeXml } from '../../containers/xml.ts';
import { planHardware, type ControllerPlace, type DiskPlace, type Hardware } from './hardware-plan.ts';

export interface DomainDisk {
  /** An absolute path, as libvirt wants it. */
  readonly file: string;
  readonly format: 'qcow2' | 'raw' | 'vmdk';
}

export interface DomainOptions {
  /** `qemu` is plain emulation, for a computer without KVM. */
  readonly type: 'kvm' | 'qemu';
  readonly hardware: Hardware;
  /** One for each disk of the machine, in the order of its disks. */
  readonly disks: readonly DomainDisk[];
  /** The libvirt network for every card; null for QEMU's own user network, which needs nothing set up. */
  readonly network: string | null;
}

export interface Domain {
  readonly xml: string;
  /** What became of each part, for the report. */
  readonly mapping: readonly { readonly what: string; readonly from: string; readonly to: string }[];
}

/**
 * The domain of `vm`. parseLibvirt() reads it back.
 * @see the libvirt manual, “Domain XML format” (features up to libvirt 8.6)
 */
export function domainOf(vm: VmFacts, options: DomainOptions): Domain {
  if (options.disks.length !== vm.disks.length) {
    throw new Error(`${vm.disks.length} disks need as many files, not ${options.disks.length}.`);
  }
  const plan = planHardware(vm, options.hardware);
  const devices = [
    ...options.disks.flatMap((disk, index) => diskXml(disk, plan.disks[index])),
    ...plan.controllers.map(controllerXml),
    ...vm.nics.map((nic, index) => nicXml(nic, plan.nicModels[index] ?? 'virtio', options.network)),
    `    <serial type='pty'/>\n    <console type='pty'/>\n`,
    `    <input type='tablet' bus='usb'/>\n    <graphics type='vnc' autoport='yes'/>\n    <video>\n      <model type='vga'/>\n    </video>\n`,
  ];
  const isWindows = /^win/i.test(vm.guestOsId ?? '') || /windows/i.test(vm.guestOsName ?? '');
  const xml = `<domain type='${options.type}'>
  <name>${escapeXml(domainName(vm.name))}</name>
${metadataXml(vm)}  <memory unit='b'>${vm.memoryBytes}</memory>
  <vcpu>${vm.cpus}</vcpu>
${osXml(vm, plan.machine)}  <features>
    <acpi/>
    <apic/>
${vm.secureBoot ? `    <smm state='on'/>\n` : ''}  </features>
  <cpu mode='${options.type === 'kvm' ? 'host-model' : 'maximum'}'/>
  <clock offset='${isWindows ? 'localtime' : 'utc'}'/>
  <devices>
${devices.join('')}  </devices>
</domain>
`;
  return { xml, mapping: mappingOf(vm, options, plan) };
}

/** libvirt keeps a domain in a file of that name. */
export function domainName(name: string): string {
  return name.replaceAll('/', '-').replace(/^\.+/, '') || 'unnamed';
}

/** libosinfo's id goes along where the machine came from libvirt; other hypervisors' ids mean nothing to it. */
function metadataXml({ guestOsId }: VmFacts): string {
  if (guestOsId === null || !/^https?:\/\//.test(guestOsId)) return '';
  return `  <metadata>
    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
      <libosinfo:os id="${escapeXml(guestOsId)}"/>
    </libosinfo:libosinfo>
  </metadata>
`;
}

/** With `firmware='efi'` libvirt picks the loader of its own computer and makes the variables' store. */
function osXml({ firmware, secureBoot }: VmFacts, machine: 'pc' | 'q35'): string {
  const type = `    <type arch='x86_64' machine='${machine}'>hvm</type>\n`;
  if (firmware === 'bios') return `  <os>\n${type}  </os>\n`;
  const enabled = secureBoot ? 'yes' : 'no';
  return `  <os firmware='efi'>
${type}    <firmware>
      <feature enabled='${enabled}' name='secure-boot'/>
      <feature enabled='${enabled}' name='enrolled-keys'/>
    </firmware>
  </os>
`;
}

function diskXml({ file, format }: DomainDisk, place: DiskPlace | undefined): string[] {
  if (place === undefined) return [];
  const { dev, bus, drive, bootOrder } = place;
  const boot = bootOrder === null ? '' : `      <boot order='${bootOrder}'/>\n`;
  const address =
    drive === null
      ? ''
      : `      <address type='drive' controller='${drive.controller}' bus='${drive.bus}' target='${drive.target}' unit='${drive.unit}'/>\n`;
  return [
    `    <disk type='file' device='disk'>
      <driver name='qemu' type='${format}'/>
      <source file="${escapeXml(file)}"/>
      <target dev='${dev}' bus='${bus}'/>
${boot}${address}    </disk>
`,
  ];
}

function controllerXml({ bus, index, model }: ControllerPlace): string {
  return `    <controller type='${bus}' index='${index}'${model === null ? '' : ` model='${model}'`}/>\n`;
}

function nicXml({ mac, connected }: VmNic, model: string, network: string | null): string {
  const source = network === null ? '' : `      <source network="${escapeXml(network)}"/>\n`;
  return `    <interface type='${network === null ? 'user' : 'network'}'>
${mac === null ? '' : `      <mac address='${mac}'/>\n`}${source}      <model type='${model}'/>
${connected ? '' : `      <link state='down'/>\n`}    </interface>
`;
}

function mappingOf(vm: VmFacts, { network }: DomainOptions, plan: ReturnType<typeof planHardware>): Domain['mapping'] {
  const disks = vm.disks.map((disk, index) => ({
    what: `Disk ${index + 1}`,
    from: [placeOf(disk.controller), disk.controller.model].filter(Boolean).join(' '),
    to: `${plan.disks[index]?.dev ?? ''} on ${plan.disks[index]?.bus ?? ''}`,
  }));
  const nics = vm.nics.map((nic, index) => ({
    what: `Network card ${index + 1}`,
    from: `${nic.model ?? 'card'} on ${nic.network ?? 'no network'}`,
    to: `${plan.nicModels[index] ?? ''} on ${network ?? 'the user network of QEMU'}`,
  }));
  return [...disks, ...nics];
}
