/** Attributes of a tag, looked for one at a time in what stands between `<` and `>`. */
import { decodeEntities } from './entities.ts';

/**
 * The value of an attribute, by its name as it is written, prefix and all; undefined where there is none.
 * @param source of the tag
 */
export function attributeOf(source: string, name: string): string | undefined {
  const plain = ` ${name}="`;
  const at = source.indexOf(plain);
  if (at >= 0 && !source.slice(0, at).includes("'")) {
    const from = at + plain.length;
    const end = source.indexOf('"', from);
    if (end >= 0) return valueOf(source.slice(from, end));
  }
  if (!mayName(source, name)) return undefined;
  for (const [, found, double, single] of source.matchAll(
    /\s([^\s=<>"'/]{1,200})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)')/g,
  ))
    if (found === name) return valueOf(double ?? single ?? '');
  return undefined;
}

/** Most cells of a sheet lack most attributes: where nothing that could be it is followed by `=` or a blank, nothing is parsed. */
function mayName(source: string, name: string): boolean {
  for (let at = source.indexOf(name); at >= 0; at = source.indexOf(name, at + 1)) {
    if (/[\s=]/.test(source.charAt(at + name.length))) return true;
  }
  return false;
}

const valueOf = (raw: string): string => (raw.includes('&') ? (decodeEntities(raw) ?? raw) : raw);
