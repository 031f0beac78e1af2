/** Writes VDI images as VirtualBox lays them out: blocks in the order they were first written, data on a mebibyte. */
import { writeFileSync } from 'node:fs';
import { MiB } from './disks.ts';

export const FREE = 0xffff_ffff;
export const DISCARDED = 0xffff_fffe;

export interface VdiPlan {
  readonly sizeBytes: number;
  readonly blockBytes: number;
  /** What each block of the disk holds: its bytes, or one of the two marks. */
  readonly blocks: readonly (Buffer | number)[];
  /** The blocks with bytes, in the order in which they lie in the file; by default as on the disk. */
  readonly order?: readonly number[];
  readonly kind?: number;
}

/** Writes the image and returns it, for tests that go on to damage it. */
export function writeVdi(file: string, { sizeBytes, blockBytes, blocks, order, kind = 1 }: VdiPlan): Buffer {
  const stored = order ?? [...blocks.keys()].filter((i) => typeof blocks[i] !== 'number');
  const mapBytes = Math.ceil((blocks.length * 4) / 512) * 512;
  const dataOffset = Math.ceil((512 + mapBytes) / MiB) * MiB;
  const image = Buffer.alloc(dataOffset + stored.length * blockBytes);

  image.write('<<< Oracle VM VirtualBox Disk Image >>>\n');
  image.writeUInt32LE(0xbeda_107f, 0x40);
  image.writeUInt32LE(0x0001_0001, 0x44);
  image.writeUInt32LE(0x190, 0x48);
  image.writeUInt32LE(kind, 0x4c);
  image.writeUInt32LE(512, 0x154);
  image.writeUInt32LE(dataOffset, 0x158);
  image.writeUInt32LE(512, 0x168);
  image.writeBigUInt64LE(BigInt(sizeBytes), 0x170);
  image.writeUInt32LE(blockBytes, 0x178);
  image.writeUInt32LE(blocks.length, 0x180);
  image.writeUInt32LE(stored.length, 0x184);
  image.write('image-uuid-image', 0x188);
  image.write('last-snapshot-id', 0x198);

  for (const [block, content] of blocks.entries()) {
    image.writeUInt32LE(typeof content === 'number' ? content : stored.indexOf(block), 512 + block * 4);
    if (typeof content !== 'number') content.copy(image, dataOffset + stored.indexOf(block) * blockBytes);
  }
  writeFileSync(file, image);
  return image;
}
