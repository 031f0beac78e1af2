/** A libvirt domain becomes the same plain facts as an OVF description. */
import { describe, expect, test } from 'vitest';
import { parseLibvirt } from '../../worker/containers/libvirt.ts';
import { GiB, MiB } from '../support/disks.ts';
import { fixture } from './packing.ts';

const domain = (devices: string, memory = "<memory unit='MiB'>64</memory>"): Buffer =>
  Buffer.from(
    `<domain type='kvm'><name>d</name>${memory}<os><type>hvm</type></os><devices>${devices}</devices></domain>`,
  );
const disk = (rest: string): string => `<disk type='file' device='disk'><source file='/a.img'/>${rest}</disk>`;

describe('the facts of a libvirt domain', () => {
  test('are right for a machine with UEFI, two buses and a boot order', async () => {
    expect(parseLibvirt(await fixture('kvm.xml'), 'files.xml')).toEqual({
      name: 'files',
      cpus: 2,
      memoryBytes: 2 * GiB,
      firmware: 'uefi',
      secureBoot: true,
      guestOsId: 'http://debian.org/debian/12',
      guestOsName: 'debian 12',
      disks: [
        {
          id: 'sda',
          file: '/var/lib/libvirt/images/data.img',
          format: 'raw',
          virtualSizeBytes: null,
          controller: { kind: 'scsi', model: 'virtio-scsi', bus: 0, unit: 4 },
          bootIndex: 1,
        },
        {
          id: 'vda',
          file: '/var/lib/libvirt/images/files.qcow2',
          format: 'qcow2',
          virtualSizeBytes: null,
          controller: { kind: 'virtio', model: 'virtio', bus: 0, unit: 0 },
          bootIndex: 0,
        },
      ],
      nics: [
        { mac: '52:54:00:12:34:56', network: 'br0', model: 'virtio', connected: true },
        { mac: '52:54:00:12:34:57', network: 'default', model: 'e1000e', connected: false },
      ],
      source: 'libvirt',
      warnings: [],
    });
  });

  test('place disks by their names where no address is given', () => {
    const places = (...targets: string[]) =>
      parseLibvirt(domain(targets.map((target) => disk(`<target dev='${target}'/>`)).join('')), 'd').disks.map(
        ({ id, controller: { kind, bus, unit } }) => [id, kind, bus, unit],
      );
    expect(places('hdc', 'hdb', 'vdaa', 'sdb')).toEqual([
      ['hdb', 'ide', 0, 1],
      ['hdc', 'ide', 1, 0],
      ['sdb', 'scsi', 0, 1],
      ['vdaa', 'virtio', 0, 26],
    ]);
  });

  test('take a disk without a declared format for raw, for its guest may have written anything into it', () => {
    expect(parseLibvirt(domain(disk("<target dev='vda'/>")), 'd').disks[0]?.format).toBe('raw');
    expect(parseLibvirt(domain(disk("<driver type='vpc'/><target dev='vda'/>")), 'd').disks[0]?.format).toBe('vhd');
  });

  test('count memory in libvirt’s units', () => {
    const memory = (xml: string): number => parseLibvirt(domain('', xml), 'd').memoryBytes;
    expect(memory('<memory>1024</memory>')).toBe(MiB);
    expect(memory("<memory unit='b'>4096</memory>")).toBe(4096);
    expect(memory("<memory unit='MB'>3</memory>")).toBe(3e6);
    expect(memory("<memory unit='G'>3</memory>")).toBe(3 * GiB);
    expect(() => memory("<memory unit='constructor'>3</memory>")).toThrow(
      expect.objectContaining({ code: 'container.damaged' }),
    );
  });

  test.each([
    [
      'a block device',
      "<disk type='block' device='disk'><source dev='/dev/sda'/><target dev='vda'/></disk>",
      'container.unsupported',
    ],
    [
      'a disk on a server',
      "<disk type='network' device='disk'><source protocol='rbd' name='a/b'/><target dev='vda'/></disk>",
      'container.unsupported',
    ],
    ['a passed-through disk', "<disk type='block' device='lun'><target dev='sda'/></disk>", 'container.unsupported'],
    ['an unknown bus', disk("<target dev='xvda' bus='xen'/>"), 'container.unsupported'],
    ['an unknown format', disk("<driver type='toString'/><target dev='vda'/>"), 'container.unsupported'],
    ['an encrypted disk', disk("<target dev='vda'/><encryption format='luks'/>"), 'container.unsupported'],
    ['a disk without a file', "<disk type='file'><target dev='vda'/></disk>", 'container.damaged'],
    ['two disks of one name', disk("<target dev='vda'/>") + disk("<target dev='vda'/>"), 'container.damaged'],
    ['a place beyond measure', disk("<target dev='sda'/><address type='drive' unit='9999999'/>"), 'container.limit'],
  ])('are refused for %s', (_what, devices, code) => {
    expect(() => parseLibvirt(domain(devices), 'd')).toThrow(expect.objectContaining({ code }));
  });
});
