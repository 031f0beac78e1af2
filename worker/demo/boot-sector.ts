/** The demo machine's whole operating system: 512 bytes that say they run, read both disks and say whether they are right. */

/** The code at 0x7c00 says this first, on the screen and on COM1. */
export const RUNNING_LINE = 'GUTS-DEMO: disk moved, guest is running';
/** Said when every range of the check table sums up to what it should. */
export const VERIFIED_LINE = 'GUTS-DEMO: content verified';
/** Said at the first range that does not, or that cannot be read. */
export const WRONG_LINE = 'GUTS-DEMO: content WRONG';

/** A range that the guest reads and sums up; `sum` is `foldSum` over all of it, from 0. */
export interface CheckedRange {
  /** BIOS drive number: 0x80 is the first disk. */
  readonly drive: number;
  /** Both are multiples of `CHUNK_BYTES`; `length` is at most 65,535 of them. */
  readonly offset: number;
  readonly length: number;
  readonly sum: number;
}

export interface Partition {
  readonly type: number;
  readonly offset: number;
  readonly length: number;
}

/** QEMU's isa-debug-exit, where it is put there: the process ends with twice the byte written, plus 1. */
export const EXIT_PORT = 0xf4;

const SECTOR_BYTES = 512;
/** One BIOS read; it fits into a 64 KiB segment. */
export const CHUNK_BYTES = 64 * SECTOR_BYTES;

const PRIME = 0x0100_0193;
const TURN = 13;

/**
 * The guest's checksum, carried on over `bytes`, whose length is a multiple of 4: for each little-endian 32-bit word,
 * exclusive-or, multiply, rotate. Each step can be undone, so one changed word always shows; zeros keep 0 at 0.
 */
export function foldSum(sum: number, bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let folded = sum;
  for (let at = 0; at < bytes.byteLength; at += 4) {
    const product = Math.imul(folded ^ view.getInt32(at, true), PRIME);
    folded = (product << TURN) | (product >>> (32 - TURN));
  }
  return folded >>> 0;
}

/** A byte, or a reference to a label: its address, or the way to it from the end of the instruction. */
type Code =
  | number
  | { readonly address: string; readonly plus?: number }
  | { readonly near: string }
  | { readonly call: string };
/** `name:` sets a label; else the bytes of one instruction (or of data) and what they are in Intel's notation. */
type Line = string | readonly [bytes: readonly Code[], meaning: string];

const ORIGIN = 0x7c00;
const TABLE = 0x7e00;
const ENTRY_BYTES = 12;
const MOST_RANGES = Math.floor(SECTOR_BYTES / ENTRY_BYTES) - 1; // an entry of zeros ends the table

