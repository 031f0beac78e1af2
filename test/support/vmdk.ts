/** Makers of VMDK files that no tool at hand writes: COWD and SESparse deltas, descriptors, streams in any order. */
import { closeSync, openSync, ftruncateSync, writeFileSync, writeSync } from 'node:fs';
import { deflateSync } from 'node:zlib';

const SECTOR = 512;

export interface DescriptorWish {
  readonly createType: string;
  readonly cid?: string;
  readonly parentCid?: string;
  readonly parent?: string;
  readonly extents: readonly string[];
  readonly more?: readonly string[];
}

export function descriptorText({
  createType,
  cid = '0badc0de',
  parentCid = 'ffffffff',
  parent,
  extents,
  more = [],
}: DescriptorWish): string {
  const lines = [
    '# Disk DescriptorFile',
    'version=1',
    `CID=${cid}`,
    `parentCID=${parentCid}`,
    `createType="${createType}"`,
  ];
  if (parent !== undefined) lines.push(`parentFileNameHint="${parent}"`);
  return [...lines, '', '# Extent description', ...extents, '', '# The Disk Data Base', '#DDB', '', ...more, ''].join(
    '\n',
  );
}

export function writeDescriptor(file: string, wish: DescriptorWish): void {
  writeFileSync(file, descriptorText(wish));
}

/** Writes pieces at positions of a fresh file of `sizeBytes`, which stays sparse in between. */
function writePieces(file: string, sizeBytes: number, pieces: readonly (readonly [number, Uint8Array])[]): void {
  const handle = openSync(file, 'w');
  try {
    ftruncateSync(handle, sizeBytes);
    for (const [position, bytes] of pieces) writeSync(handle, bytes, 0, bytes.byteLength, position);
  } finally {
    closeSync(handle);
  }
}

export interface CowdWish {
  readonly capacitySectors: number;
  readonly grainSectors: number;
  /** Grain numbers with their bytes, stored in this order. */
  readonly grains: readonly (readonly [number, Uint8Array])[];
  readonly isUnclean?: boolean;
}

/** An ESX redo log: header of four sectors, directory, then tables and grains as they were first written to. */
export function writeCowd(file: string, { capacitySectors, grainSectors, grains, isUnclean = false }: CowdWish): void {
  const tableCount = Math.ceil(capacitySectors / (grainSectors * 4096));
  const directory = Buffer.alloc(Math.ceil((tableCount * 4) / SECTOR) * SECTOR);
  const tables = new Map<number, { sector: number; bytes: Buffer }>();
  const pieces: [number, Uint8Array][] = [];
  let free = 4 + directory.length / SECTOR;
  for (const [number, bytes] of grains) {
    const tableNumber = Math.floor(number / 4096);
    let table = tables.get(tableNumber);
    if (table === undefined) {
      table = { sector: free, bytes: Buffer.alloc(4096 * 4) };
      tables.set(tableNumber, table);
      directory.writeUInt32LE(free, tableNumber * 4);
      free += 32;
    }
    table.bytes.writeUInt32LE(free, (number % 4096) * 4);
    pieces.push([free * SECTOR, bytes]);
    free += grainSectors;
  }
  const header = Buffer.alloc(4 * SECTOR);
  header.write('COWD', 0, 'latin1');
  [1, 3, capacitySectors, grainSectors, 4, tableCount, free].forEach((value, i) =>
    header.writeUInt32LE(value, 4 + i * 4),
  );
  header.writeUInt32LE(isUnclean ? 1 : 0, 1648);
  for (const { sector, bytes } of tables.values()) pieces.push([sector * SECTOR, bytes]);
  writePieces(file, free * SECTOR, [[0, header], [4 * SECTOR, directory], ...pieces]);
}

export interface SesparseWish {
  readonly capacitySectors: number;
  /** Grain numbers on the disk (of 4 KiB) with what they hold; for data also the place among the stored grains. */
  readonly grains: readonly {
    readonly number: number;
    readonly holds: 'zero' | 'unmapped' | { readonly bytes: Uint8Array; readonly place: number };
  }[];
  readonly needsReplay?: boolean;
}

