/** Writes VHD images by the specification of 2006, for what no tool at hand writes: differencing disks, old footers, other creators. */
import { writeFileSync } from 'node:fs';
import { vhdFooter, vhdSum } from '../lab/hyperv/vhd-footer.ts';

const SECTOR = 512;

export interface VhdPlan {
  readonly kind: 'fixed' | 'dynamic' | 'differencing';
  readonly sizeBytes: number;
  /** Four characters, such as `win ` or `vpc `. */
  readonly creator?: string;
  /** Cylinders, heads, sectors; by default the smallest geometry that is not smaller than the disk. */
  readonly geometry?: readonly [number, number, number];
  /** One byte, of which the 16 of the unique id are made. */
  readonly id?: number;
  readonly footerBytes?: 511 | 512;
  readonly blockBytes?: number;
  /** The blocks that are stored, in the order in which they lie in the file. */
  readonly blocks?: readonly {
    readonly block: number;
    readonly bytes: Buffer;
    readonly isHere?: (sector: number) => boolean;
  }[];
  readonly parent?: {
    readonly id: number;
    readonly name?: string;
    readonly locators?: Readonly<Record<string, string>>;
  };
}

/** Where the builder puts things in dynamic and differencing disks. */
export const VHD = { copy: 0, header: 512, table: 512 + 1024 };
const LOCATORS_AT = 64 * 1024;
const BLOCKS_AT = 128 * 1024;

/** Writes the image and returns it, for tests that go on to damage it. */
export function writeVhd(file: string, plan: VhdPlan): Buffer {
  const footer = vhdFooter({ ...plan, id: Buffer.alloc(16, plan.id ?? 1) });
  const tail = footer.subarray(0, plan.footerBytes ?? SECTOR);
  const image =
    plan.kind === 'fixed'
      ? Buffer.concat([plan.blocks?.[0]?.bytes ?? Buffer.alloc(plan.sizeBytes), tail])
      : sparse(plan, footer, tail);
  writeFileSync(file, image);
  return image;
}

function sparse(
  { sizeBytes, blockBytes = 2 ** 21, blocks = [], parent }: VhdPlan,
  footer: Buffer,
  tail: Buffer,
): Buffer {
  const entries = Math.ceil(sizeBytes / blockBytes);
  const bitmapBytes = Math.ceil(blockBytes / SECTOR / 8 / SECTOR) * SECTOR;
  const head = Buffer.alloc(BLOCKS_AT);
  footer.copy(head, VHD.copy);
  head.fill(0xff, VHD.table, VHD.table + Math.ceil((entries * 4) / SECTOR) * SECTOR);

  const header = head.subarray(VHD.header, VHD.header + 1024);
  header.write('cxsparse');
  header.fill(0xff, 8, 16);
  header.writeBigUInt64BE(BigInt(VHD.table), 16);
  header.writeUInt32BE(0x1_0000, 24);
  header.writeUInt32BE(entries, 28);
  header.writeUInt32BE(blockBytes, 32);
  if (parent !== undefined) {
    header.fill(parent.id, 40, 56);
    Buffer.from(parent.name ?? '', 'utf16le')
      .swap16()
      .copy(header, 64);
    for (const [n, [code, text]] of Object.entries(parent.locators ?? {}).entries()) {
      const at = LOCATORS_AT + n * 1024;
      const data = Buffer.from(text, code === 'MacX' ? 'utf8' : 'utf16le');
      data.copy(head, at);
      header.write(code, 576 + 24 * n, 'latin1');
      header.writeUInt32BE(1024, 576 + 24 * n + 4);
      header.writeUInt32BE(data.length, 576 + 24 * n + 8);
      header.writeBigUInt64BE(BigInt(at), 576 + 24 * n + 16);
    }
  }
  vhdSum(header, 36);

  const stored: Buffer[] = [];
  let position = BLOCKS_AT;
  for (const { block, bytes, isHere = () => true } of blocks) {
    head.writeUInt32BE(position / SECTOR, VHD.table + 4 * block);
    const bits = Buffer.alloc(bitmapBytes);
    for (let sector = 0; sector < blockBytes / SECTOR; sector++) {
      if (isHere(sector)) bits.writeUInt8(bits.readUInt8(sector >> 3) | (0x80 >> (sector & 7)), sector >> 3);
    }
    stored.push(bits, bytes, Buffer.alloc(blockBytes - bytes.length));
    position += bitmapBytes + blockBytes;
  }
  return Buffer.concat([head, ...stored, tail]);
}
