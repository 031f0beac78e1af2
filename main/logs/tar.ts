/** A tar archive of files in memory, as POSIX ustar has it: for names of up to 100 bytes and files of up to 8 GiB. */

const BLOCK = 512;

export interface TarFile {
  readonly name: string;
  readonly content: Buffer;
}

/** @param modified the same for all of them */
export function tarOf(files: readonly TarFile[], modified: Date): Buffer {
  const seconds = Math.floor(modified.getTime() / 1000);
  const blocks = files.flatMap(({ name, content }) => [
    header(name, content.length, seconds),
    content,
    Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(name: string, sizeBytes: number, modified: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new RangeError(`“${name}” is too long a name for this archive`);
  const block = Buffer.alloc(BLOCK);
  const octal = (at: number, length: number, value: number): void => {
    block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
  };
  block.write(name, 0, 'utf8');
  octal(100, 8, 0o600);
  octal(108, 8, 0);
  octal(116, 8, 0);
  octal(124, 12, sizeBytes);
  octal(136, 12, modified);
  block.write('        0', 148, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
