/** Writes a tar archive strictly in order: a header for each file, the file's bytes, its padding, and the end. */
import { ContainerLimitError } from './errors.ts';

const BLOCK = 512;
/** What eleven octal digits can say. */
const MOST_USTAR_BYTES = 8 ** 11 - 1;
const MOST_USTAR_NAME = 100;
/** Archives are made up to a multiple of this, as tar has done since tapes. */
const RECORD = 20 * BLOCK;

/** Blocks for a ustar archive; what ustar cannot say (long names, more than 8 GiB) goes into a pax header. */
export class TarWriter {
  #written = 0;

  /**
   * What comes before the bytes of a file: 512 bytes, or more with a pax header.
   * @param modified seconds since 1970, kept from the caller's clock so that the same input makes the same archive
   */
  header(name: string, sizeBytes: number, modified: number): Buffer {
    if (name === '' || name.includes('\0'))
      throw new ContainerLimitError(`${JSON.stringify(name)} cannot be a name in a tar archive.`);
    const needsPax = Buffer.byteLength(name) > MOST_USTAR_NAME || sizeBytes > MOST_USTAR_BYTES;
    const blocks = needsPax ? [...paxBlocks(name, sizeBytes, modified)] : [];
    blocks.push(ustar(name, Math.min(sizeBytes, MOST_USTAR_BYTES), modified, '0'));
    const bytes = Buffer.concat(blocks);
    this.#written += bytes.length + sizeBytes;
    return bytes;
  }

  /** What comes after the bytes of a file of `sizeBytes`. */
  padding(sizeBytes: number): Buffer {
    const bytes = Buffer.alloc(toWhole(sizeBytes, BLOCK) - sizeBytes);
    this.#written += bytes.length;
    return bytes;
  }

  /** What comes after the last file: two blocks of zeros at least. */
  end(): Buffer {
    return Buffer.alloc(toWhole(this.#written + 2 * BLOCK, RECORD) - this.#written);
  }
}

function toWhole(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}

function paxBlocks(name: string, sizeBytes: number, modified: number): Buffer[] {
  const body = Buffer.from(paxRecord('path', name) + paxRecord('size', String(sizeBytes)));
  return [
    ustar('PaxHeader', body.length, modified, 'x'),
    body,
    Buffer.alloc(toWhole(body.length, BLOCK) - body.length),
  ];
}

/** The record's length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return `${length} ${key}=${value}\n`;
}

/** A header as POSIX ustar has it; a name that is too long is cut, for a pax header then says it whole. */
function ustar(name: string, sizeBytes: number, modified: number, type: '0' | 'x'): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (at: number, length: number, value: number): void => {
    block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
  };
  Buffer.from(name).copy(block, 0, 0, MOST_USTAR_NAME);
  octal(100, 8, 0o644);
  octal(108, 8, 0);
  octal(116, 8, 0);
  octal(124, 12, sizeBytes);
  octal(136, 12, Math.max(0, Math.floor(modified)));
  block.write('        ', 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
