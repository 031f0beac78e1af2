/** Whole machines: packages and descriptions of VMware, VirtualBox and libvirt with the disks that they name. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { GiB, KiB, makeRaw, MiB, run } from '../support/disks.ts';
import { packedOva } from '../support/ova.ts';
import { writeDescriptor } from '../support/vmdk.ts';
import { convert, copied, vmdkstream, type At, type Producer } from './made.ts';

const fixture = (name: string): string => readFileSync(path.resolve('test/fixtures/containers', name), 'utf8');

/** A second disk, smaller than the first. */
async function secondRaw(at: At): Promise<string> {
  await makeRaw(at('second.raw'), 9 * MiB, [{ offset: 9 * MiB - 70 * KiB, length: 70 * KiB }]);
  return at('second.raw');
}

/** Fills in what a fixture cannot know: `words` holds pairs of old and new. */
function withWords(text: string, words: readonly (readonly [string, string])[]): string {
  for (const [old, word] of words) {
    if (!text.includes(old)) throw new Error(`the fixture does not say ${old}`);
    text = text.replace(old, word);
  }
  return text;
}

const manifestOf = (algorithm: 'sha1' | 'sha512', at: At, files: readonly string[]): string =>
  files
    .map((name) => {
      const hex = createHash(algorithm)
        .update(readFileSync(at(name)))
        .digest('hex');
      return `${algorithm.toUpperCase()} (${name}) = ${hex}\n`;
    })
    .join('');

/** The package of VirtualBox's fixture with VMDKstream's disks, as a folder. */
async function virtualBoxPackage(at: At, raw: string): Promise<string> {
  mkdirSync(at('pack'));
  const names = ['web 1.ovf', 'web 1-disk001.vmdk', 'web 1-disk002.vmdk'] as const;
  const inPack: At = (name) => at(`pack/${name}`);
  const second = await secondRaw(at);
  const sizes = [
    ['"10737418240"', `"${24 * MiB}"`],
    ['"2147483648"', `"${9 * MiB}"`],
  ] as const;
  writeFileSync(inPack(names[0]), withWords(fixture('virtualbox.ovf'), sizes));
  vmdkstream(raw, inPack(names[1]));
  vmdkstream(second, inPack(names[2]));
  writeFileSync(inPack('web 1.mf'), manifestOf('sha1', inPack, names));
  return second;
}

const machines: readonly Producer[] = [
  {
    by: 'Guts’ tar writer and qemu-img',
    what: 'OVA with a SHA-256 manifest before its disks',
    make: async (at) => {
      const disks = [
        { sizeBytes: 16 * MiB, writes: [{ offset: 0, length: 3 * MiB }] },
        { sizeBytes: 8 * MiB, writes: [{ offset: 8 * MiB - 512, length: 512 }] },
      ];
      await packedOva(at('vm.ova'), disks, { keepRaw: true });
      return { input: at('vm.ova'), truths: [at('vm.ova.disk1.raw'), at('vm.ova.disk2.raw')] };
    },
  },
  {
    by: 'GNU tar and VMDKstream',
    what: 'OVA of VirtualBox’s shape, its SHA-1 manifest at the end',
    make: async (at, raw) => {
      const second = await virtualBoxPackage(at, raw);
      const members = ['web 1.ovf', 'web 1-disk001.vmdk', 'web 1-disk002.vmdk', 'web 1.mf'];
      run('tar', '--format=ustar', '-C', at('pack'), '-cf', at('web 1.ova'), ...members);
      return { input: at('web 1.ova'), truths: [second, raw] }; // the second disk is on the first controller
    },
  },
  {
    by: 'VMDKstream',
    what: 'OVF folder of VirtualBox’s shape',
    make: async (at, raw) => {
      const second = await virtualBoxPackage(at, raw);
      return { input: at('pack/web 1.ovf'), truths: [second, raw] };
    },
  },
  {
    by: 'qemu-img',
    what: 'OVF folder of vCenter’s shape, with a SHA-512 manifest, an ISO and a blank disk',
    make: async (at, raw) => {
      const second = await secondRaw(at);
      for (const [n, disk] of [raw, second].entries())
        convert(disk, at(`erp-${n + 1}.vmdk`), 'vmdk', '-o', 'subformat=streamOptimized');
      writeFileSync(at('erp-3.iso'), Buffer.alloc(64 * KiB, 'CD'));
      const words = [
        ['ovf:capacity="40" ovf:capacityAllocationUnits="byte * 2^30"', `ovf:capacity="${24 * MiB}"`],
        ['ovf:capacity="102400"', 'ovf:capacity="9"'],
        ['ovf:size="1048576"', `ovf:size="${readFileSync(at('erp-1.vmdk')).length}"`],
        ['ovf:size="524288"', `ovf:size="${readFileSync(at('erp-2.vmdk')).length}"`],
      ] as const;
      writeFileSync(at('erp.ovf'), withWords(fixture('vcenter.ovf'), words));
      writeFileSync(at('erp.mf'), manifestOf('sha512', at, ['erp.ovf', 'erp-1.vmdk', 'erp-2.vmdk', 'erp-3.iso']));
      await makeRaw(at('blank.raw'), 15 * GiB, []);
      return { input: at('erp.ovf'), truths: [raw, second, at('blank.raw')] };
    },
  },
  {
    by: 'qemu-img',
    what: 'VMX folder of Workstation’s shape',
    make: (at, raw) => {
      convert(raw, at('old box.vmdk'), 'vmdk', '-o', 'subformat=twoGbMaxExtentSparse');
      writeFileSync(at('old box.vmx'), fixture('workstation.vmx'));
      return { input: at('old box.vmx'), truths: [raw] };
    },
  },
  {
    by: 'a builder',
    what: 'VMX folder of ESXi’s shape',
    make: async (at, raw) => {
      const second = await secondRaw(at);
      for (const [name, disk, sizeBytes] of [
        ['db', raw, 24 * MiB],
        ['db_1', second, 9 * MiB],
      ] as const) {
        copied(disk, at(`${name}-flat.vmdk`));
        writeDescriptor(at(`${name}.vmdk`), {
          createType: 'vmfs',
          extents: [`RW ${sizeBytes / 512} VMFS "${name}-flat.vmdk"`],
        });
      }
      const disk = (unit: number, file: string): string =>
        `scsi0:${unit}.present = "TRUE"\nscsi0:${unit}.deviceType = "scsi-hardDisk"\nscsi0:${unit}.fileName = "${file}"\n`;
      const head =
        '.encoding = "UTF-8"\nconfig.version = "8"\nvirtualHW.version = "19"\ndisplayName = "db"\nmemSize = "2048"\n';
      const bus = 'scsi0.present = "TRUE"\nscsi0.virtualDev = "pvscsi"\n';
      writeFileSync(at('db.vmx'), `${head}${bus}${disk(1, 'db_1.vmdk')}${disk(0, 'db.vmdk')}`);
      return { input: at('db.vmx'), truths: [raw, second] };
    },
  },
  {
    by: 'qemu-img',
    what: 'libvirt domain',
    make: async (at, raw) => {
      const second = await secondRaw(at);
      convert(raw, at('files.qcow2'), 'qcow2');
      copied(second, at('data.img'));
      writeFileSync(at('files.xml'), fixture('kvm.xml'));
      return { input: at('files.xml'), truths: [second, raw] };
    },
  },
];

/** No reader of another program takes a machine and gives its disks; the raw disks must do. */
export const machineProducers: readonly Producer[] = machines.map((machine) => ({
  ...machine,
  notForQemu: 'it does not open machines',
}));
