/** VMDKs of every kind: as qemu-img, VMDKstream and Guts write them, and as ESXi lays out datastores. */
import { readFileSync, writeFileSync } from 'node:fs';
import { KiB, MiB, pattern, qemuImg, run } from '../support/disks.ts';
import { streamOf, writeCowd, writeDescriptor, writeSesparse } from '../support/vmdk.ts';
import { byGuts, changedCopy, convert, copied, qemu, vmdkstream, type At, type Producer } from './made.ts';

const vmdkKinds = [
  'monolithicSparse',
  'monolithicFlat',
  'twoGbMaxExtentSparse',
  'twoGbMaxExtentFlat',
  'streamOptimized',
];
const asks = 'vmdkinfo';
export const vmdkProducers: readonly Producer[] = [
  ...vmdkKinds.map((kind) => qemu('vmdk', `subformat=${kind}`, { of: 'odd' })),
  ...vmdkKinds.map((kind) => qemu('vmdk', `subformat=${kind}`, { of: 'wide', asks })),
  qemu('vmdk', 'compat6=on,adapter_type=lsilogic', { asks }),
  qemu('vmdk', 'zeroed_grain=on', { asks }),
  {
    by: 'qemu-img',
    what: 'vmdk, a delta on a base',
    make: (at, raw) => {
      convert(raw, at('base.vmdk'), 'vmdk');
      qemuImg('create', '-q', '-f', 'vmdk', '-b', at('base.vmdk'), '-F', 'vmdk', at('disk.vmdk'));
      run('qemu-io', '-f', 'vmdk', '-c', 'write -P 3 64k 200k', at('disk.vmdk'));
      const change = [64 * KiB, Buffer.alloc(200 * KiB, 3)] as const;
      return { input: at('disk.vmdk'), truths: [changedCopy(raw, at('truth.raw'), [change])] };
    },
  },
  ...(['plain', 'odd'] as const).map((of): Producer => ({
    by: 'VMDKstream', // whose descriptor libvmdk does not take for one
    what: 'vmdk, a stream',
    of,
    make: (at, raw) => {
      vmdkstream(raw, at('disk.vmdk'));
      return { input: at('disk.vmdk'), truths: [raw] };
    },
  })),
  ...(['odd', 'wide'] as const).map((of): Producer => byGuts('vmdk', { of, asks }, '--to', 'vmdk')),
  {
    by: 'a builder',
    what: 'vmdk, a stream without a descriptor, its grains in no order',
    notForQemu: 'it wants a descriptor',
    make: (at, raw) => {
      const bytes = readFileSync(raw);
      const grains = [200, 48, 0, 49, 383, 63].map(
        (grain) => [grain, bytes.subarray(grain * 64 * KiB, (grain + 1) * 64 * KiB)] as const,
      );
      writeFileSync(at('disk.vmdk'), streamOf(bytes.length, grains));
      const truth = Buffer.alloc(bytes.length);
      for (const [grain, content] of grains) content.copy(truth, grain * 64 * KiB);
      writeFileSync(at('truth.raw'), truth);
      return { input: at('disk.vmdk'), truths: [at('truth.raw')] };
    },
  },
  {
    by: 'a builder',
    what: 'vmdk on a datastore: flat, with a stretch of zeros',
    notForQemu: 'it does not know extents of zeros',
    make: (at, raw) => {
      const sectors = (24 * MiB) / 512;
      copied(raw, at('vm-flat.vmdk'));
      const extents = [`RW ${sectors} VMFS "vm-flat.vmdk"`, 'RW 4096 ZERO'];
      writeDescriptor(at('vm.vmdk'), { createType: 'vmfs', extents });
      run('cp', '--sparse=always', raw, at('truth.raw'));
      run('truncate', '-s', `${26 * MiB}`, at('truth.raw'));
      return { input: at('vm.vmdk'), truths: [at('truth.raw')] };
    },
  },
  {
    by: 'a builder',
    what: 'vmdk, a COWD redo log on a datastore',
    make: (at, raw) => {
      const grains = [3, 40_000, 0].map((number) => [number, pattern(number, 512)] as const);
      writeCowd(at('vm-000001-delta.vmdk'), { capacitySectors: (24 * MiB) / 512, grainSectors: 1, grains });
      const input = onDatastore(at, raw, 'vmfsSparse', 'VMFSSPARSE', 'vm-000001-delta.vmdk');
      const changes = grains.map(([number, bytes]) => [number * 512, bytes] as const);
      return { input, truths: [changedCopy(raw, at('truth.raw'), changes)] };
    },
  },
  {
    by: 'a builder',
    what: 'vmdk, an SESparse delta on a datastore',
    make: (at, raw) => {
      const grains = [
        { number: 5000, holds: { bytes: pattern(5, 4 * KiB), place: 1 } },
        { number: 4, holds: { bytes: pattern(6, 4 * KiB), place: 0 } },
        { number: 0, holds: 'zero' as const },
        { number: 800, holds: 'unmapped' as const },
      ];
      writeSesparse(at('vm-000001-sesparse.vmdk'), { capacitySectors: (24 * MiB) / 512, grains });
      const input = onDatastore(at, raw, 'seSparse', 'SESPARSE', 'vm-000001-sesparse.vmdk');
      const changes = grains.map(
        ({ number, holds }) =>
          [number * 4 * KiB, typeof holds === 'string' ? Buffer.alloc(4 * KiB) : holds.bytes] as const,
      );
      return { input, truths: [changedCopy(raw, at('truth.raw'), changes)] };
    },
  },
];

/** A delta's descriptor over a flat base, as ESXi leaves them on a datastore; gives the descriptor's name. */
function onDatastore(at: At, raw: string, createType: string, kind: string, delta: string): string {
  const sectors = (24 * MiB) / 512;
  copied(raw, at('vm-flat.vmdk'));
  writeDescriptor(at('vm.vmdk'), {
    createType: 'vmfs',
    cid: '11111111',
    extents: [`RW ${sectors} VMFS "vm-flat.vmdk"`],
  });
  const [parentCid, parent] = ['11111111', 'vm.vmdk'];
  writeDescriptor(at('vm-000001.vmdk'), {
    createType,
    parentCid,
    parent,
    extents: [`RW ${sectors} ${kind} "${delta}"`],
  });
  return at('vm-000001.vmdk');
}
