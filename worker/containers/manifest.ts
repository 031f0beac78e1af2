/** The manifest (.mf) of an OVF package: read it, hold streamed bytes against it, write one. */
import { createHash, type Hash } from 'node:crypto';
import type { ByteSource } from '../disk/bytes.ts';
import { ContainerLimitError, DamagedContainerError, ManifestMismatchError } from './errors.ts';
import { safeName } from './names.ts';

export type ManifestAlgorithm = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** What one file must hash to. */
export interface ManifestEntry {
  readonly algorithm: ManifestAlgorithm;
  /** In lower case. */
  readonly hex: string;
}

/** The entries by file name. */
export type Manifest = ReadonlyMap<string, ManifestEntry>;

/** No manifest is longer; a reader may refuse before it reads. */
export const MOST_MANIFEST_BYTES = 4 * 1024 * 1024;
const MOST_ENTRIES = 10_000;
const HEX_DIGITS: Readonly<Record<ManifestAlgorithm, number>> = { sha1: 40, sha256: 64, sha384: 96, sha512: 128 };
const MOST_LINE_CHARACTERS = 2048;
const LINE = /^SHA-?(1|256|384|512)\s*\((.{1,1024})\)\s*=\s*([0-9a-f]+)$/i;

/**
 * Reads lines such as `SHA256(disk1.vmdk)= 0123…`, with or without blanks, with LF or CR LF.
 * @see DMTF DSP0243, “OVF package” (manifest files)
 * @throws DamagedContainerError for a line that is none, or a file that has two digests
 */
export function parseManifest(bytes: Uint8Array, name: string): Manifest {
  if (bytes.length > MOST_MANIFEST_BYTES)
    throw new ContainerLimitError(`The manifest “${name}” has ${bytes.length} bytes.`);
  const entries = new Map<string, ManifestEntry>();
  const lines = new TextDecoder().decode(bytes).split('\n');
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text === '') continue;
    const parts = text.length > MOST_LINE_CHARACTERS ? null : LINE.exec(text);
    const algorithm = `sha${parts?.[1] ?? ''}` as ManifestAlgorithm; // the expression lets only these through
    const hex = parts?.[3]?.toLowerCase() ?? '';
    if (parts === null || hex.length !== HEX_DIGITS[algorithm]) {
      throw new DamagedContainerError(
        `Line ${index + 1} of the manifest “${name}” is not a digest that Guts knows: “${text.slice(0, 120)}”.`,
      );
    }
    const file = safeName(parts[2] ?? '', name);
    const before = entries.get(file);
    if (before !== undefined && (before.hex !== hex || before.algorithm !== algorithm)) {
      throw new DamagedContainerError(`The manifest “${name}” has two digests for “${file}”.`);
    }
    if (entries.size >= MOST_ENTRIES)
      throw new ContainerLimitError(`The manifest “${name}” has more than ${MOST_ENTRIES} entries.`);
    entries.set(file, { algorithm, hex });
  }
  if (entries.size === 0) throw new DamagedContainerError(`The manifest “${name}” is empty.`);
  return entries;
}

/** The text of a manifest, as parseManifest() reads it. */
export function writeManifest(entries: Iterable<readonly [string, ManifestEntry]>): string {
  let text = '';
  for (const [file, { algorithm, hex }] of entries) text += `${algorithm.toUpperCase()}(${file})= ${hex}\n`;
  return text;
}

/**
 * Holds a digest that was computed elsewhere (another thread, the wire) against the manifest.
 * @throws ManifestMismatchError
 */
export function checkDigest(file: string, entry: ManifestEntry, hex: string): void {
  if (hex.toLowerCase() === entry.hex) return;
  throw new ManifestMismatchError(
    `“${file}” is not what its manifest says: ${entry.algorithm} is ${hex}, not ${entry.hex}.`,
  );
}

/** Hashes one file's bytes as they pass by. */
export class ManifestCheck {
  readonly #file: string;
  readonly #entry: ManifestEntry;
  readonly #hash: Hash;

  constructor(file: string, entry: ManifestEntry) {
    this.#file = file;
    this.#entry = entry;
    this.#hash = createHash(entry.algorithm);
  }

  /** The next bytes of the file: all of them, in order. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /**
   * After the last byte.
   * @throws ManifestMismatchError
   */
  finish(): void {
    checkDigest(this.#file, this.#entry, this.#hash.digest('hex'));
  }
}

const PIECE_BYTES = 1024 * 1024;

/**
 * Reads a whole file to hold it against its manifest: for files that nothing else streams. Holds one mebibyte at a time.
 * @throws ManifestMismatchError
 */
export async function verifySource(
  source: ByteSource,
  file: string,
  entry: ManifestEntry,
  signal?: AbortSignal,
): Promise<void> {
  const check = new ManifestCheck(file, entry);
  const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, source.sizeBytes));
  for (let at = 0; at < source.sizeBytes; at += piece.length) {
    const part = piece.subarray(0, Math.min(piece.length, source.sizeBytes - at));
    await source.read(part, at, signal);
    check.update(part);
  }
  check.finish();
}
