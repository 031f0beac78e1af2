/** Opens an OVA, OVF, VMX or libvirt description, by what it holds rather than by its name. */
import { realpath } from 'node:fs/promises';
import * as path from 'node:path';
import type { DiskFormat } from '../../main/shared/disk.ts';
import type { VmFacts, VmSource } from '../../main/shared/vm.ts';
import { openFile, readBytes, type ByteSource } from '../disk/bytes.ts';
import { MissingFileError } from '../disk/errors.ts';
import { detect } from '../disk/open.ts';
import { readArchive, type Archive } from './archive.ts';
import type { Container, ContainerDisk } from './container.ts';
import { DamagedContainerError, UnsupportedContainerError } from './errors.ts';
import { Held } from './held.ts';
import { parseLibvirt } from './libvirt.ts';
import { openDisk, openPackage, readWhole } from './package.ts';
import { archiveShelf, folderShelf } from './shelf.ts';
import { looksLikeTar } from './tar.ts';
import { looksLikeVmx, MOST_VMX_BYTES, parseVmx } from './vmx.ts';
import { MOST_XML_BYTES, rootNameOf } from './xml.ts';

export interface ContainerOptions {
  /** Folders, besides the description's own, in which its disks may lie. Disks of an OVA lie in the OVA. */
  readonly allowFrom?: readonly string[];
  /** Which virtual machine to take of an OVF package that holds several. */
  readonly vmName?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the container at `file` and the files that its disks begin with.
 * @throws GutsError (`container.*`, `disk.*`) saying what is wrong with it
 */
export async function openContainer(file: string, options: ContainerOptions = {}): Promise<Container> {
  const real = await realpath(file).catch((cause: unknown) => {
    throw new MissingFileError(`“${file}” does not exist.`, 'Check the path.', { cause });
  });
  await using opened = new Held();
  const source = opened.hold(await openFile(real));
  const kind = await kindOf(source, options.signal);
  if (kind === null) {
    throw new UnsupportedContainerError(
      `“${file}” is no OVA, OVF, VMX or libvirt description.`,
      'If it is a disk image, give it as one.',
    );
  }
  const container = await openers[kind](source, real, options, opened);
  const kept = opened.release();
  return { ...container, kind, [Symbol.asyncDispose]: async () => await kept[Symbol.asyncDispose]() };
}

/**
 * The kind of container that the file's first bytes show; null for anything else, such as a plain disk image.
 * @throws UnsupportedContainerError for a compressed file, which would otherwise pass for a raw disk
 */
export async function detectContainer(file: string): Promise<VmSource | null> {
  await using source = await openFile(file);
  return await kindOf(source);
}

const HEAD_BYTES = 64 * 1024;

async function kindOf(source: ByteSource, signal?: AbortSignal): Promise<VmSource | null> {
  const head = await readBytes(source, 0, Math.min(HEAD_BYTES, source.sizeBytes), signal);
  refuseCompressed(head, source.name);
  if (looksLikeTar(head)) return 'ova';
  const root = rootNameOf(head);
  if (root === 'Envelope') return 'ovf';
  if (root === 'domain') return 'libvirt';
  return looksLikeVmx(head) ? 'vmx' : null;
}

/** How files begin that were compressed as a whole. */
const COMPRESSED: readonly (readonly [what: string, magic: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

function refuseCompressed(head: Uint8Array, name: string): void {
  const found = COMPRESSED.find(([, magic]) => magic.every((byte, index) => head[index] === byte));
  if (found === undefined) return;
  throw new UnsupportedContainerError(
    `“${name}” is compressed as a whole (${found[0]}).`,
    'Unpack it first. If it is a raw disk that happens to begin like that, say so (--from raw).',
  );
}

type Opened = Omit<Container, 'kind' | keyof AsyncDisposable>;
type Opener = (source: ByteSource, real: string, options: ContainerOptions, opened: Held) => Promise<Opened>;

const openers: Readonly<Record<VmSource, Opener>> = {
  async ova(source, _real, options, opened) {
    const archive = await readArchive(source, options.signal);
    return await openPackage(archiveShelf(archive), descriptorIn(archive), { kind: 'ova', ...options }, opened);
  },
  async ovf(_source, real, options, opened) {
    const shelf = folderShelf(real, options.allowFrom ?? []);
    return await openPackage(shelf, path.basename(real), { kind: 'ovf', ...options }, opened);
  },
  async vmx(source, real, options, opened) {
    return await openLoose(
      parseVmx(await readWhole(source, MOST_VMX_BYTES, options.signal), source.name),
      real,
      options,
      opened,
    );
  },
  async libvirt(source, real, options, opened) {
    const vm = parseLibvirt(await readWhole(source, MOST_XML_BYTES, options.signal), source.name);
    const machine = await openLoose(vm, real, options, opened);
    for (const { facts, member } of machine.disks) {
      if (facts.format === 'raw' && member !== null) await refuseDisguised(member.source, facts.id, options.signal);
    }
    return machine;
  },
};

const NAMED_FOR: Readonly<Record<string, DiskFormat>> = {
  qcow2: 'qcow2',
  qcow: 'qcow2',
  vmdk: 'vmdk',
  vhd: 'vhd',
  vhdx: 'vhdx',
  vdi: 'vdi',
};

/**
 * A domain that does not say what a disk is means raw. Where name and content agree on something else, the word was
 * lost, and the guest would get the image instead of its disk.
 */
async function refuseDisguised(source: ByteSource, target: string, signal?: AbortSignal): Promise<void> {
  const named = NAMED_FOR[path.extname(source.name).slice(1).toLowerCase()];
  if (named === undefined || (await detect(source, signal)) !== named) return;
  throw new UnsupportedContainerError(
    `The disk “${target}” is described as raw, but by name and content “${path.basename(source.name)}” is ${named}.`,
    `Write <driver name='qemu' type='${named}'/> into its description; if it is raw in truth, give its file another name.`,
  );
}

function descriptorIn({ source, members }: Archive): string {
  const found = [...members.keys()].filter((name) => /^[^/]+\.ovf$/i.test(name));
  const [descriptor] = found;
  if (descriptor !== undefined && found.length === 1) return descriptor;
  throw new DamagedContainerError(
    `“${source.name}” holds ${found.length === 0 ? 'no OVF description' : `${found.length} OVF descriptions`}, where an OVA holds one.`,
  );
}

/** A description whose disks lie in its folder, without a manifest. */
async function openLoose(vm: VmFacts, real: string, options: ContainerOptions, opened: Held): Promise<Opened> {
  const shelf = folderShelf(real, options.allowFrom ?? []);
  const disks: ContainerDisk[] = [];
  for (const facts of vm.disks) disks.push(await openDisk(facts, facts.file, shelf, null, opened));
  return { vm, disks, manifest: null, otherFiles: [] };
}
