/** Lays out an ext2 file system (revision 1, 4 KiB blocks) as regions of a disk, without ever holding the files' content. */
import { PAGE_BYTES, type Content } from './content.ts';
import { held, type Region } from './regions.ts';

/** A file or folder; folders above a file need not be listed. */
export interface DemoFile {
  /** Absolute, such as `/etc/hostname`; no part longer than 255 bytes. */
  readonly path: string;
  readonly content: Content;
  /** Blocks left free in front of the file, as on a disk that has been in use: they become holes. */
  readonly gapBlocks?: number;
}

export interface Ext2Options {
  readonly sizeBytes: number;
  readonly label: string;
  /** 16 bytes. */
  readonly uuid: Buffer;
  /** The one time stamp of everything, in seconds since 1970. */
  readonly seconds: number;
  readonly files: readonly DemoFile[];
}

const BLOCK = PAGE_BYTES;
const BLOCKS_PER_GROUP = 8 * BLOCK; // one block of bitmap
const INODES_PER_GROUP = 1024;
const INODE_BYTES = 128;
const TABLE_BLOCKS = (INODES_PER_GROUP * INODE_BYTES) / BLOCK;
/** Super block, group descriptors, two bitmaps, inode table: every group starts with them. */
const META_BLOCKS = 4 + TABLE_BLOCKS;
const POINTERS = BLOCK / 4;
const ROOT_INODE = 2;
const LOST_FOUND_INODE = 11; // the first one that is not reserved
const FILE = 1;
const FOLDER = 2;

interface Entry {
  readonly name: string;
  readonly inode: number;
  readonly type: typeof FILE | typeof FOLDER;
}

/**
 * The file system as regions, in order of offset, from 0. What no region covers was never written.
 * @throws Error when the files do not fit.
 */
export function ext2Regions(options: Ext2Options): Region[] {
  return new Layout(options).regions();
}

class Layout {
  readonly #options: Ext2Options;
  readonly #blocks: number;
  readonly #groups: number;
  readonly #blockBitmaps: Buffer[];
  readonly #inodeBitmaps: Buffer[];
  readonly #inodeTables: Buffer[];
  readonly #folders: number[];
  readonly #data: Region[] = [];
  #nextBlock = META_BLOCKS;
  #nextInode = LOST_FOUND_INODE;

