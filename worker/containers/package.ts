/** Opens an OVF package, packed or not: its description, its manifest, and the files that the description refers to. */
import type { VmDisk } from '../../main/shared/vm.ts';
import type { ByteSource } from '../disk/bytes.ts';
import { readBytes } from '../disk/bytes.ts';
import { blankImage, heldAgainst, type Container, type ContainerDisk, type ContainerFile } from './container.ts';
import { ContainerLimitError, MissingMemberError } from './errors.ts';
import type { Held } from './held.ts';
import { ManifestCheck, MOST_MANIFEST_BYTES, parseManifest, type Manifest } from './manifest.ts';
import { safeName } from './names.ts';
import { parseOvf, type OvfFile } from './ovf.ts';
import type { Shelf } from './shelf.ts';
import { MOST_XML_BYTES } from './xml.ts';

export interface PackageOptions {
  readonly kind: 'ova' | 'ovf';
  readonly vmName?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Opened = Omit<Container, 'kind' | keyof AsyncDisposable>;

/**
 * @param descriptor the description's name on the shelf
 * @param opened takes the files that stay open
 * @throws ManifestMismatchError where the description is not the one that the manifest was made for
 * @throws MissingMemberError for a file that the description or the manifest names and that is not there
 */
export async function openPackage(
  shelf: Shelf,
  descriptor: string,
  options: PackageOptions,
  opened: Held,
): Promise<Opened> {
  const bytes = await readNamed(shelf, descriptor, MOST_XML_BYTES, options.signal);
  const base = descriptor.replace(/\.[^.]*$/, '');
  const manifest = await manifestOf(shelf, `${base}.mf`, options.signal);
  const own = manifest?.get(descriptor);
  if (own !== undefined) {
    const check = new ManifestCheck(descriptor, own);
    check.update(bytes);
    check.finish();
  }

  const { vm, files } = parseOvf(bytes, descriptor, { source: options.kind, vmName: options.vmName });
  const warnings: string[] = [];
  if (manifest === null)
    warnings.push('There is no manifest, so nothing shows whether the files are as they were exported.');
  else if (own === undefined) warnings.push('The manifest does not cover the description itself.');
  if (await shelf.has(`${base}.cert`))
    warnings.push('The package is signed; Guts checks its digests, but not the signature.');

  const disks: ContainerDisk[] = [];
  for (const facts of vm.disks) {
    const listed = files.find(({ href }) => href === facts.file);
    const name = listed === undefined ? null : await nameOnShelf(shelf, listed, descriptor);
    const disk = await openDisk(facts, name, shelf, manifest, opened);
    disks.push(disk);
    if (disk.member === null) continue;
    if (manifest !== null && disk.member.manifest === null)
      warnings.push(`The manifest does not cover the disk file “${disk.member.name}”.`);
    const { sizeBytes } = disk.member.source;
    if (listed !== undefined && listed.sizeBytes !== null && listed.sizeBytes !== sizeBytes) {
      warnings.push(`“${disk.member.name}” has ${sizeBytes} bytes, but the description gives it ${listed.sizeBytes}.`);
    }
  }
  return {
    vm: { ...vm, warnings: [...vm.warnings, ...warnings] },
    disks,
    manifest,
    otherFiles: await otherFilesOf(
      shelf,
      manifest,
      new Set([descriptor, ...disks.flatMap(({ member }) => member?.name ?? [])]),
    ),
  };
}

/**
 * One disk with the file that it begins with.
 * @param name the file's name on the shelf; null for a disk that is delivered blank
 */
export async function openDisk(
  facts: VmDisk,
  name: string | null,
  shelf: Shelf,
  manifest: Manifest | null,
  opened: Held,
): Promise<ContainerDisk> {
  if (name === null)
    return { facts, member: null, openImage: async () => blankImage(facts.id, facts.virtualSizeBytes ?? 0) };
  const source = opened.hold(await shelf.open(name));
  return {
    facts,
    member: { name, source, manifest: manifest?.get(name) ?? null },
    openImage: async (signal) => heldAgainst(facts, await shelf.openImage(name, facts.format, signal)),
  };
}

/** The whole of a small file. */
export async function readWhole(source: ByteSource, mostBytes: number, signal?: AbortSignal): Promise<Buffer> {
  if (source.sizeBytes > mostBytes)
    throw new ContainerLimitError(`“${source.name}” has ${source.sizeBytes} bytes; no description is as long.`);
  return await readBytes(source, 0, source.sizeBytes, signal);
}

async function readNamed(shelf: Shelf, name: string, mostBytes: number, signal?: AbortSignal): Promise<Buffer> {
  await using source = await shelf.open(name);
  return await readWhole(source, mostBytes, signal);
}

async function manifestOf(shelf: Shelf, name: string, signal?: AbortSignal): Promise<Manifest | null> {
  return (await shelf.has(name))
    ? parseManifest(await readNamed(shelf, name, MOST_MANIFEST_BYTES, signal), name)
    : null;
}

/** Some producers write the reference as a URL, with %20 for a blank; the file's name has the blank. */
async function nameOnShelf(shelf: Shelf, { href }: OvfFile, descriptor: string): Promise<string> {
  if (await shelf.has(href)) return href;
  const plain = safeName(percentDecoded(href), descriptor);
  if (await shelf.has(plain)) return plain;
  throw new MissingMemberError(`“${descriptor}” refers to “${href}”, which is not there.`);
}

function percentDecoded(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href; // a percent sign that stands for itself
  }
}

async function otherFilesOf(
  shelf: Shelf,
  manifest: Manifest | null,
  known: ReadonlySet<string>,
): Promise<ContainerFile[]> {
  const files: ContainerFile[] = [];
  for (const [name, entry] of manifest ?? []) {
    if (known.has(name)) continue;
    if (!(await shelf.has(name))) throw new MissingMemberError(`The manifest names “${name}”, which is not there.`);
    files.push({ name, manifest: entry, open: async () => await shelf.open(name) });
  }
  return files;
}
