/** The fonts that every reader of PDF brings along: which letters they have, and how wide those are. */

export type Font = 'plain' | 'bold' | 'fixed';

/** Names by which readers know them, and which they replace by a kin of the same widths. */
export const fontNames: Readonly<Record<Font, string>> = {
  plain: 'Helvetica',
  bold: 'Helvetica-Bold',
  fixed: 'Courier',
};

/** Thousandths of the size, from the blank to “~”. */
const PLAIN =
  '278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 ' +
  '1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 ' +
  '333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584';
const BOLD =
  '278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 333 584 584 584 611 ' +
  '975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944 667 667 611 333 278 333 584 556 ' +
  '333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556 500 389 280 389 584';
const widths = { plain: PLAIN.split(' ').map(Number), bold: BOLD.split(' ').map(Number) };
const FIXED_WIDTH = 600;

/** Letters of Windows-1252 from 0x80 on; a blank is none. */
const UPPER = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
const upperBytes = new Map([...UPPER].flatMap((letter, at) => (letter === ' ' ? [] : [[letter, 0x80 + at] as const])));
/** Of letters that are neither in the table nor have an accent. */
const oddWidths: Readonly<Record<string, number>> = {
  '…': 1000,
  '—': 1000,
  '™': 1000,
  '‘': 222,
  '’': 222,
  '“': 333,
  '”': 333,
  '•': 350,
};
const ORDINARY = 556;

/** What is said in another way, since these fonts have no sign for it. */
const spelled: Readonly<Record<string, string>> = {
  '→': '->',
  '←': '<-',
  '✓': '+',
  '✗': 'x',
  '\t': ' ',
  '\u2011': '-',
  '\u202f': ' ',
};

/** The text with letters that the fonts have; any other stands as its number: “\u{65e5}”. */
export function writable(text: string): string {
  return [...text.normalize('NFC')]
    .map((letter) => {
      if (byteOf(letter) !== null) return letter;
      return spelled[letter] ?? `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`;
    })
    .join('');
}

/** As a string of PDF, in hexadecimal: nothing in it can end it. */
export function encoded(text: string): string {
  const bytes = [...writable(text)].map((letter) => byteOf(letter) ?? 0x3f);
  return `<${Buffer.from(bytes).toString('hex')}>`;
}

/** In points. */
export function widthOf(text: string, font: Font, size: number): number {
  let thousandths = 0;
  for (const letter of writable(text)) thousandths += letterWidth(letter, font);
  return (thousandths * size) / 1000;
}

function byteOf(letter: string): number | null {
  const code = letter.codePointAt(0) ?? 0;
  if ((code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff)) return code;
  return upperBytes.get(letter) ?? null;
}

function letterWidth(letter: string, font: Font): number {
  if (font === 'fixed') return FIXED_WIDTH;
  const base = letter.normalize('NFD').codePointAt(0) ?? 0; // an accent takes no room
  return widths[font][base - 0x20] ?? oddWidths[letter] ?? ORDINARY;
}
