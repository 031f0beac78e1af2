/** The footer of a VHD (the specification of 2006), which every kind of disk ends with. */

export interface VhdFooterPlan {
  readonly kind: 'fixed' | 'dynamic' | 'differencing';
  readonly sizeBytes: number;
  /** Four characters, such as `win ` or `vpc `. */
  readonly creator?: string;
  /** Cylinders, heads, sectors; by default the smallest geometry that is not smaller than the disk. */
  readonly geometry?: readonly [number, number, number];
  /** 16 bytes. */
  readonly id: Uint8Array;
}

const SECTOR = 512;
/** Behind the copy of the footer. */
const HEADER_AT = 512;

export function vhdFooter({ kind, sizeBytes, creator = 'win ', geometry, id }: VhdFooterPlan): Buffer {
  const footer = Buffer.alloc(SECTOR);
  const sectors = Math.ceil(sizeBytes / SECTOR);
  const [cylinders, heads, perTrack] = geometry ?? [Math.min(65_535, Math.ceil(sectors / (16 * 63))), 16, 63];
  footer.write('conectix');
  footer.writeUInt32BE(2, 8);
  footer.writeUInt32BE(0x1_0000, 12);
  footer.writeBigUInt64BE(kind === 'fixed' ? 0xffff_ffff_ffff_ffffn : BigInt(HEADER_AT), 16);
  footer.write(creator, 28, 'latin1');
  footer.write('Wi2k', 36, 'latin1');
  footer.writeBigUInt64BE(BigInt(sizeBytes), 40);
  footer.writeBigUInt64BE(BigInt(sizeBytes), 48);
  footer.writeUInt16BE(cylinders, 56);
  footer.writeUInt8(heads, 58);
  footer.writeUInt8(perTrack, 59);
  footer.writeUInt32BE({ fixed: 2, dynamic: 3, differencing: 4 }[kind], 60);
  footer.set(id, 68);
  return vhdSum(footer, 64);
}

/** Puts the right sum into the field at `at`. */
export function vhdSum(bytes: Buffer, at: number): Buffer {
  bytes.writeUInt32BE(0, at);
  bytes.writeUInt32BE(~bytes.reduce((total, byte) => total + byte, 0) >>> 0, at);
  return bytes;
}
