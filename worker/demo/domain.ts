/** A machine on local qcow2 disks as a libvirt domain, with virtio devices. */
import type { ConvertedDisk } from '../../main/shared/converted-disk.ts';
import type { VmFacts } from '../../main/shared/vm.ts';

/** Source: the libvirt manual, “Domain XML format”. Disks come in the order in which the guest met them. */
export function domainXml(vm: VmFacts, disks: readonly Pick<ConvertedDisk, 'output' | 'format'>[]): string {
  const drives = disks.map(
    ({ output, format }, index) => `    <disk type="file" device="disk">
      <driver name="qemu" type="${escaped(format)}" discard="unmap"/>
      <source file="${escaped(output)}"/>
      <target dev="${targetName(index)}" bus="virtio"/>
      <boot order="${index + 1}"/>
    </disk>
`,
  );
  const cards = vm.nics.map(
    ({ mac }) => `    <interface type="network">
${mac === null ? '' : `      <mac address="${escaped(mac)}"/>\n`}      <source network="default"/>
      <model type="virtio"/>
    </interface>
`,
  );
  const firmware = vm.firmware === 'uefi' ? ' firmware="efi"' : '';
  return `<domain type="kvm">
  <name>${escaped(vm.name)}</name>
  <memory unit="b">${vm.memoryBytes}</memory>
  <vcpu>${vm.cpus}</vcpu>
  <os${firmware}>
    <type arch="x86_64" machine="q35">hvm</type>${vm.secureBoot ? '\n    <loader secure="yes"/>' : ''}
  </os>
  <features>
    <acpi/>
    <apic/>${vm.secureBoot ? '\n    <smm state="on"/>' : ''}
  </features>
  <cpu mode="host-model"/>
  <devices>
${drives.join('')}${cards.join('')}    <serial type="pty"/>
    <console type="pty"/>
    <graphics type="vnc" listen="127.0.0.1"/>
    <video><model type="vga"/></video>
    <rng model="virtio"><backend model="random">/dev/urandom</backend></rng>
  </devices>
</domain>
`;
}

/** vda, vdb … vdz, vdaa …: as Linux counts. */
export function targetName(index: number): string {
  let letters = '';
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1)
    letters = String.fromCharCode(97 + (rest % 26)) + letters;
  return `vd${letters}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
