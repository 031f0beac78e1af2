/** What a file is by its first bytes: a zip archive, an old or encrypted workbook, text, or something else altogether. */
import { open, type FileHandle } from 'node:fs/promises';
import { DamagedExportError, UnreadableExportError, UnsupportedExportError } from '../errors.ts';
import { demandNothingStrange, inSpiteOf, StrangeFileError } from '../strange.ts';

const COMPOUND = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const SECTOR_BYTES = 512;
const DIRECTORY_BYTES = 16 * 1024;
const UNLOCK = 'take the password away (File, Info, Protect Workbook), and save it as .xlsx.';
/** Its directory may lie so that its entries are not found. */
const MAY_BE_LOCKED = `A workbook with a password looks like this as well: open it in Excel, ${UNLOCK}`;
/** A page says what it is behind its style. */
const HEAD_BYTES = 64 * 1024;

/** @throws DamagedExportError, UnsupportedExportError for what no table is in, or none that can be read */
export async function kindOfFile(file: string, name: string): Promise<'zip' | 'text'> {
  // A FileHandle of the oldest Node does not dispose of itself.
  const handle = await open(file, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new UnreadableExportError(file, cause);
  });
  try {
    return await kindOf(handle, name);
  } finally {
    await handle.close();
  }
}

async function kindOf(handle: FileHandle, name: string): Promise<'zip' | 'text'> {
  const beginning = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await handle.read(beginning, 0, beginning.length, 0);
  const head = beginning.subarray(0, SECTOR_BYTES);
  if (bytesRead === 0) throw new DamagedExportError(`“${name}” is empty.`);
  if (head.subarray(0, COMPOUND.length).equals(COMPOUND)) throw await compoundError(handle, head, name);
  if (head.toString('latin1', 0, 4) === 'PK\x03\x04' || head.toString('latin1', 0, 4) === 'PK\x05\x06') return 'zip';
  demandNothingStrange(beginning.subarray(0, bytesRead), name);
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const isUnmarkedWide = head[0] !== 0 ? head[1] === 0 && head[3] === 0 : head[2] === 0;
  if (
    !isWide &&
    !isUnmarkedWide &&
    beginning
      .subarray(0, Math.min(bytesRead, SECTOR_BYTES))
      .some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))
  )
    throw new StrangeFileError(
      `“${name}” is no workbook, no CSV file and no zip archive.`,
      'Give the workbook that RVTools writes (.xlsx), or its CSV files.',
    );
  return 'text';
}

/** A compound file is an old workbook, or an encrypted new one: the names in its directory tell. */
async function compoundError(handle: FileHandle, head: Buffer, name: string): Promise<UnsupportedExportError> {
  const directory = Buffer.alloc(DIRECTORY_BYTES);
  const sectorBytes = head.readUInt16LE(30) === 12 ? 4096 : SECTOR_BYTES;
  await handle.read(directory, 0, directory.length, (head.readUInt32LE(48) + 1) * sectorBytes);
  const has = (entry: string): boolean => directory.includes(Buffer.from(`${entry}\0`, 'utf16le'));
  return has('EncryptedPackage')
    ? new UnsupportedExportError(`“${name}” is encrypted with a password.`, `Open it in Excel, ${UNLOCK}`)
    : has('Workbook') || has('Book')
      ? new UnsupportedExportError(
          `“${name}” is a workbook of the old kind (.xls)${inSpiteOf(name)}.`,
          'Open it in a spreadsheet program and save it as an Excel workbook (.xlsx).',
        )
      : new StrangeFileError(
          `“${name}” is ${has('WordDocument') ? 'a document of Word of the old kind (.doc)' : 'a file of an old Office program, and no workbook'}${inSpiteOf(name)}.`,
          `Give the workbook that RVTools writes (.xlsx), or its CSV files.${inSpiteOf(name) === '' ? '' : ` ${MAY_BE_LOCKED}`}`,
        );
}