/** An ESXi 6.5 snapshot delta: directory and tables of 64-bit entries in regions of their own, grains of 4 KiB behind them. */
export function writeSesparse(file: string, { capacitySectors, grains, needsReplay = false }: SesparseWish): void {
  const tableCount = Math.ceil(capacitySectors / (8 * 4096));
  const directorySectors = Math.ceil((tableCount * 8) / 4096) * 8; // every region begins at a multiple of 4 KiB
  const used = [...new Set(grains.map(({ number }) => Math.floor(number / 4096)))];
  const volatileAt = 1;
  const journalAt = 8;
  const directoryAt = 16;
  const tablesAt = directoryAt + directorySectors;
  const tablesSectors = Math.max(1, used.length) * 64;
  const grainsAt = tablesAt + tablesSectors;
  const stored = grains.reduce(
    (most, { holds }) => (typeof holds === 'string' ? most : Math.max(most, holds.place + 1)),
    1,
  );
  const grainsSectors = stored * 8;

  const header = Buffer.alloc(SECTOR);
  const fields = [
    0xcafebabe,
    0x2_0000_0001,
    capacitySectors,
    8,
    64,
    0,
    0,
    0,
    0,
    0,
    volatileAt,
    1,
    journalAt,
    1,
    journalAt + 1,
    4,
    directoryAt,
    directorySectors,
    tablesAt,
    tablesSectors,
    0,
    0,
    0,
    0,
    grainsAt,
    grainsSectors,
  ];
  fields.forEach((value, i) => header.writeBigUInt64LE(BigInt(value), i * 8));
  const second = Buffer.alloc(SECTOR);
  second.writeBigUInt64LE(0xcafe_cafen, 0);
  second.writeBigUInt64LE(needsReplay ? 1n : 0n, 24);

  const directory = Buffer.alloc(directorySectors * SECTOR);
  const tables = used.map(() => Buffer.alloc(64 * SECTOR));
  // The tables stand in the file in the order they were first used, not in that of the disk.
  used.forEach((table, index) => directory.writeBigUInt64LE(0x1000_0000_0000_0000n | BigInt(index), table * 8));
  const pieces: [number, Uint8Array][] = [
    [0, header],
    [volatileAt * SECTOR, second],
    [directoryAt * SECTOR, directory],
  ];
  for (const { number, holds } of grains) {
    const table = tables[used.indexOf(Math.floor(number / 4096))];
    let entry = holds === 'zero' ? 2n << 60n : 1n << 60n;
    if (typeof holds !== 'string') {
      const place = BigInt(holds.place);
      entry = (3n << 60n) | ((place & 0xfffn) << 48n) | (place >> 12n);
      pieces.push([(grainsAt + holds.place * 8) * SECTOR, holds.bytes]);
    }
    table?.writeBigUInt64LE(entry, (number % 4096) * 8);
  }
  tables.forEach((bytes, index) => pieces.push([(tablesAt + index * 64) * SECTOR, bytes]));
  writePieces(file, (grainsAt + grainsSectors) * SECTOR, pieces);
}

/** A streamOptimized VMDK with one grain table, whose grains come in the given order. Each number is a grain of 64 KiB. */
export function streamOf(capacityBytes: number, grains: readonly (readonly [number, Uint8Array])[]): Buffer {
  const header = (directory: bigint): Buffer => {
    const bytes = Buffer.alloc(SECTOR);
    bytes.write('KDMV', 'latin1');
    [3, 0x30001].forEach((value, i) => bytes.writeUInt32LE(value, 4 + i * 4));
    [capacityBytes / SECTOR, 128, 0, 0].forEach((value, i) => bytes.writeBigUInt64LE(BigInt(value), 12 + i * 8));
    bytes.writeUInt32LE(512, 44);
    bytes.writeBigUInt64LE(directory, 56);
    bytes.writeBigUInt64LE(8n, 64);
    bytes.write('\n \r\n', 73, 'latin1');
    bytes.writeUInt16LE(1, 77);
    return bytes;
  };
  const marker = (type: number): Buffer => {
    const bytes = Buffer.alloc(SECTOR);
    bytes.writeUInt32LE(type, 12);
    return bytes;
  };
  const pieces: Buffer[] = [header(0xffff_ffff_ffff_ffffn), Buffer.alloc(7 * SECTOR)];
  const sector = (): number => pieces.reduce((sum, piece) => sum + piece.length, 0) / SECTOR;
  const table = Buffer.alloc(2048);
  for (const [number, bytes] of grains) {
    const stored = deflateSync(bytes);
    const grain = Buffer.alloc(Math.ceil((12 + stored.length) / SECTOR) * SECTOR);
    grain.writeBigUInt64LE(BigInt(number * 128), 0);
    grain.writeUInt32LE(stored.length, 8);
    stored.copy(grain, 12);
    table.writeUInt32LE(sector(), number * 4);
    pieces.push(grain);
  }
  const directory = Buffer.alloc(SECTOR);
  directory.writeUInt32LE(sector() + 1, 0);
  pieces.push(marker(1), table, marker(2));
  const directoryAt = BigInt(sector());
  pieces.push(directory, marker(3), header(directoryAt), marker(0));
  return Buffer.concat(pieces);
}
