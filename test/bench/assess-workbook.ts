/** Writes a workbook of RVTools as wide as a real one, row by row, so that making it takes little memory. */
import { writeFileSync } from 'node:fs';
import { crc32, createDeflateRaw } from 'node:zlib';
import { machineRows, VCENTER } from '../support/rvtools/cells.ts';
import type { MadeMachine } from '../support/rvtools/made.ts';
import { rvtoolsSheets } from '../support/rvtools.ts';
import { columnName, workbookBytes, type MadeCell, type MadeSheet } from '../support/workbook.ts';
import type { ZipPart } from '../support/zip.ts';
import { machineTabs, unreadTabs } from './assess-headings.ts';

type Rows = Iterable<readonly MadeCell[]>;

const CHUNK_LETTERS = 1 << 18;
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const PLAIN = /^[^&<>]*$/;

/** @returns how many cells it has */
export async function writeWide(file: string, machines: readonly MadeMachine[]): Promise<number> {
  const texts = new Map<string, number>();
  let cells = 0;
  function* sheetXml(rows: Rows): Generator<string> {
    yield `<?xml version="1.0" encoding="UTF-8"?><worksheet ${MAIN}><sheetData>`;
    const letters: string[] = [];
    let number = 0;
    for (const row of rows) {
      number += 1;
      let xml = `<row r="${number}">`;
      for (const [column, cell] of row.entries()) {
        if (cell === null) continue;
        cells += 1;
        const at = `<c r="${(letters[column] ??= columnName(column))}${number}"`;
        if (typeof cell !== 'string') xml += `${at}><v>${String(cell)}</v></c>`;
        else {
          const index = texts.get(cell) ?? texts.size;
          texts.set(cell, index);
          xml += `${at} t="s"><v>${index}</v></c>`;
        }
      }
      yield `${xml}</row>`;
    }
    yield '</sheetData></worksheet>';
  }
  function* textsXml(): Generator<string> {
    yield `<?xml version="1.0" encoding="UTF-8"?><sst ${MAIN}>`;
    for (const text of texts.keys()) {
      if (!PLAIN.test(text)) throw new Error(`“${text}” has to be escaped`);
      yield `<si><t xml:space="preserve">${text}</t></si>`;
    }
    yield '</sst>';
  }
  const sheets: MadeSheet[] = [];
  const parts: ZipPart[] = [];
  for (const [name, rows] of tabsOf(machines)) {
    sheets.push({ name, rows: [] });
    parts.push(await packed(`xl/worksheets/sheet${sheets.length}.xml`, sheetXml(rows)));
  }
  parts.push(await packed('xl/sharedStrings.xml', textsXml()));
  writeFileSync(file, workbookBytes(sheets, { parts }));
  return cells;
}

function tabsOf(machines: readonly MadeMachine[]): (readonly [string, Rows])[] {
  const few = rvtoolsSheets({ machines: machines.slice(0, 60) }, '4.7').filter(({ name }) => !(name in machineTabs));
  return [
    ...Object.entries(machineTabs).map(([name, headings]) => [name, wideRows(name, headings, machines)] as const),
    ...few.map(({ name, rows }) => [name, rows] as const),
    ...Object.entries(unreadTabs).map(
      ([name, [lines, headings]]) => [name, plainRows(headings, Math.ceil(lines * machines.length))] as const,
    ),
  ];
}

function* wideRows(name: string, headings: string, machines: readonly MadeMachine[]): Generator<readonly MadeCell[]> {
  const columns = headings.split(', ');
  yield columns;
  const rowsOf = machineRows[name];
  let number = 0;
  for (const machine of machines) {
    for (const fill of rowsOf?.(machine) ?? []) {
      number += 1;
      const row = columns.map((heading) => fill(heading));
      yield row.map((cell, column) => cell ?? otherCell(columns[column] ?? '', number));
    }
  }
}

function* plainRows(headings: string, count: number): Generator<readonly MadeCell[]> {
  const columns = headings.split(', ');
  yield columns;
  for (let number = 1; number <= count; number++) yield columns.map((heading) => otherCell(heading, number));
}

/** What stands under headings that stories have no use for: paths, dates, figures, and words of which there are few. */
function otherCell(heading: string, number: number): MadeCell {
  if (heading.startsWith('VI SDK')) return heading.endsWith('UUID') ? VCENTER.uuid : VCENTER.server;
  if (/^(Network #|IPv6|Raw|Annotation|Suspend time)/.test(heading)) return null;
  if (/directory|path|filename|file name|message$|serial|wwn|description/i.test(heading))
    return `[store${number % 60}] server-${number}/${heading.toLowerCase()}-${number}.log`;
  if (/date|poweron|backup$|change version/i.test(heading))
    return `2024/0${1 + (number % 9)}/1${number % 10} 0${number % 7}:${10 + (number % 50)}:${10 + (number % 49)}`;
  if (/data$|info$/i.test(heading)) return `architecture='X86' bitness='64' prettyName='Guest ${number % 900}'`;
  if (/owner|centre|policy|rule|pool|name|level|status|state|priority|response|protection/i.test(heading))
    return `${heading} ${number % 40}`;
  if (/enabled|required|setup|upgrade|hotplug|exposed|locked|scrub|split|through|progress|template/i.test(heading))
    return number % 3 === 0 ? 'True' : 'False';
  return (number * 37) % 65_536;
}

async function packed(name: string, xml: Iterable<string>): Promise<ZipPart> {
  const deflate = createDeflateRaw({ level: 1 });
  const chunks: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => void chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => void deflate.once('end', resolve).once('error', reject));
  let [crc, sizeBytes, waiting] = [0, 0, ''];
  const write = async (): Promise<void> => {
    const bytes = Buffer.from(waiting);
    waiting = '';
    crc = crc32(bytes, crc);
    sizeBytes += bytes.length;
    await new Promise<void>((resolve) => void deflate.write(bytes, () => resolve()));
  };
  for (const piece of xml) {
    waiting += piece;
    if (waiting.length > CHUNK_LETTERS) await write();
  }
  await write();
  deflate.end();
  await ended;
  return { name, bytes: Buffer.concat(chunks), packed: { sizeBytes, crc } };
}
