/** Writes zip archives part by part, sound ones and such as lie about themselves. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipPart {
  readonly name: string;
  readonly bytes: Uint8Array | string;
  /** Left out: packed where that is smaller. */
  readonly isStored?: boolean;
  /** What the archive says of it; left out: the truth. */
  readonly claims?: { readonly sizeBytes?: number; readonly flags?: number; readonly method?: number };
  /** Already packed by deflate, with the length and checksum of what it unpacks to. */
  readonly packed?: { readonly sizeBytes: number; readonly crc: number };
}

export function zipBytes(parts: readonly ZipPart[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, isStored, claims, packed } of parts) {
    const content = Buffer.from(bytes as string); // a copy of bytes, or the text in UTF-8
    const body = packed !== undefined || isStored === true ? content : deflateRawSync(content, { level: 1 });
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(claims?.flags ?? 0x800, 2);
    head.writeUInt16LE(claims?.method ?? (isStored === true ? 0 : 8), 4);
    head.writeUInt16LE(0x5a21, 8);
    head.writeUInt32LE(packed?.crc ?? crc32(content), 10);
    head.writeUInt32LE(body.length, 14);
    head.writeUInt32LE(claims?.sizeBytes ?? packed?.sizeBytes ?? content.length, 18);
    const nameBytes = Buffer.from(name);
    head.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, nameBytes, body]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head, rest, nameBytes]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end]);
}
