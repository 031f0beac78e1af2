/** The files of VHDX disks ([MS-VHDX]): dynamic, fixed and differencing, laid out without holding what the guest wrote. */
import { crc32c } from '../../../worker/disk/crc32c.ts';
import type { FileContent, Kin, LayerContent } from './disk-file.ts';
import { bytesAt, laidOut, payload, type Piece } from './laid-out.ts';
import type { DiskSpec } from './machine-spec.ts';

const KiB = 1024;
const MiB = 1024 ** 2;
const HELD_BYTES = 64 * KiB;
const LOG_AT = MiB;
const METADATA_AT = 2 * MiB;
const TABLE_AT = 3 * MiB;
const BITMAP_BYTES = MiB;

const guids = {
  table: '2dc27766-f623-4200-9d64-115e9bfd4a08',
  metadata: '8b7ca206-4790-4b9a-b8fe-575f050f886e',
  parameters: 'caa16737-fa36-4d43-b3b6-33f0aa44e76b',
  diskSize: '2fa54224-cd1b-4876-b211-5dbed83bf4b8',
  diskId: 'beca12ab-b2e6-4523-93ef-c309e000c746',
  logicalSector: '8141bf1d-a96f-4709-ba47-f233a8faab5f',
  physicalSector: 'cda348c7-445d-4471-9cc9-e9885251c556',
  locator: 'a8d35f2d-b30b-454d-abf7-d3d84834ab0c',
  locatorType: 'b04aefb7-d19e-4a81-b789-25b8e9445913',
} as const;

const state = { notPresent: 0, present: 6, partly: 7 } as const;

export function vhdxFile(spec: DiskSpec, layer: LayerContent, kin: Kin): FileContent {
  const blockBytes = spec.blockBytes ?? 2 * MiB;
  const sectorBytes = spec.sectorBytes ?? 512;
  const ratio = (2 ** 23 * sectorBytes) / blockBytes;
  const blocks = Math.ceil(layer.sizeBytes / blockBytes);
  const isChild = kin.parent !== null;
  const entries = isChild ? Math.ceil(blocks / ratio) * (ratio + 1) : blocks + Math.floor((blocks - 1) / ratio);
  const table = Buffer.alloc(roundUp(entries * 8, MiB));
  const stored = new Map<number, number[]>();
  for (const offset of layer.held) {
    const block = Math.floor(offset / blockBytes);
    const held = stored.get(block);
    if (held === undefined) stored.set(block, [offset % blockBytes]);
    else held.push(offset % blockBytes);
  }
  const isFixed = spec.isFixed === true && !isChild;
  const there = isFixed ? Array.from({ length: blocks }, (_, block) => block) : [...stored.keys()];

  const pieces: Piece[] = [];
  const bitmaps = new Map<number, Buffer>();
  let end = TABLE_AT + table.length;
  for (const block of there) {
    const chunk = Math.floor(block / ratio);
    if (isChild && !bitmaps.has(chunk)) {
      const bitmap = Buffer.alloc(BITMAP_BYTES);
      bitmaps.set(chunk, bitmap);
      pieces.push(bytesAt(end, bitmap));
      put(table, (chunk + 1) * ratio + chunk, state.present, end);
      end += BITMAP_BYTES;
    }
    const bitmap = bitmaps.get(chunk);
    const held = stored.get(block) ?? [];
    if (bitmap !== undefined) for (const at of held) mark(bitmap, (block % ratio) * blockBytes + at, sectorBytes);
    put(table, block + chunk, isChild ? state.partly : state.present, end);
    // A fixed file has room for all of it, and its volume holds what was written.
    if (isFixed) for (const at of held) pieces.push(payload(layer, block * blockBytes + at, end + at, HELD_BYTES));
    else pieces.push(payload(layer, block * blockBytes, end, blockBytes));
    end += blockBytes;
  }
  const head = headOf(kin, table.length);
  const metadata = metadataOf(kin, { blockBytes, sectorBytes, isFixed, sizeBytes: layer.sizeBytes });
  return laidOut(kin.file.path, end, [
    bytesAt(0, head),
    bytesAt(METADATA_AT, metadata),
    bytesAt(TABLE_AT, table),
    ...pieces,
  ]);
}

/** Sets the bits of 64 KiB, one a sector, the lowest first. */
function mark(bitmap: Buffer, offset: number, sectorBytes: number): void {
  const first = offset / sectorBytes;
  for (let bit = first; bit < first + HELD_BYTES / sectorBytes; bit++)
    bitmap.writeUInt8(bitmap.readUInt8(bit >> 3) | (1 << (bit & 7)), bit >> 3);
}