  constructor(options: Ext2Options) {
    this.#options = options;
    this.#blocks = Math.floor(options.sizeBytes / BLOCK);
    this.#groups = Math.ceil(this.#blocks / BLOCKS_PER_GROUP);
    if (this.#groups > BLOCK / 32) throw new Error('The group descriptors do not fit into one block.');
    const perGroup = (bytes: number): Buffer[] => Array.from({ length: this.#groups }, () => Buffer.alloc(bytes));
    this.#blockBitmaps = perGroup(BLOCK);
    this.#inodeBitmaps = perGroup(BLOCK);
    this.#inodeTables = perGroup(TABLE_BLOCKS * BLOCK);
    this.#folders = Array.from({ length: this.#groups }, () => 0);
  }

  regions(): Region[] {
    for (let group = 0; group < this.#groups; group++) {
      for (let block = 0; block < META_BLOCKS; block++) this.#markBlock(group * BLOCKS_PER_GROUP + block);
      for (let block = this.#blocksIn(group); block < BLOCKS_PER_GROUP; block++)
        setBit(this.#blockBitmaps[group], block);
      for (let inode = INODES_PER_GROUP; inode < 8 * BLOCK; inode++) setBit(this.#inodeBitmaps[group], inode);
    }
    for (let inode = 1; inode < LOST_FOUND_INODE; inode++) this.#markInode(inode);

    const tree = treeOf(this.#options.files);
    tree.folders.set('lost+found', { folders: new Map(), files: [] }); // e2fsck misses it otherwise
    this.#writeFolder(ROOT_INODE, ROOT_INODE, tree);
    return [...this.#meta(), ...this.#data].sort((a, b) => a.offset - b.offset);
  }

  #writeFolder(inode: number, parent: number, folder: Folder): void {
    const entries: Entry[] = [
      { name: '.', inode, type: FOLDER },
      { name: '..', inode: parent, type: FOLDER },
    ];
    // lost+found must come first to get the inode that e2fsprogs gives it.
    const names = [...folder.folders.keys()].sort((a, b) => Number(b === 'lost+found') - Number(a === 'lost+found'));
    const inside = names.map((name) => ({ name, inode: this.#takeInode(), type: FOLDER }) as const);
    entries.push(...inside);
    for (const { path, content, gapBlocks } of folder.files) {
      const own = this.#takeInode();
      entries.push({ name: path.slice(path.lastIndexOf('/') + 1), inode: own, type: FILE });
      this.#nextBlock += gapBlocks ?? 0;
      this.#writeInode(own, 0o100644, 1, content);
    }
    const bytes = folderBytes(entries);
    this.#writeInode(inode, 0o040755, 2 + inside.length, {
      sizeBytes: bytes.byteLength,
      page: (index, into) => void bytes.copy(into, 0, index * BLOCK),
    });
    this.#markInode(inode);
    const group = Math.floor((inode - 1) / INODES_PER_GROUP);
    this.#folders[group] = (this.#folders[group] ?? 0) + 1;
    for (const entry of inside) this.#writeFolder(entry.inode, inode, folder.folders.get(entry.name) ?? nothing);
  }

  /** Places the content block by block, with its indirect blocks where Linux puts them, and points the inode at it. */
  #writeInode(inode: number, mode: number, links: number, content: Content): void {
    const pages = Math.ceil(content.sizeBytes / BLOCK);
    const pointers = new Uint32Array(15);
    let page = 0;
    let used = 0;
    const isMore = (): boolean => page < pages;
    const place = (): number => {
      const block = this.#takeBlock();
      this.#addPage(block, content, page++);
      used++;
      return block;
    };
    /** A block of pointers: to pages (depth 1), or to blocks of pointers. */
    const placeIndirect = (depth: number): number => {
      const block = this.#takeBlock();
      used++;
      const bytes = Buffer.alloc(BLOCK);
      for (let i = 0; i < POINTERS && isMore(); i++)
        bytes.writeUInt32LE(depth === 1 ? place() : placeIndirect(depth - 1), 4 * i);
      this.#data.push(held(block * BLOCK, bytes));
      return block;
    };
    for (let i = 0; i < 12 && isMore(); i++) pointers[i] = place();
    if (isMore()) pointers[12] = placeIndirect(1);
    if (isMore()) pointers[13] = placeIndirect(2);
    if (isMore()) throw new Error('A demo file is larger than 4 GiB.');

    const group = Math.floor((inode - 1) / INODES_PER_GROUP);
    const table = this.#inodeTables[group];
    if (table === undefined) throw new Error('The demo file system has no inode left.');
    const at = ((inode - 1) % INODES_PER_GROUP) * INODE_BYTES;
    table.writeUInt16LE(mode, at);
    table.writeUInt32LE(content.sizeBytes, at + 4);
    for (const time of [8, 12, 16]) table.writeUInt32LE(this.#options.seconds, at + time);
    table.writeUInt16LE(links, at + 26);
    table.writeUInt32LE(used * (BLOCK / 512), at + 28);
    pointers.forEach((block, index) => table.writeUInt32LE(block, at + 40 + 4 * index));
  }

  /** Makes the page part of the data, joined to the region before it where both lie side by side. */
  #addPage(block: number, content: Content, page: number): void {
    const offset = block * BLOCK;
    const last = this.#data.at(-1);
    if (last instanceof Pages && last.continues(content, offset)) last.length += BLOCK;
    else this.#data.push(new Pages(content, page, offset));
  }

  #takeBlock(): number {
    if (this.#nextBlock % BLOCKS_PER_GROUP < META_BLOCKS)
      this.#nextBlock += META_BLOCKS - (this.#nextBlock % BLOCKS_PER_GROUP);
    if (this.#nextBlock >= this.#blocks) throw new Error('The demo files do not fit into the file system.');
    this.#markBlock(this.#nextBlock);
    return this.#nextBlock++;
  }

  #takeInode(): number {
    this.#markInode(this.#nextInode);
    return this.#nextInode++;
  }

  #markBlock(block: number): void {
    setBit(this.#blockBitmaps[Math.floor(block / BLOCKS_PER_GROUP)], block % BLOCKS_PER_GROUP);
  }

  #markInode(inode: number): void {
    setBit(this.#inodeBitmaps[Math.floor((inode - 1) / INODES_PER_GROUP)], (inode - 1) % INODES_PER_GROUP);
  }

  #blocksIn(group: number): number {
    return Math.min(BLOCKS_PER_GROUP, this.#blocks - group * BLOCKS_PER_GROUP);
  }

  /** What stands at the start of each group; the super block and the descriptors are the same everywhere but for their place. */
  *#meta(): Generator<Region> {
    const freeBlocks = this.#blockBitmaps.map(countClear);
    const freeInodes = this.#inodeBitmaps.map(countClear);
    const descriptors = Buffer.alloc(BLOCK);
    for (let group = 0; group < this.#groups; group++) {
      const at = 32 * group;
      const first = group * BLOCKS_PER_GROUP;
      descriptors.writeUInt32LE(first + 2, at);
      descriptors.writeUInt32LE(first + 3, at + 4);
      descriptors.writeUInt32LE(first + 4, at + 8);
      descriptors.writeUInt16LE(freeBlocks[group] ?? 0, at + 12);
      descriptors.writeUInt16LE(freeInodes[group] ?? 0, at + 14);
      descriptors.writeUInt16LE(this.#folders[group] ?? 0, at + 16);
    }
    for (let group = 0; group < this.#groups; group++) {
      const head = Buffer.alloc(BLOCK);
      this.#superBlock(group, sum(freeBlocks), sum(freeInodes)).copy(head, group === 0 ? 1024 : 0);
      const parts = [head, descriptors, this.#blockBitmaps[group], this.#inodeBitmaps[group], this.#inodeTables[group]];
      yield held(group * BLOCKS_PER_GROUP * BLOCK, Buffer.concat(parts.filter((part) => part !== undefined)));
    }
  }

  #superBlock(group: number, freeBlocks: number, freeInodes: number): Buffer {
    const { label, uuid, seconds } = this.#options;
    const block = Buffer.alloc(1024);
    const words = [this.#groups * INODES_PER_GROUP, this.#blocks, 0, freeBlocks, freeInodes, 0, 2, 2]; // 2: blocks of 1024 << 2
    words.push(BLOCKS_PER_GROUP, BLOCKS_PER_GROUP, INODES_PER_GROUP, 0, seconds);
    words.forEach((word, index) => block.writeUInt32LE(word, 4 * index));
    block.writeUInt16LE(0xffff, 54); // no check after so many mounts
    block.writeUInt16LE(0xef53, 56);
    block.writeUInt16LE(1, 58); // cleanly unmounted
    block.writeUInt16LE(1, 60); // go on after an error
    block.writeUInt32LE(seconds, 64);
    block.writeUInt32LE(1, 76); // revision 1: the fields from here on hold
    block.writeUInt32LE(LOST_FOUND_INODE, 84);
    block.writeUInt16LE(INODE_BYTES, 88);
    block.writeUInt16LE(group, 90);
    block.writeUInt32LE(0x2, 96); // folder entries carry the file's type
    uuid.copy(block, 104, 0, 16);
    block.write(label, 120, 16, 'latin1');
    return block;
  }
}

/** Pages of one file that lie side by side on the disk. */
class Pages implements Region {
  readonly offset: number;
  length = BLOCK;
  readonly #content: Content;
  readonly #firstPage: number;

  constructor(content: Content, firstPage: number, offset: number) {
    this.#content = content;
    this.#firstPage = firstPage;
    this.offset = offset;
  }

  continues(content: Content, offset: number): boolean {
    return content === this.#content && offset === this.offset + this.length;
  }

  fill(into: Buffer, at: number): void {
    for (let done = 0; done < into.byteLength; done += BLOCK) {
      const page = this.#firstPage + (at + done) / BLOCK;
      const bytes = into.subarray(done, done + BLOCK);
      this.#content.page(page, bytes);
      const end = this.#content.sizeBytes - page * BLOCK;
      if (end < BLOCK) bytes.fill(0, end);
    }
  }
}

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: DemoFile[];
}
const nothing: Folder = { folders: new Map(), files: [] };

function treeOf(files: readonly DemoFile[]): Folder {
  const root: Folder = { folders: new Map(), files: [] };
  for (const file of files) {
    let folder = root;
    for (const name of file.path.split('/').slice(1, -1)) {
      const inner: Folder = folder.folders.get(name) ?? { folders: new Map(), files: [] };
      folder.folders.set(name, inner);
      folder = inner;
    }
    folder.files.push(file);
  }
  return root;
}

/** The entries as blocks of a folder: none crosses a block, and the last of each reaches to its end. */
function folderBytes(entries: readonly Entry[]): Buffer {
  const blocks: Buffer[] = [];
  let block = Buffer.alloc(0);
  let at = BLOCK;
  let last = 0;
  for (const { name, inode, type } of entries) {
    const bytes = Buffer.from(name, 'utf8');
    const length = 8 + Math.ceil(bytes.byteLength / 4) * 4;
    if (at + length > BLOCK) {
      block = Buffer.alloc(BLOCK);
      blocks.push(block);
      at = 0;
    } else block.writeUInt16LE(at - last, last + 4);
    block.writeUInt32LE(inode, at);
    block.writeUInt16LE(BLOCK - at, at + 4);
    block.writeUInt8(bytes.byteLength, at + 6);
    block.writeUInt8(type, at + 7);
    bytes.copy(block, at + 8);
    last = at;
    at += length;
  }
  return Buffer.concat(blocks);
}

function setBit(bitmap: Buffer | undefined, bit: number): void {
  if (bitmap === undefined) throw new Error('The demo file system has no such group.');
  bitmap[bit >> 3] = (bitmap[bit >> 3] ?? 0) | (1 << (bit & 7));
}

function countClear(bitmap: Buffer): number {
  let clear = 0;
  for (const byte of bitmap) for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) === 0) clear++;
  return clear;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