const program: readonly Line[] = [
  [[0xfa], 'cli'],
  [[0xea, { address: 'start' }, 0x00, 0x00], 'jmp 0:start (some BIOSes enter at 07c0:0000)'],
  'start:',
  [[0x31, 0xc0], 'xor ax, ax'],
  [[0x8e, 0xd8], 'mov ds, ax'],
  [[0x8e, 0xc0], 'mov es, ax'],
  [[0x8e, 0xd0], 'mov ss, ax'],
  [[0xbc, 0x00, 0x7c], 'mov sp, 0x7c00'],
  [[0xfb], 'sti'],
  [[0xfc], 'cld'],
  [[0xb8, 0xe3, 0x00], 'mov ax, 0x00e3 (set up the port: 9600 baud, 8 bits, no parity)'],
  [[0x31, 0xd2], 'xor dx, dx (COM1)'],
  [[0xcd, 0x14], 'int 0x14'],
  [[0xbe, { address: 'running' }], 'mov si, running'],
  [[0xe8, { call: 'say' }], 'call say'],

  // The check table, sector 1 of the first disk, to 0:7e00.
  [[0xb2, 0x80], 'mov dl, 0x80'],
  [[0xe8, { call: 'read' }], 'call read'],
  [[0x72, { near: 'wrong' }], 'jc wrong'],
  // From here on 64 sectors at a time, to 1000:0000.
  [[0xc6, 0x06, { address: 'packet', plus: 2 }, 0x40], 'mov byte [packet + 2], 64'],
  [[0xc7, 0x06, { address: 'packet', plus: 4 }, 0x00, 0x00], 'mov word [packet + 4], 0'],
  [[0xc7, 0x06, { address: 'packet', plus: 6 }, 0x00, 0x10], 'mov word [packet + 6], 0x1000'],
  [[0xbf, TABLE & 0xff, TABLE >> 8], 'mov di, 0x7e00'],

  'range:',
  [[0x8a, 0x15], 'mov dl, [di] (drive)'],
  [[0x84, 0xd2], 'test dl, dl'],
  [[0x74, { near: 'verified' }], 'jz verified'],
  [[0x66, 0x8b, 0x45, 0x04], 'mov eax, [di + 4] (first sector)'],
  [[0x66, 0xa3, { address: 'packet', plus: 8 }], 'mov [packet + 8], eax'],
  [[0x8b, 0x4d, 0x02], 'mov cx, [di + 2] (chunks)'],
  [[0x66, 0x31, 0xdb], 'xor ebx, ebx (sum)'],
  'chunk:',
  [[0x51], 'push cx'],
  [[0x8a, 0x15], 'mov dl, [di]'],
  [[0xe8, { call: 'read' }], 'call read'],
  [[0x72, { near: 'wrong' }], 'jc wrong'],
  [[0x1e], 'push ds'],
  [[0xb8, 0x00, 0x10], 'mov ax, 0x1000'],
  [[0x8e, 0xd8], 'mov ds, ax'],
  [[0x31, 0xf6], 'xor si, si'],
  [[0xb9, 0x00, 0x20], 'mov cx, 8192 (32-bit words in a chunk)'],
  'word:',
  [[0x66, 0xad], 'lodsd'],
  [[0x66, 0x31, 0xc3], 'xor ebx, eax'],
  [[0x66, 0x69, 0xdb, 0x93, 0x01, 0x00, 0x01], 'imul ebx, ebx, 0x01000193'],
  [[0x66, 0xc1, 0xc3, TURN], 'rol ebx, 13'],
  [[0xe2, { near: 'word' }], 'loop word'],
  [[0x1f], 'pop ds'],
  [[0x66, 0x83, 0x06, { address: 'packet', plus: 8 }, 0x40], 'add dword [packet + 8], 64'],
  [[0x59], 'pop cx'],
  [[0xe2, { near: 'chunk' }], 'loop chunk'],
  [[0x66, 0x3b, 0x5d, 0x08], 'cmp ebx, [di + 8]'],
  [[0x75, { near: 'wrong' }], 'jne wrong'],
  [[0x83, 0xc7, ENTRY_BYTES], 'add di, 12'],
  [[0xeb, { near: 'range' }], 'jmp range'],

  'verified:',
  [[0x6a, 0x10], 'push 0x10'],
  [[0xbe, { address: 'verifiedText' }], 'mov si, verifiedText'],
  [[0xeb, { near: 'end' }], 'jmp end'],
  'wrong:',
  [[0x6a, 0x11], 'push 0x11'],
  [[0xbe, { address: 'wrongText' }], 'mov si, wrongText'],
  'end:',
  [[0xe8, { call: 'say' }], 'call say'],
  [[0x58], 'pop ax'],
  [[0xe6, EXIT_PORT], 'out 0xf4, al (ends a QEMU that was given this port to end by; nothing listens there elsewhere)'],
  [[0xfa], 'cli'],
  'rest:',
  [[0xf4], 'hlt (for good: whoever looks at the screen later still finds the lines there)'],
  [[0xeb, { near: 'rest' }], 'jmp rest'],

  'read:', // sectors of drive dl as the packet says; carry set when that fails
  [[0xbe, { address: 'packet' }], 'mov si, packet'],
  [[0xb4, 0x42], 'mov ah, 0x42 (extended read)'],
  [[0xcd, 0x13], 'int 0x13'],
  [[0xc3], 'ret'],

  // The text at si, whole, first on the screen and then on the port: where a BIOS mirrors the screen to COM1, lines stay whole.
  'say:',
  [[0x56], 'push si'],
  'show:',
  [[0xac], 'lodsb'],
  [[0x84, 0xc0], 'test al, al'],
  [[0x74, { near: 'shown' }], 'jz shown'],
  [[0xb4, 0x0e], 'mov ah, 0x0e (teletype)'],
  [[0xbb, 0x07, 0x00], 'mov bx, 7'],
  [[0xcd, 0x10], 'int 0x10'],
  [[0xeb, { near: 'show' }], 'jmp show'],
  'shown:',
  [[0x5e], 'pop si'],
  'send:',
  [[0xac], 'lodsb'],
  [[0x84, 0xc0], 'test al, al'],
  [[0x74, { near: 'sent' }], 'jz sent'],
  [[0x88, 0xc4], 'mov ah, al'],
  [[0xba, 0xfd, 0x03], 'mov dx, 0x3fd (line status; reads as all ones where there is no port)'],
  'busy:',
  [[0xec], 'in al, dx'],
  [[0xa8, 0x20], 'test al, 0x20 (room for a byte)'],
  [[0x74, { near: 'busy' }], 'jz busy'],
  [[0x88, 0xe0], 'mov al, ah'],
  [[0xb2, 0xf8], 'mov dl, 0xf8 (0x3f8, data)'],
  [[0xee], 'out dx, al'],
  [[0xeb, { near: 'send' }], 'jmp send'],
  'sent:',
  [[0xc3], 'ret'],

  'packet:', // INT 13h extensions, disk address packet
  [[0x10, 0x00], 'its size'],
  [[0x01, 0x00], 'sectors to read'],
  [[TABLE & 0xff, TABLE >> 8, 0x00, 0x00], 'to where: offset, segment'],
  [[0x01, 0, 0, 0, 0, 0, 0, 0], 'first sector'],
  'running:',
  [textBytes(RUNNING_LINE), 'what the guest says'],
  'verifiedText:',
  [textBytes(VERIFIED_LINE), 'what the guest says'],
  'wrongText:',
  [textBytes(WRONG_LINE), 'what the guest says'],
];

