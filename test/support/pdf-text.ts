/** What a PDF of Guts says, page by page, found as a reader finds it: by its table of objects. */
import { inflateSync } from 'node:zlib';

export interface PdfPage {
  readonly lines: readonly { readonly text: string; readonly x: number; readonly y: number }[];
}

export interface ReadPdf {
  readonly title: string;
  readonly pages: readonly PdfPage[];
  /** The words of all pages, with one blank between. */
  readonly text: string;
}

export function readPdf(file: Uint8Array): ReadPdf {
  const bytes = Buffer.from(file);
  const whole = bytes.toString('latin1');
  const [, xref = ''] = /startxref\n(\d+)\n%%EOF\n$/.exec(whole) ?? [];
  const rows = whole.slice(Number(xref)).match(/^\d{10} 00000 n $/gm) ?? [];
  const bodies = rows.map((row, index) => {
    const at = Number(row.slice(0, 10));
    const head = `${index + 1} 0 obj\n`;
    if (!whole.startsWith(head, at)) throw new Error(`object ${index + 1} is not at ${at}`);
    return { at, body: whole.slice(at + head.length, whole.indexOf('\nendobj', at)) };
  });
  const pages = bodies
    .filter(({ body }) => body.includes('/Type /Page '))
    .map(({ body }): PdfPage => {
      const [, number = ''] = /\/Contents (\d+) 0 R/.exec(body) ?? [];
      const content = bodies[Number(number) - 1];
      if (content === undefined) throw new Error(`a page has no object ${number}`);
      const [head = '', length = ''] = /<< \/Length (\d+) [^]*?stream\n/.exec(content.body) ?? [];
      const from = content.at + `${number} 0 obj\n`.length + head.length;
      return { lines: linesOf(inflateSync(bytes.subarray(from, from + Number(length))).toString('latin1')) };
    });
  const [, title = ''] = /\/Title <([0-9a-f]*)>/.exec(whole) ?? [];
  return {
    title: Buffer.from(title, 'hex').swap16().toString('utf16le').slice(1),
    pages,
    text: pages.flatMap(({ lines }) => lines.map(({ text }) => text)).join(' '),
  };
}

const windows1252 = new TextDecoder('windows-1252');

const linesOf = (content: string): PdfPage['lines'] =>
  [...content.matchAll(/Tf ([\d.]+) ([\d.]+) Td <([0-9a-f]*)> Tj/g)].map(([, x, y, text = '']) => ({
    text: windows1252.decode(Buffer.from(text, 'hex')),
    x: Number(x),
    y: Number(y),
  }));
