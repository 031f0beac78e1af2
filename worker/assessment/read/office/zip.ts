/** The members of a zip archive, unpacked as they are read, within bounds that no member can talk its way around. */
import { promisify } from 'node:util';
import type { Readable } from 'node:stream';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { DamagedExportError, ExportLimitError, UnsupportedExportError } from '../errors.ts';

const MiB = 1024 * 1024;
/** The largest export that was thought of, 100,000 machines, unpacks to about 1.5 GiB. */
const MOST_UNPACKED_BYTES = 3 * 1024 * MiB;
const MOST_ENTRIES = 5000;
/** Sheets of one row after another shrink to a fortieth; deflate itself ends at 1032. */
const MOST_RATIO = 400;
/** A small member may shrink as it likes. */
const FREE_OF_RATIO_BYTES = 8 * MiB;

export class ZipArchive implements AsyncDisposable {
  readonly name: string;
  /** Folders left out. */
  readonly names: readonly string[];
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  #unpackedBytes = 0;

  private constructor(name: string, zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.name = name;
    this.#zip = zip;
    this.#entries = entries;
    this.names = [...entries.keys()];
  }

  /**
   * @param path of the file
   * @param name that people know it by
   */
  static async open(path: string, name: string, signal: AbortSignal): Promise<ZipArchive> {
    let zip: ZipFile;
    try {
      zip = await openPromise(path, { autoClose: false });
    } catch (cause) {
      throw notWhole(name, cause);
    }
    try {
      const entries = new Map<string, Entry>();
      let unpackedBytes = 0;
      for await (const entry of zip.eachEntry()) {
        signal.throwIfAborted();
        if (entry.fileName.endsWith('/')) continue;
        if (entries.size >= MOST_ENTRIES)
          throw new ExportLimitError(`“${name}” holds more than ${MOST_ENTRIES} files.`);
        if (entries.has(entry.fileName)) throw new DamagedExportError(`“${name}” holds “${entry.fileName}” twice.`);
        unpackedBytes += entry.uncompressedSize;
        entries.set(entry.fileName, entry);
      }
      if (unpackedBytes > MOST_UNPACKED_BYTES)
        throw new ExportLimitError(`“${name}” unpacks to ${Math.ceil(unpackedBytes / MiB)} MiB.`);
      return new ZipArchive(name, zip, entries);
    } catch (error) {
      zip.close();
      throw known(error) ? error : damaged(name, error);
    }
  }

  has(member: string): boolean {
    return this.#entries.has(member);
  }

  /** The bytes of a member; what is taken counts, each time it is read. */
  async *read(member: string, signal: AbortSignal): AsyncGenerator<Buffer, void> {
    const entry = this.#entries.get(member);
    if (entry === undefined) throw new DamagedExportError(`“${this.name}” is not whole: a part of it is missing.`);
    if (entry.isEncrypted())
      throw new UnsupportedExportError(
        `“${member}” in “${this.name}” is encrypted.`,
        'Unpack the archive with its password, and give the files in it.',
      );
    if (!entry.canDecodeFileData())
      throw new UnsupportedExportError(
        `“${member}” in “${this.name}” is packed in a way that Guts does not know.`,
        'Unpack the archive and give the files in it, or pack them as an ordinary zip archive.',
      );
    let stream: Readable;
    try {
      stream = await promisify<Entry, Readable>((one, done) => this.#zip.openReadStream(one, null, done))(entry);
    } catch (error) {
      throw damaged(this.name, error);
    }
    try {
      let bytes = 0;
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        signal.throwIfAborted();
        bytes += chunk.length;
        this.#unpackedBytes += chunk.length;
        if (this.#unpackedBytes > 2 * MOST_UNPACKED_BYTES)
          throw new ExportLimitError(`“${this.name}” unpacks to more than Guts reads.`);
        if (bytes > FREE_OF_RATIO_BYTES && bytes > MOST_RATIO * entry.compressedSize)
          throw new ExportLimitError(
            `“${member}” in “${this.name}” unpacks to more than ${MOST_RATIO} times its size.`,
          );
        yield chunk;
      }
    } catch (error) {
      throw known(error) || signal.aborted ? error : damaged(this.name, error);
    } finally {
      stream.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#zip.close();
  }
}

const known = (error: unknown): boolean => error instanceof DamagedExportError || error instanceof ExportLimitError;

const kindOf = (name: string): string => (/\.xls[xm]$/i.test(name) ? 'workbook' : 'zip archive');

/** The list of what is in it stands at its end. */
const notWhole = (name: string, cause: unknown): DamagedExportError =>
  new DamagedExportError(
    `“${name}” begins like a ${kindOf(name)}, and its end is missing: it was cut off or damaged.`,
    {
      cause,
    },
  );

const damaged = (name: string, cause: unknown): DamagedExportError =>
  new DamagedExportError(`“${name}” is a ${kindOf(name)} that is damaged: it cannot be unpacked.`, { cause });
