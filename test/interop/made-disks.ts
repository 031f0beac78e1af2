/** Disk images of every format that Guts reads, each by all the producers at hand; VMDKs are in a file of their own. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { KiB, MiB, pattern, qemuImg, run } from '../support/disks.ts';
import { DISCARDED, FREE, writeVdi } from '../support/vdi.ts';
import { writeVhd } from '../support/vhd.ts';
import { byGuts, changedCopy, convert, copied, qemu, type Producer } from './made.ts';
import { vmdkProducers } from './made-vmdk.ts';

const flat: readonly Producer[] = [
  qemu('raw', ''),
  {
    by: 'cp',
    what: 'raw without holes',
    of: 'odd',
    make: (at, raw) => {
      run('cp', '--sparse=never', raw, at('disk.img'));
      return { input: at('disk.img'), truths: [raw] };
    },
  },
  {
    by: 'mke2fs',
    what: 'raw with a file system on it',
    make: (at) => {
      run('/sbin/mke2fs', '-q', '-t', 'ext4', '-d', 'docs', at('disk.raw'), '24M');
      return { input: at('disk.raw'), truths: [copied(at('disk.raw'), at('truth.raw'))] };
    },
  },
];

const vhdOptions = { ending: 'vhd', asks: 'vhdiinfo' } as const;
const vhd: readonly Producer[] = [
  qemu('vpc', 'subformat=dynamic,force_size=on', vhdOptions),
  qemu('vpc', 'subformat=fixed,force_size=on', { ...vhdOptions, of: 'odd', driver: 'vpc' }),
  qemu('vpc', 'subformat=dynamic,force_size=on', { ...vhdOptions, of: 'wide' }),
  qemu('vpc', 'subformat=dynamic', { ending: 'vhd', isRounded: true }), // up to whole cylinders
  {
    by: 'a builder',
    what: 'vhd, dynamic, blocks of 512 KiB from the last to the first, as Hyper-V marks it',
    asks: 'vhdiinfo',
    make: (at, raw) => {
      const [blockBytes, sizeBytes] = [512 * KiB, 24 * MiB];
      writeVhd(at('disk.vhd'), {
        kind: 'dynamic',
        sizeBytes,
        blockBytes,
        blocks: blocksOf(raw, blockBytes).toReversed(),
      });
      return { input: at('disk.vhd'), truths: [raw] };
    },
  },
  {
    by: 'a builder',
    what: 'vhd, fixed, with a footer of 511 bytes',
    notForQemu: 'it does not know short footers',
    make: (at, raw) => {
      const bytes = readFileSync(raw);
      const plan = { kind: 'fixed', sizeBytes: bytes.length, footerBytes: 511, blocks: [{ block: 0, bytes }] } as const;
      writeVhd(at('disk.vhd'), plan);
      return { input: at('disk.vhd'), truths: [raw] };
    },
  },
  {
    by: 'a builder',
    what: 'vhd, differencing on dynamic',
    notForQemu: 'it does not know differencing VHDs',
    asks: 'vhdiinfo',
    make: (at, raw) => {
      writeVhd(at('base.vhd'), { kind: 'dynamic', sizeBytes: 24 * MiB, id: 1, blocks: blocksOf(raw, 2 * MiB) });
      const [block, bytes] = [6, pattern(8, 2 * MiB)];
      const isHere = (sector: number): boolean => sector % 5 > 2;
      const parent = { id: 1, name: 'base.vhd' };
      writeVhd(at('disk.vhd'), {
        kind: 'differencing',
        sizeBytes: 24 * MiB,
        blockBytes: 2 * MiB,
        id: 2,
        parent,
        blocks: [{ block, bytes, isHere }],
      });
      const changes = Array.from({ length: 4096 }, (_, sector) => sector)
        .filter(isHere)
        .map((sector) => [block * 2 * MiB + sector * 512, bytes.subarray(sector * 512, sector * 512 + 512)] as const);
      return { input: at('disk.vhd'), truths: [changedCopy(raw, at('truth.raw'), changes)] };
    },
  },
];

/** The blocks of a raw disk that hold anything. */
function blocksOf(raw: string, blockBytes: number): { block: number; bytes: Buffer }[] {
  const disk = readFileSync(raw);
  return Array.from({ length: Math.ceil(disk.length / blockBytes) }, (_, block) => ({
    block,
    bytes: disk.subarray(block * blockBytes, (block + 1) * blockBytes),
  })).filter(({ bytes }) => bytes.some((byte) => byte !== 0));
}

/** The lab's generator, by the lab's own door. */
const mkvhdx = (...args: string[]): string => run('bash', path.resolve('test/peers/hyperv/lab.sh'), 'mkvhdx', ...args);

