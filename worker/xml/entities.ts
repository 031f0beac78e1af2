/** References in XML: the five that have names, and characters by their numbers. */

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Undefined where a reference stands for nothing. */
export function decodeEntities(raw: string): string | undefined {
  let isSound = true;
  const text = raw.replaceAll(/&([^;&]{0,12};?)/g, (_, reference: string) => {
    const named = Object.hasOwn(NAMED, reference.slice(0, -1)) ? NAMED[reference.slice(0, -1)] : undefined;
    if (named !== undefined && reference.endsWith(';')) return named;
    const [, hex, decimal] = /^#(?:x([0-9a-fA-F]+)|(\d+));$/.exec(reference) ?? [];
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (code > 0 && code <= 0x10ffff) return String.fromCodePoint(code);
    isSound = false;
    return '';
  });
  return isSound ? text : undefined;
}
