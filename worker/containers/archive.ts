/** An OVA as a set of named windows into one file, and what its disks may see of each other. */
import { windowOf, type ByteSource } from '../disk/bytes.ts';
import { DamagedImageError, LimitError, MissingFileError } from '../disk/errors.ts';
import type { DiskImage, Neighbours } from '../disk/image.ts';
import { openBytes } from '../disk/open.ts';
import { bareName } from './names.ts';
import { tarMembers, type TarMember } from './tar.ts';

export interface Archive {
  readonly source: ByteSource;
  /** By name, in the order of the archive. */
  readonly members: ReadonlyMap<string, TarMember>;
}

/** Reads the headers of the whole archive; the members stay where they are. */
export async function readArchive(source: ByteSource, signal?: AbortSignal): Promise<Archive> {
  const members = new Map<string, TarMember>();
  for await (const member of tarMembers(source, signal)) members.set(member.name, member);
  return { source, members };
}

/** The bytes of one member. Disposing it leaves the archive open. */
function windowOfMember({ source }: Archive, { name, start, sizeBytes }: TarMember): ByteSource {
  return windowOf(source, start, sizeBytes, `${source.name}/${name}`);
}

const MOST_GENERATIONS = 64;

/** Finds extents and parents among the archive's members only. */
export class ArchiveNeighbours implements Neighbours {
  readonly #archive: Archive;
  /** The members from the first child down to the one whose neighbours these are. */
  readonly #line: readonly string[];

  constructor(archive: Archive, line: readonly string[] = []) {
    this.#archive = archive;
    this.#line = line;
  }

  async open(name: string): Promise<{ source: ByteSource; neighbours: Neighbours }> {
    const member = this.#find(name);
    return {
      source: windowOfMember(this.#archive, member),
      neighbours: new ArchiveNeighbours(this.#archive, [...this.#line, member.name]),
    };
  }

  async openParent(name: string, signal?: AbortSignal): Promise<DiskImage> {
    const member = this.#find(name);
    if (this.#line.includes(member.name)) throw new DamagedImageError(`“${member.name}” is its own ancestor.`);
    if (this.#line.length >= MOST_GENERATIONS)
      throw new LimitError(`The chain of parents is longer than ${MOST_GENERATIONS} images.`);
    const { source, neighbours } = await this.open(member.name);
    return await openBytes(source, neighbours, undefined, signal);
  }

  /** By the whole name, or by its last part alone where the image holds a path of its hypervisor. */
  #find(name: string): TarMember {
    const { members, source } = this.#archive;
    const bare = bareName(name);
    const found =
      members.get(name) ?? members.get(bare) ?? [...members.values()].find((member) => bareName(member.name) === bare);
    if (found !== undefined) return found;
    throw new MissingFileError(
      `“${source.name}” does not hold “${name}”.`,
      'Export the virtual machine again; the archive lacks a file.',
    );
  }
}
