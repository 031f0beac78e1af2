/** A workbook (.xlsx) as tables: its sheets by name, with the texts, styles and calendar that their cells stand on. */
import { attributeOf } from '../../../xml/attributes.ts';
import { XmlReader } from '../../../xml/xml-reader.ts';
import { DamagedExportError, damagedXml, ExportLimitError, UnsupportedExportError } from '../errors.ts';
import { StrangeFileError } from '../strange.ts';
import type { Table } from '../table.ts';
import { showsDate } from './dates.ts';
import { Merges } from './merges.ts';
import { SharedStrings } from './shared-strings.ts';
import { sheetRows, type Book } from './sheet.ts';
import type { ZipArchive } from './zip.ts';

const MOST_SHEETS = 500;
const MOST_PART_BYTES = 32 * 1024 * 1024;
const SAVE_AS_XLSX = 'Open it in a spreadsheet program and save it as an Excel workbook (.xlsx).';

/** Whether the archive's members are those of a workbook, readable or not. */
export const isWorkbook = (zip: ZipArchive): boolean =>
  zip.has('[Content_Types].xml') ||
  zip.has('xl/workbook.bin') ||
  (zip.has('content.xml') && zip.has('META-INF/manifest.xml'));

/** @throws DamagedExportError, ExportLimitError, UnsupportedExportError */
export async function workbookTables(zip: ZipArchive, signal: AbortSignal): Promise<readonly Table[]> {
  if (zip.has('xl/workbook.bin'))
    throw new UnsupportedExportError(`“${zip.name}” is a binary workbook (.xlsb).`, SAVE_AS_XLSX);
  if (zip.has('content.xml')) throw new UnsupportedExportError(`“${zip.name}” is an OpenDocument sheet.`, SAVE_AS_XLSX);
  const main = await mainPart(zip, signal);
  if (main === null) throw otherDocument(zip);
  const { sheets, is1904 } = await sheetsOf(zip, main, signal);
  const parts = await relationsOf(zip, main, signal);
  const styles = [...parts.values()].find(({ type }) => type.endsWith('/styles'));
  const texts = [...parts.values()].find(({ type }) => type.endsWith('/sharedStrings'));
  const book: Book = {
    is1904,
    dateStyles:
      styles === undefined || !zip.has(styles.part) ? new Set() : await dateStylesOf(zip, styles.part, signal),
    strings:
      texts === undefined || !zip.has(texts.part)
        ? null
        : await SharedStrings.read(zip.read(texts.part, signal), `The shared texts of “${zip.name}”`),
  };
  return sheets.flatMap(({ name, relation }) => {
    const part = parts.get(relation)?.part;
    return part === undefined ? [] : [tableOf(zip, name, part, book)]; // a chart is a sheet without cells
  });
}

function otherDocument(zip: ZipArchive): StrangeFileError {
  const is = zip.has('word/document.xml')
    ? 'of Word'
    : zip.has('ppt/presentation.xml')
      ? 'of PowerPoint'
      : 'of another kind';
  return new StrangeFileError(
    `“${zip.name}” is no workbook, but a document ${is}.`,
    'Give the workbook with the tables themselves (.xlsx), such as RVTools writes it.',
  );
}

function tableOf(zip: ZipArchive, name: string, part: string, book: Book): Table {
  const where = `The sheet “${name}” of “${zip.name}”`;
  return {
    name,
    async *rows(wanted, signal) {
      if (!zip.has(part)) throw new DamagedExportError(`“${zip.name}” is not whole: its sheet “${name}” is missing.`);
      const merges = await Merges.find(zip.read(part, signal), where);
      yield* sheetRows(zip.read(part, signal), { where, book, merges, wanted });
    },
  };
}

async function mainPart(zip: ZipArchive, signal: AbortSignal): Promise<string | null> {
  const relations = zip.has('_rels/.rels') ? await relationsIn(zip, '_rels/.rels', '', signal) : new Map();
  const found = [...relations.values()].find(({ type }) => type.endsWith('/officeDocument'))?.part ?? 'xl/workbook.xml';
  return zip.has(found) && /workbook[^/]*\.xml$/i.test(found) ? found : null;
}

