/** Independent readers of disk images, to tell a wrong disk from one that was damaged where no format could notice. */
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import * as path from 'node:path';
import type { Subject } from './messages.ts';
import type { ReadingProcess } from './reading.ts';

const JUDGE_TIMEOUT_MS = 30_000;
const lab = path.resolve(import.meta.dirname, '../peers/hyperv');

/** Reads the disk through libvhdi with its parents, which lie beside it. */
const throughLibvhdi = `
import os, pyvhdi, sys
def opened(file):
    image = pyvhdi.file()
    image.open(file)
    if image.parent_filename:
        name = image.parent_filename.replace("\\\\", "/").split("/")[-1]
        image.set_parent(opened(os.path.join(os.path.dirname(file), name)))
    return image
image = opened(sys.argv[1])
with open(sys.argv[2], "wb") as out:
    out.truncate(image.media_size)
    for at in range(0, image.media_size, 65536):
        out.seek(at)
        out.write(image.read_buffer_at_offset(min(65536, image.media_size - at), at))
`;

/**
 * Reads a VHD by its tables alone and checks nothing. qemu-img knows no differencing VHD, and libvhdi 20210425 takes a
 * set bit of a sector bitmap for the rest of its byte too.
 */
const byTheBook = `
import os, struct, sys
def opened(file):
    data = open(file, "rb").read()
    foot = data[-512:]
    size, kind = struct.unpack(">Q4xI", foot[48:64])
    if kind == 2:
        return data[:size]
    head = data[struct.unpack(">Q", foot[16:24])[0]:][:1024]
    table, _, entries, block = struct.unpack(">QIII", head[16:36])
    out = bytearray(size)
    if kind == 4:
        name = head[64:576].decode("utf-16-be").rstrip(chr(0)).replace(chr(92), "/").split("/")[-1]
        out[:] = opened(os.path.join(os.path.dirname(file), name))[:size].ljust(size, bytes(1))
    bits = (block // 512 + 7) // 8
    for i in range(min(entries, (size + block - 1) // block)):
        at, = struct.unpack(">I", data[table + 4 * i:][:4])
        if at == 0xffffffff:
            continue
        bitmap, body = data[at * 512:][:bits], at * 512 + (bits + 511) // 512 * 512
        for sector in range(min(block, size - i * block) // 512):
            if kind == 3 or bitmap[sector // 8] & (0x80 >> sector % 8):
                piece = data[body + sector * 512:][:512]
                assert len(piece) == 512
                out[i * block + sector * 512:i * block + sector * 512 + 512] = piece
    return bytes(out)
open(sys.argv[2], "wb").write(opened(sys.argv[1]))
`;

type Judge = (image: string, raw: string) => readonly [string, ...string[]];

const qemu = (driver: string): Judge => {
  // A VHD has its size in two notations; this is the one that Hyper-V goes by.
  const more = driver === 'vpc' ? ',force_size_calc=current_size' : '';
  return (image, raw) => [
    'qemu-img',
    'convert',
    '--image-opts',
    '-O',
    'raw',
    `driver=${driver},file.filename=${image}${more}`,
    raw,
  ];
};
/** With its log written back first, in a copy: qemu-img opens no VHDX whose log is not. */
const qemuReplayed: Judge = (image, raw) => [
  '/bin/sh',
  '-ec',
  'trap \'rm -f "$1.copy"\' EXIT; cp "$0" "$1.copy"; qemu-img check -r all -f vhdx "$1.copy"; qemu-img convert -f vhdx -O raw "$1.copy" "$1"',
  image,
  raw,
];
const libvhdi: Judge = (image, raw) => ['/usr/bin/python3', '-c', throughLibvhdi, image, raw];
const plainVhd: Judge = (image, raw) => ['/usr/bin/python3', '-c', byTheBook, image, raw];
const vhdxtool: Judge = (image, raw) => ['/usr/bin/python3', '-B', path.join(lab, 'vhdxtool.py'), 'toraw', image, raw];

const judges: Readonly<Record<Subject, readonly Judge[]>> = {
  raw: [qemu('raw')],
  vmdk: [qemu('vmdk')],
  vhd: [qemu('vpc'), plainVhd],
  vhdx: [qemu('vhdx'), qemuReplayed, vhdxtool, libvhdi],
  qcow2: [qemu('qcow2')],
  vdi: [qemu('vdi')],
  container: [], // they carry digests of their own, or a warning that they do not
};

/**
 * True where qemu-img finds that tables contradict each other. It reads on regardless, so agreeing with it about the
 * content is not enough. Counts that are merely too high, what follows from them, and snapshots that nobody reads are no contradiction.
 */
export function isFoundCorrupt(image: string, format: Subject): boolean {
  if (format !== 'qcow2' && format !== 'vdi') return false; // it checks no others, or only their logs
  const { status, stderr } = spawnSync('qemu-img', ['check', '-f', format, image], {
    encoding: 'utf8',
    timeout: JUDGE_TIMEOUT_MS,
  });
  const isMere = /^ERROR OFLAG_COPIED|^ERROR snapshot table|^ERROR cluster \d+ refcount=0 reference=1$/;
  const errors = stderr.split('\n').filter((line) => line.startsWith('ERROR'));
  return status === 2 && (errors.length === 0 || errors.some((line) => !isMere.test(line)));
}

/** True where another reader sees a disk of that size and content in the image. */
export async function othersAgree(
  image: string,
  format: Subject,
  seen: { readonly sizeBytes: number; readonly digest: string },
  reading: ReadingProcess,
): Promise<boolean> {
  const raw = `${image}.judged`;
  for (const judge of judges[format]) {
    const [program, ...args] = judge(image, raw);
    try {
      execFileSync(program, args, { stdio: 'ignore', timeout: JUDGE_TIMEOUT_MS });
      const answer = await reading.read({ file: raw, format: 'raw' });
      if (answer.kind === 'read' && answer.sizeBytes === seen.sizeBytes && answer.digest === seen.digest) return true;
    } catch {
      // This one cannot read it; the next may.
    } finally {
      rmSync(raw, { force: true });
    }
  }
  return false;
}