const vhdx: readonly Producer[] = [
  ...[1, 8, 256].map((mib) => qemu('vhdx', `subformat=dynamic,block_size=${mib * MiB}`, { asks: 'vhdiinfo' })),
  qemu('vhdx', `subformat=fixed,block_size=${MiB},log_size=${4 * MiB}`, { asks: 'vhdiinfo' }),
  qemu('vhdx', `subformat=dynamic,block_state_zero=off`, { of: 'odd' }),
  qemu('vhdx', `subformat=dynamic,block_size=${MiB}`, { of: 'wide', asks: 'vhdiinfo' }),
  ...[1, 2, 32].map((mib): Producer => ({
    by: 'the Hyper-V lab',
    what: `vhdx, dynamic, blocks of ${mib} MiB in every state`,
    asks: 'vhdiinfo',
    make: (at, raw) => {
      mkvhdx('mkdyn', raw, at('disk.vhdx'), '--block', `${mib * MiB}`, '--states', 'mixed');
      return { input: at('disk.vhdx'), truths: [raw] };
    },
  })),
  {
    by: 'the Hyper-V lab',
    what: 'vhdx, sectors of 4096 bytes',
    notForQemu: 'it reads sectors of 512 bytes only',
    asks: 'vhdiinfo',
    make: (at, raw) => {
      mkvhdx('mkdyn', raw, at('disk.vhdx'), '--block', `${MiB}`, '--sector', '4096');
      return { input: at('disk.vhdx'), truths: [raw] };
    },
  },
  {
    by: 'the Hyper-V lab',
    what: 'vhdx, its block table in the log only',
    notForQemu: 'it replays a log only into a file that it may write',
    make: (at, raw) => {
      mkvhdx('mkdyn', raw, at('clean.vhdx'));
      mkvhdx('dirty', at('clean.vhdx'), at('disk.vhdx'));
      return { input: at('disk.vhdx'), truths: [raw] };
    },
  },
  {
    by: 'the Hyper-V lab',
    what: 'vhdx, a checkpoint on a checkpoint on a base',
    notForQemu: 'it does not know differencing VHDXs',
    make: (at, raw) => {
      mkvhdx('mkdyn', raw, at('base.vhdx'));
      mkvhdx('mkdiff', at('base.vhdx'), at('one.avhdx'), '0:4096:5', '1572864:71680:6');
      mkvhdx('mkdiff', at('one.avhdx'), at('two.avhdx'), '--block', `${MiB}`, '2048:512:7', '20971520:1048576:8');
      mkvhdx('toraw', at('two.avhdx'), at('truth.raw'));
      return { input: at('two.avhdx'), truths: [at('truth.raw')] };
    },
  },
];

const qcow2: readonly Producer[] = [
  qemu('qcow2', 'compat=0.10'),
  qemu('qcow2', 'compat=1.1', { of: 'odd' }),
  qemu('qcow2', 'cluster_size=512', { of: 'odd' }),
  qemu('qcow2', 'cluster_size=2M', { of: 'wide' }),
  qemu('qcow2', 'preallocation=metadata,lazy_refcounts=on,refcount_bits=1'),
  qemu('qcow2', 'extended_l2=on,cluster_size=128k', { of: 'wide' }),
  compressed('compat=0.10', {}),
  compressed('compression_type=zlib,cluster_size=16k', { of: 'odd' }),
  compressed('compression_type=zstd', { isZstd: true }),
  compressed('compression_type=zstd,cluster_size=2M', { of: 'odd', isZstd: true }),
  {
    by: 'qemu-img',
    what: 'qcow2, a chain of three: divided clusters on version 2 on raw',
    make: (at, raw) => {
      run('cp', '--sparse=always', raw, at('base.raw'));
      const create = (name: string, on: string, format: string, options: string): string =>
        qemuImg('create', '-q', '-f', 'qcow2', '-o', options, '-b', on, '-F', format, at(name));
      create('middle.qcow2', 'base.raw', 'raw', 'compat=0.10,cluster_size=4k');
      run('qemu-io', '-f', 'qcow2', '-c', 'write -P 7 100k 80k', '-c', 'write -z 4M 64k', at('middle.qcow2'));
      create('disk.qcow2', 'middle.qcow2', 'qcow2', 'extended_l2=on,cluster_size=32k');
      run('qemu-io', '-f', 'qcow2', '-c', 'write -P 9 13M 4k', '-c', 'write -z 12M 20k', at('disk.qcow2'));
      const changes = [
        [100 * KiB, Buffer.alloc(80 * KiB, 7)],
        [4 * MiB, Buffer.alloc(64 * KiB)],
        [13 * MiB, Buffer.alloc(4 * KiB, 9)],
        [12 * MiB, Buffer.alloc(20 * KiB)],
      ] as const;
      return { input: at('disk.qcow2'), truths: [changedCopy(raw, at('truth.raw'), changes)] };
    },
  },
  byGuts('qcow2', { of: 'wide' }, '--to', 'qcow2'),
  byGuts('qcow2', { of: 'odd' }, '--to', 'qcow2', '--compress'),
];

function compressed(options: string, more: Partial<Producer>): Producer {
  return {
    by: 'qemu-img',
    what: `qcow2, compressed, ${options}`,
    make: (at, raw) => {
      convert(raw, at('disk.qcow2'), 'qcow2', '-c', '-o', options);
      return { input: at('disk.qcow2'), truths: [raw] };
    },
    ...more,
  };
}

const vdi: readonly Producer[] = [
  qemu('vdi', '', { of: 'wide' }),
  qemu('vdi', 'static=on'),
  {
    by: 'a builder',
    what: 'vdi as VirtualBox grows it: blocks as they were first written, some discarded',
    make: (at, raw) => {
      const used = new Map(blocksOf(raw, MiB).map(({ block, bytes }) => [block, bytes]));
      const blocks = Array.from({ length: 24 }, (_, block) => used.get(block) ?? (block % 2 === 0 ? FREE : DISCARDED));
      writeVdi(at('disk.vdi'), { sizeBytes: 24 * MiB, blockBytes: MiB, blocks, order: [...used.keys()].toReversed() });
      return { input: at('disk.vdi'), truths: [raw] };
    },
  },
];

export const diskProducers: readonly Producer[] = [...flat, ...vmdkProducers, ...vhd, ...vhdx, ...qcow2, ...vdi];
