/** Opens an OVA, OVF, VMX or libvirt description, by what it holds rather than by its name. */
import { realpath } from 'node:fs/promises';
import * as path from 'node:path';
import type { VmFacts, VmSource } from '../../main/shared/vm.ts';
import { openFile, readBytes, type ByteSource } from '../disk/bytes.ts';
import { MissingFileError } from '../disk/errors.ts';
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

/** The kind of container that the file's first bytes show; null for anything else, such as a plain disk image. */
export async function detectContainer(file: string): Promise<VmSource | null> {
  await using source = await openFile(file);
  return await kindOf(source);
}

const HEAD_BYTES = 64 * 1024;

async function kindOf(source: ByteSource, signal?: AbortSignal): Promise<VmSource | null> {
  const head = await readBytes(source, 0, Math.min(HEAD_BYTES, source.sizeBytes), signal);
  if (looksLikeTar(head)) return 'ova';
  const root = rootNameOf(head);
  if (root === 'Envelope') return 'ovf';
  if (root === 'domain') return 'libvirt';
  return looksLikeVmx(head) ? 'vmx' : null;
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
    return await openLoose(
      parseLibvirt(await readWhole(source, MOST_XML_BYTES, options.signal), source.name),
      real,
      options,
      opened,
    );
  },
};

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
