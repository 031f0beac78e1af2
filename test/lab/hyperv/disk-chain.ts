/** A disk of a simulated machine as its chain of files: the first one, and one more for each checkpoint that was taken. */
import { randomUUID } from 'node:crypto';
import { LabDisk } from '../lab-disk.ts';
import { uuidOf } from '../vcenter/machine.ts';
import type { ByteSource } from '../../../worker/disk/bytes.ts';
import type { DiskFile, FileContent, Kin, LayerContent } from './disk-file.ts';
import type { DiskSpec } from './machine-spec.ts';
import { vhdFile } from './vhd-file.ts';
import { vhdxFile } from './vhdx-file.ts';

const BLOCK = 64 * 1024;

export class DiskChain {
  readonly spec: DiskSpec;
  readonly #disk: LabDisk;
  readonly #files: [DiskFile, ...DiskFile[]];

  private constructor(spec: DiskSpec, path: string, disk: LabDisk) {
    this.spec = spec;
    this.#disk = disk;
    this.#files = [newFile(path)];
  }

  static async open(spec: DiskSpec, path: string, content: ByteSource | null): Promise<DiskChain> {
    return new DiskChain(spec, path, await LabDisk.open(path, 0, spec.sizeBytes, content));
  }

  /** The oldest first. */
  get files(): readonly DiskFile[] {
    return this.#files;
  }

  /** The one that is written to. */
  get leaf(): DiskFile {
    return this.#files.at(-1) ?? this.#files[0];
  }

  get format(): 'VHD' | 'VHDX' {
    return this.spec.format === 'vhd' ? 'VHD' : 'VHDX';
  }

  parentOf(file: DiskFile): DiskFile | null {
    return this.#files[this.#files.indexOf(file) - 1] ?? null;
  }

  typeOf(file: DiskFile): 'Fixed' | 'Dynamic' | 'Differencing' {
    if (file !== this.#files[0]) return 'Differencing';
    return this.spec.isFixed === true ? 'Fixed' : 'Dynamic';
  }

  /** @returns the file that nobody writes to from now on */
  freeze(name: string): DiskFile {
    const frozen = this.leaf;
    const path = this.#files[0].path.replace(/\.(a?vhdx?)$/i, `_${name.toUpperCase()}.a${this.spec.format ?? 'vhdx'}`);
    this.#disk.pushLayer();
    this.#files.push(newFile(path));
    return frozen;
  }

  /** What the file above `file` holds goes into it. */
  merge(file: DiskFile): void {
    const layer = this.#files.indexOf(file);
    if (layer === -1 || layer === this.#files.length - 1) throw new RangeError('There is nothing to merge.');
    this.#disk.foldLayer(layer);
    this.#files.splice(layer + 1, 1);
    touch(file);
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    await this.#disk.write(offset, bytes, 0);
    touch(this.leaf);
  }

  /** What the guest sees. */
  async read(into: Uint8Array, offset: number): Promise<void> {
    await this.#disk.read(into, offset);
  }

  /** The file's bytes as they are now; later writes are not seen in its length. */
  contentOf(file: DiskFile): FileContent {
    const layer = this.#files.indexOf(file);
    const content: LayerContent = {
      sizeBytes: this.spec.sizeBytes,
      held: this.#disk.blocksOf(layer).map((number) => number * BLOCK),
      read: async (into, position) => await this.#disk.read(into, position, layer + 1),
    };
    const kin: Kin = { file, parent: this.parentOf(file) };
    return this.spec.format === 'vhd' ? vhdFile(this.spec, content, kin) : vhdxFile(this.spec, content, kin);
  }
}

const newFile = (path: string): DiskFile => ({
  path,
  id: uuidOf(`disk ${path}`),
  written: uuidOf(`written ${path}`),
  writtenAt: new Date('2026-05-04T03:02:01Z'),
});

function touch(file: DiskFile): void {
  file.written = randomUUID();
  file.writtenAt = new Date();
}
