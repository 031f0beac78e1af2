/** Opens what the operator names, a disk image or a container, as a list of disks with facts about their machine. */
import { realpath } from 'node:fs/promises';
import * as path from 'node:path';
import type { DiskFormat } from '../../main/shared/disk.ts';
import type { VmFacts } from '../../main/shared/vm.ts';
import type { ContainerFile, ContainerMember } from '../containers/container.ts';
import { detectContainer, openContainer } from '../containers/open.ts';
import { openFile } from '../disk/bytes.ts';
import { MissingFileError } from '../disk/errors.ts';
import type { DiskImage } from '../disk/image.ts';
import { openImage } from '../disk/open.ts';

export interface SourceOptions {
  readonly input: string;
  readonly from: DiskFormat | null;
  readonly allowFrom: readonly string[];
  readonly vm?: string | undefined;
}

export interface SourceDisk {
  readonly name: string;
  /** The file that the disk begins with; null for one that is delivered blank. */
  readonly member: ContainerMember | null;
  /** The caller disposes it before the source. */
  openImage(signal: AbortSignal): Promise<DiskImage>;
}

export interface OpenSource extends AsyncDisposable {
  readonly kind: 'disk' | 'ova' | 'ovf' | 'vmx' | 'libvirt';
  readonly vm: VmFacts | null;
  readonly disks: readonly SourceDisk[];
  readonly hasManifest: boolean;
  /** Files that the manifest names besides the disks' first ones. */
  readonly otherFiles: readonly ContainerFile[];
}

/** @throws GutsError `disk.*`, `container.*` */
export async function openSource(
  { input, from, allowFrom, vm }: SourceOptions,
  signal: AbortSignal,
): Promise<OpenSource> {
  const file = await realpath(input).catch((cause: unknown) => {
    throw new MissingFileError(`“${input}” does not exist.`, 'Check the path.', { cause });
  });
  if (from === null && (await detectContainer(file)) !== null) {
    const container = await openContainer(file, { allowFrom, vmName: vm, signal });
    return {
      kind: container.kind,
      vm: container.vm,
      disks: container.disks.map((disk) => ({
        name: disk.facts.file ?? disk.facts.id,
        member: disk.member,
        openImage: (stop) => disk.openImage(stop),
      })),
      hasManifest: container.manifest !== null,
      otherFiles: container.otherFiles,
      [Symbol.asyncDispose]: async () => await container[Symbol.asyncDispose](),
    };
  }
  const source = await openFile(file);
  const disk: SourceDisk = {
    name: path.basename(file),
    member: { name: path.basename(file), source, manifest: null },
    openImage: (stop) => openImage(file, { ...(from === null ? {} : { format: from }), allowFrom, signal: stop }),
  };
  return {
    kind: 'disk',
    vm: null,
    disks: [disk],
    hasManifest: false,
    otherFiles: [],
    [Symbol.asyncDispose]: async () => await source[Symbol.asyncDispose](),
  };
}
