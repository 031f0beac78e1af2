/** Puts pages together to a PDF file: its objects, its table of where they are, and nothing that differs from one run to the next. */
import { deflateSync } from 'node:zlib';
import { encoded, fontNames, type Font } from './font.ts';

/** In points: 72 are an inch. */
export interface PageSize {
  readonly width: number;
  readonly height: number;
}

export const A4: PageSize = { width: 595.28, height: 841.89 };
export const A4_WIDE: PageSize = { width: A4.height, height: A4.width };

const CATALOG = 1;
const PAGES = 2;
const INFO = 3;
const FIRST_FONT = 4;
const fonts = Object.keys(fontNames) as Font[]; // Object.keys forgets which strings they are
/** By which a page's content calls a font. */
export const fontKey = (font: Font): string => `/F${fonts.indexOf(font) + 1}`;

export interface DocumentParts {
  readonly title: string;
  readonly producer: string;
  readonly size: PageSize;
  /** Operators of each page. */
  readonly pages: readonly string[];
}

export function pdfOf({ title, producer, size, pages }: DocumentParts): Uint8Array {
  const firstPage = FIRST_FONT + fonts.length;
  const pageNumber = (index: number): number => firstPage + 2 * index;
  const objects = new Map<number, Buffer>();
  const put = (number: number, text: string): void => void objects.set(number, Buffer.from(text, 'latin1'));
  const kids = pages.map((_, index) => `${pageNumber(index)} 0 R`).join(' ');
  const named = fonts.map((font, index) => `${fontKey(font)} ${FIRST_FONT + index} 0 R`).join(' ');

  put(CATALOG, `<< /Type /Catalog /Pages ${PAGES} 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>`);
  put(PAGES, `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  put(INFO, `<< /Title ${wide(title)} /Producer ${encoded(producer)} >>`);
  for (const [index, font] of fonts.entries())
    put(
      FIRST_FONT + index,
      `<< /Type /Font /Subtype /Type1 /BaseFont /${fontNames[font]} /Encoding /WinAnsiEncoding >>`,
    );
  for (const [index, content] of pages.entries()) {
    const number = pageNumber(index);
    const box = `[0 0 ${size.width} ${size.height}]`;
    put(
      number,
      `<< /Type /Page /Parent ${PAGES} 0 R /MediaBox ${box} /Resources << /Font << ${named} >> >> /Contents ${number + 1} 0 R >>`,
    );
    objects.set(number + 1, stream(content));
  }
  return fileOf(objects);
}

/** A title may have any letters: PDF takes UTF-16 with its mark where no font is asked. */
function wide(text: string): string {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  return `<${bytes.toString('hex')}>`;
}

function stream(content: string): Buffer {
  const packed = deflateSync(Buffer.from(content, 'latin1'));
  const head = `<< /Length ${packed.length} /Filter /FlateDecode >>\nstream\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), packed, Buffer.from('\nendstream', 'latin1')]);
}

function fileOf(objects: ReadonlyMap<number, Buffer>): Uint8Array {
  // Bytes above 127 in the second line tell programs that carry files that this is no text.
  const pieces: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  let at = pieces[0]?.length ?? 0;
  const offsets: number[] = [];
  for (const [number, body] of [...objects].sort(([a], [b]) => a - b)) {
    const whole = Buffer.concat([Buffer.from(`${number} 0 obj\n`), body, Buffer.from('\nendobj\n')]);
    offsets.push(at);
    at += whole.length;
    pieces.push(whole);
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const count = offsets.length + 1;
  const end = [
    `xref\n0 ${count}\n0000000000 65535 f \n${rows}`,
    `trailer\n<< /Size ${count} /Root ${CATALOG} 0 R /Info ${INFO} 0 R >>\n`,
    `startxref\n${at}\n%%EOF\n`,
  ];
  return Buffer.concat([...pieces, Buffer.from(end.join(''), 'latin1')]);
}
