/** The libvirt domain of a migrated machine is valid, starts from the right files, and tells the same machine when read back. */
import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { VmDisk, VmFacts } from '../../main/shared/vm.ts';
import { parseLibvirt } from '../../worker/containers/libvirt.ts';
import { parseOvf } from '../../worker/containers/ovf.ts';
import { parseVmx } from '../../worker/containers/vmx.ts';
import { domainOf, type DomainOptions } from '../../worker/destinations/local/domain.ts';
import { run, scratch } from '../support/disks.ts';
import { fixture } from './packing.ts';

const hasValidator = existsSync('/usr/bin/virt-xml-validate');

function domain(
  vm: VmFacts,
  options: Partial<DomainOptions> = {},
): { xml: string; back: VmFacts; mapping: readonly { what: string; from: string; to: string }[] } {
  const disks = vm.disks.map((_, index) => ({ file: `/srv/a & "b"/<${index}>.qcow2`, format: 'qcow2' as const }));
  const { xml, mapping } = domainOf(vm, { type: 'kvm', hardware: 'virtio', disks, network: 'default', ...options });
  return { xml, mapping, back: parseLibvirt(Buffer.from(xml), 'domain.xml') };
}

const machines: readonly (readonly [string, () => Promise<VmFacts>])[] = [
  ['vcenter.ovf', async () => parseOvf(await fixture('vcenter.ovf'), 'v').vm],
  ['virtualbox.ovf', async () => parseOvf(await fixture('virtualbox.ovf'), 'v').vm],
  ['esxi.vmx', async () => parseVmx(await fixture('esxi.vmx'), 'v')],
  ['workstation.vmx', async () => parseVmx(await fixture('workstation.vmx'), 'v')],
  ['kvm.xml', async () => parseLibvirt(await fixture('kvm.xml'), 'v')],
];

/** A machine with `count` disks on one controller. */
async function machineWith(
  count: number,
  kind: VmDisk['controller']['kind'],
  model: string | null,
  more: Partial<VmFacts> = {},
): Promise<VmFacts> {
  const vm = parseVmx(await fixture('workstation.vmx'), 'v');
  const disks = Array.from({ length: count }, (_, unit): VmDisk => ({
    id: `${kind}${unit}`,
    file: 'x',
    format: null,
    virtualSizeBytes: null,
    controller: { kind, model, bus: 0, unit },
    bootIndex: null,
  }));
  return { ...vm, disks, ...more };
}