function put(table: Buffer, entry: number, kind: number, offset: number): void {
  table.writeBigUInt64LE((BigInt(offset / MiB) << 20n) | BigInt(kind), entry * 8);
}

/** What comes before the log: the file's name tag, both headers, both region tables. */
function headOf({ file }: Kin, tableBytes: number): Buffer {
  const head = Buffer.alloc(320 * KiB);
  head.write('vhdxfile', 0, 'latin1');
  head.write('Guts simulator', 8, 'utf16le');
  for (const [copy, at] of [64 * KiB, 128 * KiB].entries()) {
    const header = head.subarray(at, at + 4 * KiB);
    header.write('head', 0, 'latin1');
    header.writeBigUInt64LE(BigInt(7 + copy), 8);
    header.set(guidBytes(file.written), 16);
    header.set(guidBytes(file.written), 32);
    header.writeUInt16LE(1, 66);
    header.writeUInt32LE(MiB, 68);
    header.writeBigUInt64LE(BigInt(LOG_AT), 72);
    header.writeUInt32LE(crc32c(header), 4);
  }
  for (const at of [192 * KiB, 256 * KiB]) {
    const regions = head.subarray(at, at + 64 * KiB);
    regions.write('regi', 0, 'latin1');
    regions.writeUInt32LE(2, 8);
    const both = [
      [guids.table, TABLE_AT, tableBytes],
      [guids.metadata, METADATA_AT, MiB],
    ] as const;
    for (const [number, [guid, offset, length]] of both.entries()) {
      const entry = regions.subarray(16 + 32 * number, 48 + 32 * number);
      entry.set(guidBytes(guid), 0);
      entry.writeBigUInt64LE(BigInt(offset), 16);
      entry.writeUInt32LE(length, 24);
      entry.writeUInt32LE(1, 28);
    }
    regions.writeUInt32LE(crc32c(regions), 4);
  }
  return head;
}

interface Shape {
  readonly blockBytes: number;
  readonly sectorBytes: number;
  readonly isFixed: boolean;
  readonly sizeBytes: number;
}

function metadataOf({ file, parent }: Kin, shape: Shape): Buffer {
  const parameters = Buffer.alloc(8);
  parameters.writeUInt32LE(shape.blockBytes, 0);
  parameters.writeUInt32LE((shape.isFixed ? 1 : 0) | (parent === null ? 0 : 2), 4);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(shape.sizeBytes), 0);
  /** Of the disk, not of the file: bit 1; required: bit 2. */
  const items: [string, Buffer, number][] = [
    [guids.parameters, parameters, 4],
    [guids.diskSize, size, 6],
    [guids.diskId, guidBytes(file.id), 6],
    [guids.logicalSector, uint32(shape.sectorBytes), 6],
    [guids.physicalSector, uint32(4096), 6],
  ];
  if (parent !== null) items.push([guids.locator, locatorOf(parent.path, parent.toldChild ?? parent.written), 4]);

  const metadata = Buffer.alloc(128 * KiB);
  metadata.write('metadata', 0, 'latin1');
  metadata.writeUInt16LE(items.length, 10);
  let at = 64 * KiB;
  for (const [number, [guid, value, flags]] of items.entries()) {
    const entry = metadata.subarray(32 + 32 * number, 64 + 32 * number);
    entry.set(guidBytes(guid), 0);
    entry.writeUInt32LE(at, 16);
    entry.writeUInt32LE(value.length, 20);
    entry.writeUInt32LE(flags, 24);
    metadata.set(value, at);
    at += value.length;
  }
  return metadata;
}

function locatorOf(path: string, written: string): Buffer {
  const words: readonly [string, string][] = [
    ['parent_linkage', `{${written.toUpperCase()}}`],
    ['relative_path', `.\\${path.split('\\').at(-1) ?? ''}`],
    ['absolute_win32_path', path],
  ];
  const head = Buffer.alloc(20 + 12 * words.length);
  head.set(guidBytes(guids.locatorType), 0);
  head.writeUInt16LE(words.length, 18);
  const texts: Buffer[] = [];
  let at = head.length;
  for (const [number, pair] of words.entries()) {
    for (const [which, text] of pair.entries()) {
      const bytes = Buffer.from(text, 'utf16le');
      head.writeUInt32LE(at, 20 + 12 * number + 4 * which);
      head.writeUInt16LE(bytes.length, 20 + 12 * number + 8 + 2 * which);
      texts.push(bytes);
      at += bytes.length;
    }
  }
  return Buffer.concat([head, ...texts]);
}

/** As Windows stores it: the first three parts are little endian. */
export function guidBytes(guid: string): Buffer {
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
}

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;
