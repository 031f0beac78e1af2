/** Archives and sources for the container tests, made by our own writer or by hand where it would refuse. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { ByteSource } from '../../worker/disk/bytes.ts';
import { TruncatedImageError } from '../../worker/disk/errors.ts';
import { TarWriter } from '../../worker/containers/tar-writer.ts';

export const fixture = async (name: string): Promise<Buffer> =>
  await readFile(path.join(import.meta.dirname, '../fixtures/containers', name));

export function sourceOf(bytes: Uint8Array, name = 'memory'): ByteSource {
  return {
    name,
    sizeBytes: bytes.length,
    async read(into, position) {
      if (position + into.length > bytes.length) throw new TruncatedImageError(`${name} ends`);
      into.set(bytes.subarray(position, position + into.length));
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** A tar archive of these files, in this order. */
export function tarOf(files: readonly (readonly [name: string, bytes: Uint8Array])[]): Buffer {
  const tar = new TarWriter();
  const parts = files.flatMap(([name, bytes]) => [
    tar.header(name, bytes.length, 1_700_000_000),
    bytes,
    tar.padding(bytes.length),
  ]);
  return Buffer.concat([...parts, tar.end()]);
}

/** One tar header with what a hostile or foreign program might put into it, and a right checksum. */
export function rawHeader({
  name,
  size = 0,
  type = '0',
  sizeField,
}: {
  name: string;
  size?: number;
  type?: string;
  sizeField?: Buffer;
}): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 'utf8');
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  sizeField?.copy(block, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
