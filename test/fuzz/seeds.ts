/** The sound images that the fuzzer damages: small, and one of every format, variant and producer. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { packedOva } from '../support/ova.ts';
import { makeRaw, pattern, qemuImg, run, KiB, MiB } from '../support/disks.ts';
import { writeVdi, DISCARDED, FREE } from '../support/vdi.ts';
import { writeVhd } from '../support/vhd.ts';
import { vhdxtool } from '../support/vhdx.ts';
import type { Subject } from './messages.ts';
import { writeCowd, writeDescriptor, writeSesparse } from '../support/vmdk.ts';

export interface Seed {
  readonly name: string;
  readonly format: Subject;
  /** What is opened, and the other files it stands on; the fuzzer damages each of them. */
  readonly file: string;
  readonly others: readonly string[];
}

interface Plan {
  readonly name: string;
  readonly format: Subject;
  /** Makes the image in its own folder from a raw disk; gives the names of its files, the one to open first. */
  make(
    at: (name: string) => string,
    raw: string,
  ): Promise<readonly [string, ...string[]]> | readonly [string, ...string[]];
}

const SIZE_BYTES = 4 * MiB;

const converted = (name: string, format: Subject, ...flags: string[]): Plan => ({
  name,
  format,
  make: (at, raw) => {
    qemuImg('convert', '-f', 'raw', ...flags, raw, at('disk'));
    return ['disk'];
  },
});
const qemuIo = (file: string, ...commands: string[]): string =>
  run('qemu-io', '-f', 'qcow2', ...commands.flatMap((command) => ['-c', command]), file);
const backed = (file: string, backing: string, format: string, ...flags: string[]): void => {
  qemuImg('create', '-f', 'qcow2', ...flags, '-b', backing, '-F', format, file);
  qemuIo(file, 'write -P 7 100k 80k', 'write -z 200k 64k', 'write -P 9 3M 4k');
};

