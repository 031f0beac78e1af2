/** Reads the text that every VMDK carries: what kind of disk it is, of which extents, on which parent. */
import { DamagedImageError, LimitError } from '../errors.ts';

export const SECTOR = 512;

/** Real descriptors have one or two KiB; a disk of thousands of extents a few hundred. */
export const LONGEST_DESCRIPTOR = 1024 * 1024;
const MOST_EXTENTS = 4096;
/** 64 TiB, above the 62 TiB that vSphere makes at most. */
export const MOST_SECTORS = 2 ** 37;

/** One line of the extent description: the disk is its extents one after the other. */
export interface ExtentLine {
  readonly access: 'RW' | 'RDONLY' | 'NOACCESS';
  readonly sizeBytes: number;
  /** As written but in upper case: FLAT, VMFS, ZERO, SPARSE, VMFSSPARSE, SESPARSE, VMFSRDM, VMFSRAW, … */
  readonly kind: string;
  /** Null for ZERO. */
  readonly fileName: string | null;
  /** Where the extent starts in a flat file. */
  readonly positionBytes: number;
}

export interface Descriptor {
  /** As written; lower-case comparisons are up to the reader. */
  readonly createType: string;
  /** Eight hexadecimal digits in lower case; null where the text has none. */
  readonly contentId: string | null;
  /** Null where the disk stands alone (`ffffffff`). */
  readonly parentContentId: string | null;
  readonly parentFileName: string | null;
  readonly extents: readonly ExtentLine[];
  readonly creator: string | null;
}

const NO_PARENT = 'ffffffff';

/**
 * Parses a descriptor, on its own in a file or embedded in a sparse extent (then padded with zeros).
 * Source: “Virtual Disk Format 5.0” technical note by VMware, section “The Descriptor File”.
 * @throws DamagedImageError, LimitError naming the line that is wrong.
 */
export function parseDescriptor(bytes: Uint8Array, name: string): Descriptor {
  if (bytes.byteLength > LONGEST_DESCRIPTOR) throw new LimitError(`The descriptor of “${name}” is longer than 1 MiB.`);
  const lines = decode(bytes).split(/\r\n|\n|\r/);
  const values = new Map<string, string>();
  const extents: ExtentLine[] = [];
  let createdBy: string | null = null;
  for (const line of lines) {
    const text = line.trim();
    const setting = /^([^\s"=#]+)\s*=\s*(.*)$/.exec(text);
    if (setting !== null) {
      // The groups are there when the expression matches. The first wins, as in VMware's products.
      const key = (setting[1] as string).toLowerCase();
      if (!values.has(key)) values.set(key, unquoted(setting[2] as string));
    } else if (/^(RW|RDONLY|NOACCESS)\s/i.test(text)) {
      if (extents.length === MOST_EXTENTS) throw new LimitError(`“${name}” has more than ${MOST_EXTENTS} extents.`);
      extents.push(extentLine(text, name));
    } else if (text.startsWith('#') || text === '') createdBy ??= /^#\s*Created by (\S.*)$/i.exec(text)?.[1] ?? null;
    // A line that is passed over may have been an extent before it was damaged, and the disk would shrink unseen.
    else
      throw new DamagedImageError(`The descriptor of “${name}” has a line that means nothing: ${text.slice(0, 200)}`);
  }
  const createType = values.get('createtype');
  if (createType === undefined || createType === '')
    throw new DamagedImageError(`The descriptor of “${name}” has no createType.`);
  const parentContentId = contentId(values, 'parentcid', name);
  // Every disk has the line; without it a delta whose other lines are damaged too would pass for a disk of its own.
  if (parentContentId === null) throw new DamagedImageError(`The descriptor of “${name}” has no parentCID.`);
  const parentFileName = values.get('parentfilenamehint') ?? null;
  return {
    createType,
    contentId: contentId(values, 'cid', name),
    parentContentId: parentContentId === NO_PARENT ? null : parentContentId,
    parentFileName: parentFileName === '' ? null : parentFileName,
    extents,
    creator: createdBy ?? creatorOf(values),
  };
}

function contentId(values: ReadonlyMap<string, string>, key: string, name: string): string | null {
  const written = values.get(key);
  if (written === undefined) return null;
  if (!/^[0-9a-f]{1,8}$/i.test(written))
    throw new DamagedImageError(`“${name}” has the content ID “${written.slice(0, 40)}”, which is none.`);
  return written.toLowerCase().padStart(8, '0');
}

function extentLine(text: string, name: string): ExtentLine {
  const parts = /^(\w+)\s+(\d{1,15})\s+(\w+)(?:\s+"([^"]+)"(?:\s+(\d{1,15}))?)?/.exec(text);
  const [, access, sectors, kind, fileName, position] = parts ?? [];
  const size = Number(sectors) * SECTOR;
  if (access === undefined || kind === undefined || !(size > 0)) {
    throw new DamagedImageError(`“${name}” has an extent line that cannot be read: ${text.slice(0, 200)}`);
  }
  const upper = kind.toUpperCase();
  if (fileName === undefined && upper !== 'ZERO')
    throw new DamagedImageError(`“${name}” has an extent without a file: ${text.slice(0, 200)}`);
  return {
    access: access.toUpperCase() as ExtentLine['access'], // the caller matched one of the three
    sizeBytes: size,
    kind: upper,
    fileName: fileName ?? null,
    positionBytes: Number(position ?? 0) * SECTOR,
  };
}

/** What the disk database says of the program or the product that made the disk. */
function creatorOf(values: ReadonlyMap<string, string>): string | null {
  const comment = values.get('ddb.comment');
  if (comment !== undefined && comment !== '') return comment;
  const tools = values.get('ddb.toolsversion');
  // 0 is “no tools”, 2147483647 is what programs write that have none of VMware's.
  if (tools === undefined || tools === '0' || tools === '2147483647') return null;
  const hardware = values.get('ddb.virtualhwversion');
  return hardware === undefined ? `VMware tools ${tools}` : `VMware hardware ${hardware}, tools ${tools}`;
}

function unquoted(text: string): string {
  const quoted = /^"(.*)"/.exec(text);
  return quoted?.[1] ?? text;
}

/** The text up to the padding, in the encoding that it names; file names depend on it. */
function decode(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = end === -1 ? bytes : bytes.subarray(0, end);
  const plain = new TextDecoder('latin1').decode(text);
  const encoding = /^\s*encoding\s*=\s*"([\w-]{1,40})"/im.exec(plain)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(encoding).decode(text);
  } catch {
    return new TextDecoder().decode(text); // an encoding that this runtime does not know; names are mostly ASCII
  }
}
