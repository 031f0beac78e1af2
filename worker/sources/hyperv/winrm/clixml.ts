/** What PowerShell writes to standard error when nobody looks at it: CLIXML, of which the lines of errors are kept. */

/** @returns readable lines; a text that is no CLIXML as it is */
export function clixmlText(text: string): string {
  if (!text.startsWith('#< CLIXML')) return text.trim();
  const pieces = [...text.matchAll(/<S S="Error">([^<]*)<\/S>/g)].map(([, piece = '']) => plain(piece));
  return pieces.join('').replaceAll('\r\n', '\n').trim();
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** `_x000A_` is a letter by its number; an underscore that would be read as one is `_x005F_`. */
const plain = (piece: string): string =>
  piece
    .replaceAll(/&(lt|gt|amp|quot|apos);/g, (whole, name: string) => entities[name] ?? whole)
    .replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_whole, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