const plans: readonly Plan[] = [
  {
    name: 'raw',
    format: 'raw',
    make: (at, raw) => {
      run('cp', '--sparse=always', raw, at('disk.raw'));
      return ['disk.raw'];
    },
  },
  converted('qcow2-v3', 'qcow2', '-O', 'qcow2'),
  converted('qcow2-v2', 'qcow2', '-O', 'qcow2', '-o', 'compat=0.10'),
  converted('qcow2-512', 'qcow2', '-O', 'qcow2', '-o', 'cluster_size=512'),
  converted('qcow2-metadata', 'qcow2', '-O', 'qcow2', '-o', 'preallocation=metadata'),
  converted('qcow2-zlib', 'qcow2', '-c', '-O', 'qcow2', '-o', 'cluster_size=16k'),
  converted('qcow2-zstd', 'qcow2', '-c', '-O', 'qcow2', '-o', 'compression_type=zstd'),
  {
    name: 'qcow2-divided-on-raw',
    format: 'qcow2',
    make: (at, raw) => {
      run('cp', '--sparse=always', raw, at('base.raw'));
      backed(at('disk'), 'base.raw', 'raw', '-o', 'extended_l2=on,cluster_size=32k');
      return ['disk', 'base.raw'];
    },
  },
  {
    name: 'qcow2-on-qcow2',
    format: 'qcow2',
    make: (at, raw) => {
      qemuImg('convert', '-f', 'raw', '-O', 'qcow2', raw, at('base.qcow2'));
      backed(at('disk'), 'base.qcow2', 'qcow2', '-o', 'cluster_size=4k');
      return ['disk', 'base.qcow2'];
    },
  },
  converted('vdi-dynamic', 'vdi', '-O', 'vdi'),
  converted('vdi-fixed', 'vdi', '-O', 'vdi', '-o', 'static=on'),
  {
    name: 'vdi-grown',
    format: 'vdi',
    make: (at) => {
      const blocks = [pattern(1, MiB), FREE, pattern(2, MiB), DISCARDED, pattern(3, MiB)];
      writeVdi(at('disk'), { sizeBytes: 5 * MiB - 512, blockBytes: MiB, blocks, order: [4, 0, 2] });
      return ['disk'];
    },
  },
  converted('vhd-dynamic', 'vhd', '-O', 'vpc', '-o', 'force_size=on'),
  converted('vhd-fixed', 'vhd', '-O', 'vpc', '-o', 'subformat=fixed,force_size=on'),
  {
    name: 'vhd-differencing',
    format: 'vhd',
    make: (at) => {
      const [block, kind] = [512 * KiB, 'differencing'] as const;
      const disk = { sizeBytes: SIZE_BYTES - 512, blockBytes: block };
      const base = [0, 5].map((number) => ({ block: number, bytes: pattern(number, block) }));
      const child = [
        { block: 5, bytes: pattern(8, block), isHere: (sector: number) => sector % 5 > 2 },
        { block: 2, bytes: pattern(9, block) },
      ];
      writeVhd(at('base.vhd'), { ...disk, kind: 'dynamic', id: 1, blocks: base });
      writeVhd(at('disk.vhd'), { ...disk, kind, id: 2, parent: { id: 1, name: 'base.vhd' }, blocks: child });
      return ['disk.vhd', 'base.vhd'];
    },
  },
  converted('vhdx-dynamic', 'vhdx', '-O', 'vhdx', '-o', 'block_size=1M'),
  converted('vhdx-fixed', 'vhdx', '-O', 'vhdx', '-o', 'subformat=fixed,block_size=1M'),
  {
    name: 'vhdx-4k',
    format: 'vhdx',
    make: (at, raw) => {
      vhdxtool('mkdyn', raw, at('disk'), '--block', `${MiB}`, '--sector', '4096', '--states', 'mixed');
      return ['disk'];
    },
  },
  {
    name: 'vhdx-differencing',
    format: 'vhdx',
    make: (at, raw) => {
      vhdxtool('mkdyn', raw, at('base.vhdx'), '--block', `${MiB}`);
      vhdxtool('mkdiff', at('base.vhdx'), at('disk.vhdx'), '--block', `${MiB}`, '0:4096:5', '1572864:71680:6');
      return ['disk.vhdx', 'base.vhdx'];
    },
  },
  {
    name: 'vhdx-dirty',
    format: 'vhdx',
    make: (at, raw) => {
      vhdxtool('mkdyn', raw, at('clean.vhdx'), '--block', `${MiB}`);
      vhdxtool('dirty', at('clean.vhdx'), at('disk'));
      return ['disk'];
    },
  },
  converted('vmdk-sparse', 'vmdk', '-O', 'vmdk'),
  converted('vmdk-stream', 'vmdk', '-O', 'vmdk', '-o', 'subformat=streamOptimized'),
  {
    name: 'vmdk-stream-python',
    format: 'vmdk',
    make: (at, raw) => {
      const code = 'import sys, VMDKstream; VMDKstream.convert_to_stream(sys.argv[1], sys.argv[2])';
      run('/usr/bin/python3', '-c', code, raw, at('disk'));
      return ['disk'];
    },
  },
  {
    name: 'vmdk-flat',
    format: 'vmdk',
    make: (at, raw) => {
      qemuImg('convert', '-f', 'raw', '-O', 'vmdk', '-o', 'subformat=monolithicFlat', raw, at('disk.vmdk'));
      return ['disk.vmdk', 'disk-flat.vmdk'];
    },
  },
  {
    name: 'vmdk-split-sparse',
    format: 'vmdk',
    make: (at, raw) => {
      qemuImg('convert', '-f', 'raw', '-O', 'vmdk', '-o', 'subformat=twoGbMaxExtentSparse', raw, at('disk.vmdk'));
      return ['disk.vmdk', 'disk-s001.vmdk'];
    },
  },
  {
    name: 'vmdk-delta',
    format: 'vmdk',
    make: (at, raw) => {
      qemuImg('convert', '-f', 'raw', '-O', 'vmdk', raw, at('base.vmdk'));
      qemuImg('create', '-f', 'vmdk', '-b', at('base.vmdk'), '-F', 'vmdk', at('disk.vmdk'));
      run('qemu-io', '-f', 'vmdk', '-c', 'write -P 3 64k 200k', at('disk.vmdk'));
      return ['disk.vmdk', 'base.vmdk'];
    },
  },
  {
    name: 'vmdk-cowd',
    format: 'vmdk',
    make: (at, raw) => {
      const parent = onFlat(at, raw);
      const grains = [3, 0, 40].map((number) => [number, pattern(number, 512)] as const);
      writeCowd(at('disk-delta.vmdk'), { capacitySectors: SIZE_BYTES / 512, grainSectors: 1, grains });
      const extents = [`RW ${SIZE_BYTES / 512} VMFSSPARSE "disk-delta.vmdk"`];
      writeDescriptor(at('disk.vmdk'), { createType: 'vmfsSparse', parentCid: parent, parent: 'base.vmdk', extents });
      return ['disk.vmdk', 'disk-delta.vmdk', 'base.vmdk'];
    },
  },
  {
    name: 'vmdk-sesparse',
    format: 'vmdk',
    make: (at, raw) => {
      const parent = onFlat(at, raw);
      const bytes = pattern(5, 4 * KiB);
      const grains = [
        { number: 3, holds: { bytes, place: 1 } },
        { number: 4, holds: { bytes: pattern(6, 4 * KiB), place: 0 } },
        { number: 9, holds: 'zero' as const },
        { number: 12, holds: 'unmapped' as const },
      ];
      writeSesparse(at('disk-sesparse.vmdk'), { capacitySectors: SIZE_BYTES / 512, grains });
      const extents = [`RW ${SIZE_BYTES / 512} SESPARSE "disk-sesparse.vmdk"`];
      writeDescriptor(at('disk.vmdk'), { createType: 'seSparse', parentCid: parent, parent: 'base.vmdk', extents });
      return ['disk.vmdk', 'disk-sesparse.vmdk', 'base.vmdk'];
    },
  },
  {
    name: 'ova',
    format: 'container',
    make: async (at) => {
      const writes = [{ offset: 0, length: 90 * KiB }];
      await packedOva(at('vm.ova'), [
        { sizeBytes: MiB, writes },
        { sizeBytes: 2 * MiB, writes },
      ]);
      return ['vm.ova'];
    },
  },
  {
    name: 'ovf',
    format: 'container',
    make: async (at) => {
      await packedOva(at('vm.ova'), [{ sizeBytes: MiB, writes: [{ offset: 4 * KiB, length: 40 * KiB }] }]);
      run('tar', '-C', at(''), '-xf', at('vm.ova'));
      return ['vm.ovf', 'vm.mf', 'vm-disk1.vmdk'];
    },
  },
  {
    name: 'vmx',
    format: 'container',
    make: (at, raw) => {
      qemuImg('convert', '-f', 'raw', '-O', 'vmdk', raw, at('disk.vmdk'));
      const lines = ['displayName = "files"', 'memSize = "1024"', 'numvcpus = "2"', 'guestOS = "debian12-64"'];
      const disk = ['scsi0.present = "TRUE"', 'scsi0:0.present = "TRUE"', 'scsi0:0.fileName = "disk.vmdk"'];
      const start = ['.encoding = "UTF-8"', 'config.version = "8"', 'virtualHW.version = "19"'];
      writeFileSync(at('vm.vmx'), `${[...start, ...lines, ...disk].join('\n')}\n`);
      return ['vm.vmx', 'disk.vmdk'];
    },
  },
  {
    name: 'libvirt',
    format: 'container',
    make: (at, raw) => {
      qemuImg('convert', '-f', 'raw', '-O', 'qcow2', raw, at('disk.qcow2'));
      const disk = `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='disk.qcow2'/><target dev='vda' bus='virtio'/></disk>`;
      const more = `<memory unit='GiB'>1</memory><vcpu>2</vcpu><os><type arch='x86_64'>hvm</type></os>`;
      writeFileSync(at('vm.xml'), `<domain type='kvm'><name>files</name>${more}<devices>${disk}</devices></domain>\n`);
      return ['vm.xml', 'disk.qcow2'];
    },
  },
];

