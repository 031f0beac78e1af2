/** The files of a zip archive in memory, by name: enough to read back what a workbook has. */
import { inflateRawSync } from 'node:zlib';

const END = 0x06054b50;
const ENTRY = 0x02014b50;

export function unzipped(archive: Uint8Array): Map<string, string> {
  const bytes = Buffer.from(archive);
  let at = bytes.length - 22;
  while (bytes.readUInt32LE(at) !== END) at -= 1;
  const count = bytes.readUInt16LE(at + 10);
  let entry = bytes.readUInt32LE(at + 16);
  const files = new Map<string, string>();
  for (let index = 0; index < count; index++) {
    if (bytes.readUInt32LE(entry) !== ENTRY) throw new Error('the archive has no such entry');
    const [method, packed, nameLength, extra, comment, local] = [
      bytes.readUInt16LE(entry + 10),
      bytes.readUInt32LE(entry + 20),
      bytes.readUInt16LE(entry + 28),
      bytes.readUInt16LE(entry + 30),
      bytes.readUInt16LE(entry + 32),
      bytes.readUInt32LE(entry + 42),
    ];
    const name = bytes.toString('utf8', entry + 46, entry + 46 + nameLength);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = bytes.subarray(from, from + packed);
    files.set(name, (method === 0 ? content : inflateRawSync(content)).toString('utf8'));
    entry += 46 + nameLength + extra + comment;
  }
  return files;
}
