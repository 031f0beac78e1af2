/** What a machine's disks take on their datastores, from the list of its files. */
import { childOf, countOf, textAt, type Value } from './answers.ts';

/** Bytes of all files in each disk's chain, by the disk's key; a disk that the list leaves out is not there. */
export function storedBytesOf(layout: Value | undefined): Map<string, number> {
  const sizes = new Map<string, number>();
  const stored = new Map<string, number>();
  for (const entry of layout?.children ?? []) {
    if (entry.name === 'file') sizes.set(textAt(entry, 'key') ?? '', countOf(childOf(entry, 'size')) ?? 0);
  }
  for (const disk of layout?.children ?? []) {
    if (disk.name !== 'disk') continue;
    const files = disk.children
      .filter(({ name }) => name === 'chain')
      .flatMap(({ children }) => children.filter(({ name }) => name === 'fileKey'));
    const known = files.flatMap(({ text }) => sizes.get(text) ?? []);
    if (known.length > 0)
      stored.set(
        textAt(disk, 'key') ?? '',
        known.reduce((sum, size) => sum + size, 0),
      );
  }
  return stored;
}