function textBytes(line: string): readonly number[] {
  return [...Buffer.from(`\r${line}\r\n\0`, 'latin1')];
}

/** The code of the boot sector, at most 440 bytes, as it runs at 0x7c00. */
export function bootCode(): Buffer {
  const labels = new Map<string, number>();
  let size = 0;
  for (const line of program) {
    if (typeof line === 'string') labels.set(line.slice(0, -1), ORIGIN + size);
    else size += line[0].reduce<number>((sum, code) => sum + widthOf(code), 0);
  }
  const target = (label: string): number => {
    const address = labels.get(label);
    if (address === undefined) throw new Error(`The boot code has no label “${label}”.`);
    return address;
  };

  const bytes = Buffer.alloc(size);
  let at = 0;
  for (const line of program) {
    if (typeof line === 'string') continue;
    for (const code of line[0]) {
      const next = at + widthOf(code);
      if (typeof code === 'number') bytes.writeUInt8(code, at);
      else if ('address' in code) bytes.writeUInt16LE(target(code.address) + (code.plus ?? 0), at);
      else if ('call' in code) bytes.writeInt16LE(target(code.call) - ORIGIN - next, at);
      else bytes.writeInt8(target(code.near) - ORIGIN - next, at); // throws where a jump is too far
      at = next;
    }
  }
  return bytes;
}

function widthOf(code: Code): 1 | 2 {
  return typeof code === 'number' || 'near' in code ? 1 : 2;
}

/**
 * The first two sectors of the first disk: code with the partition table (master boot record), and the check table.
 * @throws Error when there are more ranges or partitions than the sectors have room for.
 */
export function bootSectors(
  signature: number,
  partitions: readonly Partition[],
  ranges: readonly CheckedRange[],
): Buffer {
  const code = bootCode();
  if (code.byteLength > 440 || partitions.length > 4 || ranges.length > MOST_RANGES) {
    throw new Error(
      `The boot sectors have no room for ${code.byteLength} bytes, ${partitions.length} partitions, ${ranges.length} ranges.`,
    );
  }
  const sectors = Buffer.alloc(2 * SECTOR_BYTES);
  code.copy(sectors);
  sectors.writeUInt32LE(signature, 440);
  partitions.forEach(({ type, offset, length }, index) => {
    const at = 446 + 16 * index;
    const first = offset / SECTOR_BYTES;
    const count = length / SECTOR_BYTES;
    sectors.writeUInt8(index === 0 ? 0x80 : 0, at); // the first one is marked active
    writeChs(sectors, at + 1, first);
    sectors.writeUInt8(type, at + 4);
    writeChs(sectors, at + 5, first + count - 1);
    sectors.writeUInt32LE(first, at + 8);
    sectors.writeUInt32LE(count, at + 12);
  });
  sectors.writeUInt16LE(0xaa55, 510);
  ranges.forEach(({ drive, offset, length, sum }, index) => {
    const at = SECTOR_BYTES + ENTRY_BYTES * index;
    sectors.writeUInt8(drive, at);
    sectors.writeUInt16LE(length / CHUNK_BYTES, at + 2);
    sectors.writeUInt32LE(offset / SECTOR_BYTES, at + 4);
    sectors.writeUInt32LE(sum, at + 8);
  });
  return sectors;
}

/** A sector's cylinder, head and sector for the usual 255 heads and 63 sectors; the largest values past cylinder 1023. */
function writeChs(into: Buffer, at: number, sector: number): void {
  const cylinder = Math.floor(sector / (255 * 63));
  const past = cylinder > 1023;
  into.writeUInt8(past ? 254 : Math.floor(sector / 63) % 255, at);
  into.writeUInt8(past ? 0xff : ((sector % 63) + 1) | ((cylinder >> 8) << 6), at + 1);
  into.writeUInt8(past ? 0xff : cylinder & 0xff, at + 2);
}
