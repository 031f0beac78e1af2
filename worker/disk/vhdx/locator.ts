/** How a differencing VHDX names its parent: by paths to try and GUIDs to know it by ([MS-VHDX] 2.6.2.6). */
import { DamagedImageError, UnsupportedImageError } from '../errors.ts';
import { guid } from './fields.ts';

export interface ParentLocator {
  /** GUIDs without braces, in lower case: the parent's data write GUID must be one of them. */
  readonly linkages: readonly string[];
  /** Where the parent was when the child was made, as Hyper-V wrote it, the likeliest first. */
  readonly paths: readonly string[];
}

const VHDX_LOCATOR = 'b04aefb7-d19e-4a81-b789-25b8e9445913';
const HEAD = 20;
const ENTRY = 12;

/**
 * @throws DamagedImageError when a key or a value lies outside the item, or nothing names or identifies the parent.
 * @throws UnsupportedImageError for a locator of another type.
 */
export function readLocator(item: Buffer, name: string): ParentLocator {
  const damaged = (what: string): DamagedImageError =>
    new DamagedImageError(`The parent locator of “${name}” ${what}.`);
  if (item.byteLength < HEAD) throw damaged('is cut off');
  const type = guid(item, 0);
  if (type !== VHDX_LOCATOR) {
    throw new UnsupportedImageError(
      `“${name}” names its parent in a way that Guts does not know (${type}).`,
      'Merge the disk with its parent on a Hyper-V host with Convert-VHD, and try again.',
    );
  }
  const count = item.readUInt16LE(18);
  if (HEAD + count * ENTRY > item.byteLength) throw damaged(`claims ${count} entries`);

  const text = (offset: number, length: number): string => {
    if (offset < HEAD + count * ENTRY || length % 2 !== 0 || offset + length > item.byteLength) {
      throw damaged(`has a text at ${offset} with ${length} bytes, which is no valid place`);
    }
    return new TextDecoder('utf-16le').decode(item.subarray(offset, offset + length)).replace(/\0+$/, '');
  };
  const values = new Map<string, string>();
  for (let at = HEAD; at < HEAD + count * ENTRY; at += ENTRY) {
    const key = text(item.readUInt32LE(at), item.readUInt16LE(at + 8));
    if (values.has(key)) throw damaged(`has the key “${key}” twice`);
    values.set(key, text(item.readUInt32LE(at + 4), item.readUInt16LE(at + 10)));
  }

  const some = (...keys: string[]): string[] =>
    keys.flatMap((key) => values.get(key) ?? []).filter((value) => value !== '');
  const linkages = some('parent_linkage', 'parent_linkage2').map((text) => text.replaceAll(/[{}]/g, '').toLowerCase());
  const paths = some('relative_path', 'volume_path', 'absolute_win32_path');
  if (linkages.length === 0) throw damaged('does not say which disk the parent is');
  if (paths.length === 0) throw damaged('does not say where the parent is');
  return { linkages, paths };
}
