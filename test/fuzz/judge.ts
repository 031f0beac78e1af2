/** Independent readers of disk images, to tell a wrong disk from one that was damaged where no format could notice. */
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import * as path from 'node:path';
import type { DiskFormat } from '../../main/shared/disk.ts';
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

type Judge = (image: string, raw: string) => readonly [string, ...string[]];

const qemu = (driver: string): Judge => {
  // A VHD has its size in two notations; this is the one that Hyper-V goes by.
  const more = driver === 'vpc' ? ',force-size-calc=current_size' : '';
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
const libvhdi: Judge = (image, raw) => ['/usr/bin/python3', '-c', throughLibvhdi, image, raw];
const vhdxtool: Judge = (image, raw) => ['/usr/bin/python3', '-B', path.join(lab, 'vhdxtool.py'), 'toraw', image, raw];

const judges: Readonly<Record<DiskFormat, readonly Judge[]>> = {
  raw: [qemu('raw')],
  vmdk: [qemu('vmdk')],
  vhd: [qemu('vpc'), libvhdi],
  vhdx: [qemu('vhdx'), vhdxtool, libvhdi],
  qcow2: [qemu('qcow2')],
  vdi: [qemu('vdi')],
};

/**
 * True where qemu-img finds that tables contradict each other. It reads on regardless, so agreeing with it about the
 * content is not enough. What nothing points to (a leak) is no contradiction.
 */
export function isFoundCorrupt(image: string, format: DiskFormat): boolean {
  if (format !== 'qcow2' && format !== 'vdi') return false; // it checks no others, or only their logs
  const { status } = spawnSync('qemu-img', ['check', '-f', format, image], {
    stdio: 'ignore',
    timeout: JUDGE_TIMEOUT_MS,
  });
  return status === 2;
}

/** True where another reader sees a disk of that size and content in the image. */
export async function othersAgree(
  image: string,
  format: DiskFormat,
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
