/** Packs the demo machine as its hypervisor would export it: an OVA with a manifest and streamOptimized disks. */
import { createHash } from 'node:crypto';
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import { deflateSync } from 'node:zlib';
import { writeManifest } from '../containers/manifest.ts';
import { writeOvf } from '../containers/ovf-writer.ts';
import { TarWriter } from '../containers/tar-writer.ts';
import { StreamOptimizedLayout } from '../disk/vmdk/stream-writer.ts';
import { writeFailure } from '../engine/errors.ts';
import type { DemoDisk, DemoMachine } from './machine.ts';

/** A file inside the package. */
export interface PackedFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface PackedOva {
  /** In the order of the package. */
  readonly files: readonly PackedFile[];
  /** Of the whole package. */
  readonly sha256: string;
}

/** As ESXi compresses: more costs more time than it saves. */
const LEVEL = 1;
/** Pieces are gathered to this before they are written. */
const GATHER_BYTES = 1024 * 1024;
/** 1 March 2026: the same machine makes the same package. */
const MODIFIED_SECONDS = 1_772_366_400;

export const packageName = ({ vm }: DemoMachine): string => `${vm.name}.ova`;
const partOf = (name: string): string => `.${name}.part`;

/** Every name that `packOva` may leave in the folder, for the ledger. */
export function packNames(machine: DemoMachine): string[] {
  const whole = packageName(machine);
  return [whole, partOf(whole), ...machine.disks.map((disk) => partOf(disk.file))];
}

/**
 * Writes the package into the folder; it gets its name when it is whole. The disks are staged beside it, for tar says how
 * long a file is before it gives the file. Holds a mebibyte or two.
 */
export async function packOva(machine: DemoMachine, folder: string, signal: AbortSignal): Promise<PackedOva> {
  const at = (name: string): string => path.join(folder, name);
  const staged: PackedFile[] = [];
  for (const [index, disk] of machine.disks.entries()) {
    await using writer = await Gathered.create(at(partOf(disk.file)));
    await writeDisk(disk, index, writer, signal);
    staged.push({ name: disk.file, ...(await writer.finish()) });
  }
  const ovf = Buffer.from(writeOvf(machine.vm, new Map(staged.map(({ name, sizeBytes }) => [name, sizeBytes]))));
  const ovfFile = { name: `${machine.vm.name}.ovf`, sizeBytes: ovf.byteLength, sha256: hashOf(ovf) };
  const files = [ovfFile, ...staged];
  const manifest = Buffer.from(
    writeManifest(files.map(({ name, sha256 }) => [name, { algorithm: 'sha256', hex: sha256 }])),
  );

  const whole = packageName(machine);
  const tar = new TarWriter();
  await using writer = await Gathered.create(at(partOf(whole)));
  const add = async (name: string, bytes: Buffer): Promise<void> => {
    await writer.write(tar.header(name, bytes.byteLength, MODIFIED_SECONDS));
    await writer.write(bytes);
    await writer.write(tar.padding(bytes.byteLength));
  };
  await add(ovfFile.name, ovf);
  await add(`${machine.vm.name}.mf`, manifest);
  for (const { name, sizeBytes } of staged) {
    await writer.write(tar.header(name, sizeBytes, MODIFIED_SECONDS));
    await copyInto(writer, at(partOf(name)), signal);
    await writer.write(tar.padding(sizeBytes));
    await unlink(at(partOf(name)));
  }
  await writer.write(tar.end());
  const { sha256 } = await writer.finish();
  await rename(at(partOf(whole)), at(whole));
  return { files, sha256 };
}

async function writeDisk(disk: DemoDisk, index: number, writer: Gathered, signal: AbortSignal): Promise<void> {
  const layout = new StreamOptimizedLayout();
  await writer.write(layout.head(disk.sizeBytes, { cid: 0x6775_7401 + index, adapterType: 'lsilogic' }));
  for (const { offset, bytes } of disk.extents()) {
    signal.throwIfAborted();
    for (const piece of layout.grain(offset, deflateSync(bytes, { level: LEVEL }))) await writer.write(piece);
  }
  for (const piece of layout.tail()) await writer.write(piece);
}

async function copyInto(writer: Gathered, file: string, signal: AbortSignal): Promise<void> {
  await using source = await open(file, 'r');
  for (let position = 0; ;) {
    signal.throwIfAborted();
    const piece = Buffer.allocUnsafe(GATHER_BYTES);
    const { bytesRead } = await source.read(piece, 0, piece.byteLength, position);
    if (bytesRead === 0) return;
    await writer.write(piece.subarray(0, bytesRead));
    position += bytesRead;
  }
}

/** A new file, written front to back in large pieces and hashed on the way. */
class Gathered implements AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  #pieces: Uint8Array[] = [];
  #gatheredBytes = 0;
  #sizeBytes = 0;

  private constructor(at: string, file: FileHandle) {
    this.#path = at;
    this.#file = file;
  }

  static async create(at: string): Promise<Gathered> {
    try {
      return new Gathered(at, await open(at, 'wx'));
    } catch (error) {
      throw writeFailure(at, error);
    }
  }

  /** Keeps `bytes` until they are written: they must not be touched again. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#pieces.push(bytes);
    this.#gatheredBytes += bytes.byteLength;
    this.#sizeBytes += bytes.byteLength;
    if (this.#gatheredBytes >= GATHER_BYTES) await this.#flush();
  }

  /** Returns once the bytes survive a power cut. */
  async finish(): Promise<Omit<PackedFile, 'name'>> {
    await this.#flush();
    await this.#file.sync();
    return { sizeBytes: this.#sizeBytes, sha256: this.#hash.digest('hex') };
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#gatheredBytes = 0;
    try {
      await this.#file.appendFile(bytes);
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
