/** Writes workbooks (.xlsx) from nothing, so that they may have what no careful program writes. */
import { zipBytes, type ZipPart } from './zip.ts';

export type MadeCell =
  | string
  | number
  | boolean
  | null
  | Date
  | { readonly inline: string }
  | { readonly formula: string; readonly result?: string | number }
  | { readonly error: string };

export interface MadeSheet {
  readonly name: string;
  readonly rows: readonly (readonly MadeCell[])[];
  /** `A2:A4` */
  readonly merges?: readonly string[];
}

export interface BookOptions {
  /** Texts in the cells themselves instead of the shared ones. */
  readonly isInline?: boolean;
  readonly is1904?: boolean;
  /** Parts that take the place of those of the same name, or come on top. */
  readonly parts?: readonly ZipPart[];
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const DATE_STYLE = 1;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export function columnName(index: number): string {
  return index < 26
    ? String.fromCharCode(65 + index)
    : columnName(Math.floor(index / 26) - 1) + String.fromCharCode(65 + (index % 26));
}

export function workbookBytes(sheets: readonly MadeSheet[], options: BookOptions = {}): Buffer {
  const texts = new Map<string, number>();
  const shared = (text: string): number => {
    const known = texts.get(text) ?? texts.size;
    texts.set(text, known);
    return known;
  };
  const cellXml = (cell: MadeCell, place: string): string => {
    const at = `<c r="${place}"`;
    if (cell === null) return '';
    if (typeof cell === 'number') return `${at}><v>${cell}</v></c>`;
    if (typeof cell === 'boolean') return `${at} t="b"><v>${cell ? 1 : 0}</v></c>`;
    if (cell instanceof Date) return `${at} s="${DATE_STYLE}"><v>${serialOf(cell, options.is1904 === true)}</v></c>`;
    if (typeof cell === 'object') {
      if ('error' in cell) return `${at} t="e"><v>${escaped(cell.error)}</v></c>`;
      if ('inline' in cell) return `${at} t="inlineStr"><is><t>${escaped(cell.inline)}</t></is></c>`;
      const type = typeof cell.result === 'string' ? ' t="str"' : '';
      const result = cell.result === undefined ? '' : `<v>${escaped(String(cell.result))}</v>`;
      return `${at}${type}><f>${escaped(cell.formula)}</f>${result}</c>`;
    }
    return options.isInline === true
      ? `${at} t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`
      : `${at} t="s"><v>${shared(cell)}</v></c>`;
  };
  const sheetXml = ({ rows, merges = [] }: MadeSheet): string => {
    const body = rows
      .map((row, index) => {
        const cells = row.map((cell, column) => cellXml(cell, `${columnName(column)}${index + 1}`)).join('');
        return cells === '' ? '' : `<row r="${index + 1}">${cells}</row>`;
      })
      .join('');
    const merged = merges.map((range) => `<mergeCell ref="${range}"/>`).join('');
    const mergeCells = merged === '' ? '' : `<mergeCells count="${merges.length}">${merged}</mergeCells>`;
    return `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${body}</sheetData>${mergeCells}</worksheet>`;
  };
  const names = sheets.map((_, index) => `xl/worksheets/sheet${index + 1}.xml`);
  const parts: ZipPart[] = sheets.map((sheet, index) => ({ name: names[index] ?? '', bytes: sheetXml(sheet) }));
  const list = sheets.map(
    ({ name }, index) => `<sheet name="${escaped(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  const date1904 = options.is1904 === true ? '<workbookPr date1904="1"/>' : '<workbookPr/>';
  const relation = (id: string, type: string, target: string): string =>
    `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`;
  const package_ = 'http://schemas.openxmlformats.org/package/2006';
  parts.push(
    {
      name: '[Content_Types].xml',
      bytes: `${HEAD}<Types xmlns="${package_}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    },
    {
      name: '_rels/.rels',
      bytes: `${HEAD}<Relationships xmlns="${package_}/relationships">${relation('rId1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      bytes: `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}">${date1904}<sheets>${list.join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      bytes: `${HEAD}<Relationships xmlns="${package_}/relationships">${[
        ...names.map((name, index) => relation(`rId${index + 1}`, 'worksheet', name.slice('xl/'.length))),
        relation('rIdStyles', 'styles', 'styles.xml'),
        relation('rIdTexts', 'sharedStrings', 'sharedStrings.xml'),
      ].join('')}</Relationships>`,
    },
    {
      name: 'xl/styles.xml',
      bytes: `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy/mm/dd\\ hh:mm:ss"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
    },
    {
      name: 'xl/sharedStrings.xml',
      bytes: `${HEAD}<sst xmlns="${MAIN}">${[...texts.keys()].map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join('')}</sst>`,
    },
  );
  const others = options.parts ?? [];
  return zipBytes([...parts.filter(({ name }) => !others.some((other) => other.name === name)), ...others]);
}

function serialOf(date: Date, is1904: boolean): number {
  return (date.getTime() - Date.UTC(is1904 ? 1904 : 1899, is1904 ? 0 : 11, is1904 ? 1 : 30)) / 86_400_000;
}