describe('the domain of a migrated machine', () => {
  for (const hardware of ['virtio', 'compatible'] as const) {
    test.each(machines)(`keeps what the machine was, with ${hardware} hardware: %s`, async (_name, read) => {
      const vm = await read();
      const { back } = domain(vm, { hardware });

      const { cpus, memoryBytes, firmware, secureBoot } = vm;
      expect(back).toMatchObject({
        name: vm.name.replaceAll('/', '-'),
        cpus,
        memoryBytes,
        firmware,
        secureBoot,
        warnings: [],
      });
      expect(back.nics.map(({ mac, connected }) => [mac, connected])).toEqual(
        vm.nics.map(({ mac, connected }) => [mac, connected]),
      );
      expect(back.disks).toHaveLength(vm.disks.length);
      const files = vm.disks.map((_, index) => `/srv/a & "b"/<${index}>.qcow2`);
      expect(back.disks.map(({ file }) => file).sort()).toEqual(files);
      expect(back.disks.every(({ format }) => format === 'qcow2')).toBe(true);
      const firstToBoot = Math.max(
        0,
        vm.disks.findIndex(({ bootIndex }) => bootIndex === 0),
      );
      expect(back.disks.find(({ bootIndex }) => bootIndex === 0)?.file).toBe(files[firstToBoot]);
    });

    test.for(machines)(`is valid for libvirt, with ${hardware} hardware: %s`, async ([name, read], { skip }) => {
      skip(
        !hasValidator,
        `virt-xml-validate (package libvirt-clients) is missing: ${name} is not held against libvirt’s schema`,
      );
      using lab = scratch();
      for (const [index, options] of [{}, { type: 'qemu', network: null } as const].entries()) {
        writeFileSync(lab.file(`${index}.xml`), domain(await read(), { hardware, ...options }).xml);
        expect(() => run('virt-xml-validate', lab.file(`${index}.xml`), 'domain')).not.toThrow();
      }
    });
  }

  test('keeps controllers and cards that QEMU has too, where compatible hardware is asked for', async () => {
    const vm = parseVmx(await fixture('esxi.vmx'), 'v');
    const { back, mapping } = domain(vm, { hardware: 'compatible' });
    expect(back.disks.map(({ id, controller: { kind, model, bus, unit } }) => [id, kind, model, bus, unit])).toEqual([
      ['sda', 'scsi', 'pvscsi', 0, 0],
      ['sdb', 'scsi', 'pvscsi', 0, 1],
      ['sdc', 'scsi', 'lsisas1068', 1, 0],
      ['sdd', 'sata', 'ahci', 0, 0],
    ]);
    expect(back.disks.map(({ bootIndex }) => bootIndex)).toEqual([1, 0, null, null]);
    expect(back.nics.map(({ model }) => model)).toEqual(['vmxnet3', 'e1000']);
    expect(mapping).toContainEqual({ what: 'Disk 4', from: 'nvme0:0 nvme', to: 'sdd on sata' });
    expect(mapping).toContainEqual({ what: 'Network card 1', from: 'vmxnet3 on VM Network', to: 'vmxnet3 on default' });
  });

  test('puts everything on virtio where that is asked for', async () => {
    const { back } = domain(parseVmx(await fixture('esxi.vmx'), 'v'));
    expect(back.disks.map(({ id, controller: { kind } }) => [id, kind])).toEqual([
      ['vda', 'virtio'],
      ['vdb', 'virtio'],
      ['vdc', 'virtio'],
      ['vdd', 'virtio'],
    ]);
    expect(back.nics.map(({ model }) => model)).toEqual(['virtio', 'virtio']);
  });

  test.each([
    ['ide', null, 'bios', 6, { ide: 4, sata: 2 }],
    ['ide', null, 'uefi', 3, { sata: 3 }],
    ['sata', 'ahci', 'bios', 14, { sata: 14 }],
    ['scsi', 'lsisas1068', 'bios', 20, { scsi: 20 }],
    ['scsi', 'buslogic', 'bios', 2, { sata: 2 }],
    ['scsi', 'pvscsi', 'uefi', 70, { scsi: 70 }],
  ] as const)('finds a place for every disk: %s %s with %s', async (kind, model, firmware, count, expected) => {
    const { xml, back } = domain(await machineWith(count, kind, model, { firmware }), { hardware: 'compatible' });

    const places = back.disks.map(({ controller }) => controller.kind);
    expect(
      Object.fromEntries(Object.keys(expected).map((bus) => [bus, places.filter((place) => place === bus).length])),
    ).toEqual(expected);
    expect(new Set(back.disks.map(({ id }) => id)).size).toBe(count);
    // A disk on a controller that is not described would end up on one of another model.
    const described = (xml.match(/<controller type='s\w+' index='[0-9]+'/g) ?? []).length;
    const needed = new Set(
      back.disks
        .filter(({ controller }) => controller.kind !== 'ide')
        .map(({ controller: { kind: on, bus } }) => `${on}${bus}`),
    );
    expect(described).toBe(needed.size);
  });

  test('gives a Windows guest a clock in local time, as Windows expects', async () => {
    expect(domain(parseOvf(await fixture('vcenter.ovf'), 'v').vm).xml).toContain("<clock offset='localtime'/>");
    expect(domain(parseOvf(await fixture('virtualbox.ovf'), 'v').vm).xml).toContain("<clock offset='utc'/>");
  });

  test('cannot be broken open by names', async () => {
    const vm = await machineWith(1, 'sata', 'ahci', { name: `../x</name><memory>1</memory>'"&` });
    const { back } = domain(vm, { network: `"/><script a="&` });
    expect(back.name).toBe(`-x<-name><memory>1<-memory>'"&`);
    expect(back.memoryBytes).toBe(vm.memoryBytes);
    expect(back.nics[0]?.network).toBe(`"/><script a="&`);
  });

  test('is refused where disks and files do not match', async () => {
    const vm = await machineWith(2, 'sata', 'ahci');
    expect(() => domainOf(vm, { type: 'kvm', hardware: 'virtio', disks: [], network: null })).toThrow(
      '2 disks need as many files',
    );
  });
});