/** A flat parent under the name `base.vmdk`; gives its content ID. */
function onFlat(at: (name: string) => string, raw: string): string {
  qemuImg('convert', '-f', 'raw', '-O', 'vmdk', '-o', 'subformat=monolithicFlat', raw, at('base.vmdk'));
  return /^CID=(\w+)/m.exec(readFileSync(at('base.vmdk'), 'latin1'))?.[1] ?? '';
}

/** Makes every seed whose name contains `only` below `folder`, each in a folder of its own. */
export async function makeSeeds(folder: string, only: string): Promise<Seed[]> {
  const raw = path.join(folder, 'source.raw');
  await makeRaw(raw, SIZE_BYTES, [
    { offset: 0, length: 40 * KiB },
    { offset: 150 * KiB, length: 70 * KiB },
    { offset: 2 * MiB + 512, length: 100 * KiB },
    { offset: SIZE_BYTES - 4 * KiB, length: 4 * KiB },
  ]);
  const seeds: Seed[] = [];
  for (const { name, format, make } of plans) {
    if (!name.includes(only)) continue;
    const at = (file: string): string => path.join(folder, name, file);
    mkdirSync(path.join(folder, name));
    const [file, ...others] = await make(at, raw);
    seeds.push({ name, format, file: at(file), others: others.map(at) });
  }
  return seeds;
}
