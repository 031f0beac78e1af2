/** The files of VHD disks (the specification of 2006): fixed, dynamic and differencing, laid out without holding what the guest wrote. */
import type { FileContent, Kin, LayerContent } from './disk-file.ts';
import { bytesAt, laidOut, payload, type Piece } from './laid-out.ts';
import type { DiskSpec } from './machine-spec.ts';
import { vhdFooter, vhdSum } from './vhd-footer.ts';

const SECTOR = 512;
const HELD_BYTES = 64 * 1024;
const HEADER_AT = 512;
const TABLE_AT = 1536;

export function vhdFile(spec: DiskSpec, layer: LayerContent, kin: Kin): FileContent {
  const { sizeBytes } = layer;
  const kind = kin.parent !== null ? 'differencing' : spec.isFixed === true ? 'fixed' : 'dynamic';
  const footer = vhdFooter({ kind, sizeBytes, id: idBytes(kin.file.id) });
  if (kind === 'fixed') {
    // The file has room for all of it, and its volume holds what was written.
    const held = layer.held.map((offset) => payload(layer, offset, offset, Math.min(HELD_BYTES, sizeBytes - offset)));
    return laidOut(kin.file.path, sizeBytes + SECTOR, [...held, bytesAt(sizeBytes, footer)]);
  }
  const blockBytes = spec.blockBytes ?? 2 ** 21;
  const entries = Math.ceil(sizeBytes / blockBytes);
  const bitmapBytes = Math.ceil(blockBytes / SECTOR / 8 / SECTOR) * SECTOR;
  const locators = kin.parent === null ? Buffer.alloc(0) : locatorsOf(kin.parent.path);
  const tableBytes = Math.ceil((entries * 4) / SECTOR) * SECTOR;
  const head = Buffer.alloc(TABLE_AT + tableBytes + locators.length);
  head.set(footer, 0);
  head.set(headerOf(entries, blockBytes, kin, TABLE_AT + tableBytes), HEADER_AT);
  head.fill(0xff, TABLE_AT, TABLE_AT + tableBytes);
  head.set(locators, TABLE_AT + tableBytes);

  const stored = new Map<number, Buffer>();
  for (const offset of layer.held) {
    const block = Math.floor(offset / blockBytes);
    const bitmap = stored.get(block) ?? Buffer.alloc(bitmapBytes);
    stored.set(block, bitmap);
    mark(bitmap, offset % blockBytes);
  }
  const pieces: Piece[] = [bytesAt(0, head)];
  let end = head.length;
  for (const [block, bitmap] of stored) {
    head.writeUInt32BE(end / SECTOR, TABLE_AT + 4 * block);
    pieces.push(bytesAt(end, bitmap), payload(layer, block * blockBytes, end + bitmapBytes, blockBytes));
    end += bitmapBytes + blockBytes;
  }
  return laidOut(kin.file.path, end + SECTOR, [...pieces, bytesAt(end, footer)]);
}

/** Sets the bits of 64 KiB, one a sector, the highest first. */
function mark(bitmap: Buffer, offset: number): void {
  bitmap.fill(0xff, offset / SECTOR / 8, (offset + HELD_BYTES) / SECTOR / 8);
}

function headerOf(entries: number, blockBytes: number, { parent }: Kin, locatorsAt: number): Buffer {
  const header = Buffer.alloc(1024);
  header.write('cxsparse', 0, 'latin1');
  header.fill(0xff, 8, 16);
  header.writeBigUInt64BE(BigInt(TABLE_AT), 16);
  header.writeUInt32BE(0x1_0000, 24);
  header.writeUInt32BE(entries, 28);
  header.writeUInt32BE(blockBytes, 32);
  if (parent !== null) {
    header.set(idBytes(parent.id), 40);
    header.set(Buffer.from(nameOf(parent.path), 'utf16le').swap16(), 64);
    for (const [number, [code, text]] of locatorTexts(parent.path).entries()) {
      const at = 576 + 24 * number;
      header.write(code, at, 'latin1');
      header.writeUInt32BE(SECTOR, at + 4);
      header.writeUInt32BE(text.length * 2, at + 8);
      header.writeBigUInt64BE(BigInt(locatorsAt + SECTOR * number), at + 16);
    }
  }
  return vhdSum(header, 36);
}

const locatorTexts = (path: string): readonly [string, string][] => [
  ['W2ru', `.\\${nameOf(path)}`],
  ['W2ku', path],
];

function locatorsOf(path: string): Buffer {
  const sectors = locatorTexts(path).map(([, text]) => {
    const sector = Buffer.alloc(SECTOR);
    sector.write(text, 0, 'utf16le');
    return sector;
  });
  return Buffer.concat(sectors);
}

const nameOf = (path: string): string => path.split('\\').at(-1) ?? '';
const idBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