interface SheetName {
  readonly name: string;
  readonly relation: string;
}

async function sheetsOf(
  zip: ZipArchive,
  part: string,
  signal: AbortSignal,
): Promise<{ sheets: readonly SheetName[]; is1904: boolean }> {
  const sheets: SheetName[] = [];
  let is1904 = false;
  await readPart(zip, part, signal, (name, source) => {
    if (name === 'workbookPr') is1904 = /^(1|true)$/.test(attributeOf(source, 'date1904') ?? '');
    if (name !== 'sheet') return;
    const [, relation = ''] = /\s(?:\w{1,40}:)?id\s{0,9}=\s{0,9}["']([^"']*)["']/.exec(source) ?? [];
    sheets.push({ name: attributeOf(source, 'name') ?? '', relation });
    if (sheets.length > MOST_SHEETS) throw new ExportLimitError(`“${zip.name}” has more than ${MOST_SHEETS} sheets.`);
  });
  return { sheets, is1904 };
}

interface Relation {
  readonly type: string;
  readonly part: string;
}

async function relationsOf(zip: ZipArchive, main: string, signal: AbortSignal): Promise<ReadonlyMap<string, Relation>> {
  const folder = main.slice(0, main.lastIndexOf('/') + 1);
  const file = `${folder}_rels/${main.slice(folder.length)}.rels`;
  if (!zip.has(file))
    throw new DamagedExportError(`“${zip.name}” is not whole: what tells where its sheets are is missing.`);
  return await relationsIn(zip, file, folder, signal);
}

async function relationsIn(
  zip: ZipArchive,
  file: string,
  folder: string,
  signal: AbortSignal,
): Promise<Map<string, Relation>> {
  const relations = new Map<string, Relation>();
  await readPart(zip, file, signal, (name, source) => {
    if (name !== 'Relationship') return;
    const target = attributeOf(source, 'Target') ?? '';
    const part = target.startsWith('/') ? target.slice(1) : `${folder}${target}`.replace(/^\.\//, '');
    relations.set(attributeOf(source, 'Id') ?? '', { type: attributeOf(source, 'Type') ?? '', part });
  });
  return relations;
}

async function dateStylesOf(zip: ZipArchive, part: string, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const formats = new Map<number, string>();
  const dates = new Set<number>();
  let inCellStyles = false;
  let style = 0;
  const ends = (name: string): void => {
    if (name === 'cellXfs') inCellStyles = false;
  };
  await readPart(
    zip,
    part,
    signal,
    (name, source) => {
      if (name === 'numFmt')
        formats.set(Number(attributeOf(source, 'numFmtId')), attributeOf(source, 'formatCode') ?? '');
      else if (name === 'cellXfs') inCellStyles = true;
      else if (name === 'xf' && inCellStyles) {
        const format = Number(attributeOf(source, 'numFmtId') ?? 0);
        if (showsDate(format, formats.get(format))) dates.add(style);
        style += 1;
      }
    },
    ends,
  );
  return dates;
}

const wordsFor = (part: string): string =>
  part.endsWith('.rels')
    ? 'What tells where the sheets are'
    : /styles/i.test(part)
      ? 'The formats'
      : 'The list of sheets';

/** A small part, whose elements are told as they open and close. */
async function readPart(
  zip: ZipArchive,
  part: string,
  signal: AbortSignal,
  open: (name: string, source: string) => void,
  close: (name: string) => void = () => {},
): Promise<void> {
  const tell = (name: string, source: string): true => {
    open(name, source);
    return true;
  };
  const reader = new XmlReader({ open: tell, close, text: () => {} }, damagedXml(`${wordsFor(part)} of “${zip.name}”`));
  let bytes = 0;
  for await (const chunk of zip.read(part, signal)) {
    bytes += chunk.length;
    if (bytes > MOST_PART_BYTES)
      throw new ExportLimitError(`${wordsFor(part)} of “${zip.name}” is larger than any real one.`);
    reader.write(chunk);
  }
  reader.end();
}
