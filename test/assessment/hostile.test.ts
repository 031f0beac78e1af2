/** Files that lie about themselves or are broken: a clear word, soon, and within the memory that Guts allows itself. */
import { spawnSync } from 'node:child_process';
import { createWriteStream, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { once } from 'node:events';
import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GutsError } from '../../main/shared/errors.ts';
import { scratch } from '../support/disks.ts';
import { readBook, readFiles } from '../support/estate-files.ts';
import { rvtoolsSheets, type MadeEstate } from '../support/rvtools.ts';
import { workbookBytes, type BookOptions } from '../support/workbook.ts';
import { zipBytes, type ZipPart } from '../support/zip.ts';

const MiB = 1024 ** 2;
const MOST_MIB = 500;

const estate: MadeEstate = {
  machines: [{ name: 'web', number: 1, disks: [{ gib: 40 }], nics: [{ network: 'Prod', mac: '00:50:56:00:00:01' }] }],
};
const book = (options: BookOptions = {}): Buffer => workbookBytes(rvtoolsSheets(estate, '4.7'), options);

/** A member that unpacks to `before`, `times` times `piece`, `after`, made without ever holding that. */
async function blownUp(
  name: string,
  { before, piece, times, after }: Record<'before' | 'piece' | 'after', string> & { times: number },
): Promise<ZipPart> {
  const deflate = createDeflateRaw({ level: 1 });
  const packed: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => packed.push(chunk));
  let [sizeBytes, crc] = [0, 0];
  const write = async (text: string): Promise<void> => {
    const bytes = Buffer.from(text);
    sizeBytes += bytes.length;
    crc = crc32(bytes, crc);
    if (!deflate.write(bytes)) await once(deflate, 'drain');
  };
  await write(before);
  for (let count = 0; count < times; count++) await write(piece);
  await write(after);
  deflate.end();
  await once(deflate, 'end');
  return { name, bytes: Buffer.concat(packed), packed: { sizeBytes, crc } };
}

describe('in a process of its own', () => {
  const folder = scratch();
  const program = folder.file('read.mjs');

  beforeAll(async () => {
    const entry = folder.file('entry.ts');
    const reader = path.resolve(import.meta.dirname, '../../worker/assessment/read/read-estate.ts');
    writeFileSync(
      entry,
      `import { readEstate } from ${JSON.stringify(reader)};
      const answer = (told) => process.stdout.write(JSON.stringify({ ...told, peakMib: process.resourceUsage().maxRSS / 1024 }));
      readEstate([process.argv[2]], AbortSignal.timeout(300_000)).then(
        ({ vms }) => answer({ vms: vms.length }),
        (error) => answer({ code: error.code ?? String(error), remedy: error.remedy }),
      );`,
    );
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        ssr: entry,
        outDir: folder.dir,
        emptyOutDir: false,
        target: 'node18',
        rollupOptions: { output: { entryFileNames: 'read.mjs' } },
      },
      ssr: { noExternal: true },
    });
  });
  afterAll(() => folder[Symbol.dispose]());

  /** A small shell makes the process, for it counts as its own peak what the one took that it was made from. */
  function readApart(file: string): { readonly code?: string; readonly vms?: number; readonly peakMib: number } {
    const { stdout, stderr } = spawnSync('sh', ['-c', '"$@"; exit $?', 'sh', process.execPath, program, file], {
      encoding: 'utf8',
      timeout: 400_000,
    });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as ReturnType<typeof readApart>; // the program above wrote it
  }
  const sst = { before: '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">', after: '</sst>' };

  test('a workbook with 2 GB of shared texts ends in a limit', async () => {
    // Texts that do not shrink: the limit on the ratio must not be what ends it.
    const piece = Array.from(
      { length: 4000 },
      (_, index) =>
        `<si><t>${deflateRawSync(String(index * 7919))
          .toString('base64url')
          .repeat(20)}</t></si>`,
    ).join('');
    const part = await blownUp('xl/sharedStrings.xml', {
      ...sst,
      piece,
      times: Math.ceil((2000 * MiB) / piece.length),
    });
    const file = folder.file('texts.xlsx');
    writeFileSync(file, book({ parts: [part] }));

    const { code, peakMib } = readApart(file);

    expect(part.packed?.sizeBytes).toBeGreaterThan(2000 * MiB);
    expect(code).toBe('assess.limit');
    expect(peakMib).toBeLessThan(MOST_MIB);
  }, 900_000);

  test('a zip bomb ends in a limit, whichever member it is and whatever the archive says of its size', async () => {
    const rows = {
      before: '<worksheet><sheetData>',
      piece: '<row></row>'.repeat(6000),
      times: 10_000,
      after: '</sheetData></worksheet>',
    };
    const part = await blownUp('xl/worksheets/sheet1.xml', rows);
    const honest = folder.file('bomb.xlsx');
    writeFileSync(honest, book({ parts: [part] }));
    const lying = folder.file('lie.xlsx');
    writeFileSync(lying, book({ parts: [{ ...part, claims: { sizeBytes: 1000 } }] }));

    const [first, second] = [readApart(honest), readApart(lying)];

    expect([first.code, second.code]).toEqual(['assess.limit', 'assess.damaged']);
    expect(Math.max(first.peakMib, second.peakMib)).toBeLessThan(MOST_MIB);
  }, 900_000);

  test('a text that never ends, in a workbook or in a CSV file, ends in an error', async () => {
    const part = await blownUp('xl/sharedStrings.xml', {
      ...sst,
      before: `${sst.before}<si><t>`,
      piece: 'never '.repeat(10_000),
      times: 1000,
      after: '',
    });
    const endless = folder.file('endless.xlsx');
    writeFileSync(endless, book({ parts: [part] }));
    const quoted = folder.file('vInfo.csv');
    const stream = createWriteStream(quoted);
    stream.write('VM,CPUs,Memory,Powerstate\n"');
    for (let count = 0; count < 100; count++) if (!stream.write('a'.repeat(MiB))) await once(stream, 'drain');
    stream.end();
    await once(stream, 'finish');

    const [first, second] = [readApart(endless), readApart(quoted)];

    expect(first.code).toMatch(/^assess\.(limit|damaged)$/);
    expect(second.code).toBe('assess.limit');
    expect(Math.max(first.peakMib, second.peakMib)).toBeLessThan(MOST_MIB);
  }, 900_000);
});

describe('a file that cannot be read', () => {
  const compound = (name: string): Buffer => {
    const bytes = Buffer.alloc(4096);
    bytes.write('d0cf11e0a1b11ae1', 'hex');
    bytes.write(name, 1024, 'utf16le');
    bytes.writeUInt32LE(1, 48);
    return bytes;
  };

  test.each<[string, Record<string, Uint8Array | string>, string, RegExp]>([
    ['an old workbook', { 'a.xls': compound('Workbook') }, 'assess.unsupported', /save it as .*\.xlsx/],
    [
      'an encrypted workbook',
      { 'a.xlsx': compound('EncryptedPackage') },
      'assess.unsupported',
      /take the password away/,
    ],
    [
      'a binary workbook',
      { 'a.xlsb': zipBytes([{ name: 'xl/workbook.bin', bytes: 'x' }]) },
      'assess.unsupported',
      /\.xlsx/,
    ],
    [
      'a workbook in an archive',
      { 'a.zip': zipBytes([{ name: 'a.xlsx', bytes: 'x' }]) },
      'assess.unsupported',
      /Unpack/,
    ],
    [
      'an encrypted archive',
      { 'a.zip': zipBytes([{ name: 'vInfo.csv', bytes: 'x', claims: { flags: 1 } }]) },
      'assess.unsupported',
      /password/,
    ],
    ['two workbooks', { 'a.xlsx': book(), 'b.xlsx': book() }, 'assess.unsupported', /one workbook/],
    [
      'a picture',
      { 'a.xlsx': Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1') },
      'assess.unsupported',
      /RVTools/,
    ],
    ['an empty file', { 'a.xlsx': '' }, 'assess.damaged', /again/],
    ['half a workbook', { 'a.xlsx': book().subarray(0, 2000) }, 'assess.damaged', /again/],
    [
      'a workbook with a document type',
      { 'a.xlsx': book({ parts: [{ name: 'xl/workbook.xml', bytes: '<!DOCTYPE x [<!ENTITY a "b">]><workbook/>' }] }) },
      'assess.damaged',
      /again/,
    ],
    ['a text without a table', { 'a.csv': 'Dear all,\nplease find attached' }, 'assess.no-machines', /vInfo/],
  ])('%s ends in an error that says what to do', async (_, files, code, remedy) => {
    await expect(readFiles(files)).rejects.toMatchObject({ code, remedy: expect.stringMatching(remedy) });
  });

  test('is told by the errors of Guts alone, wherever a workbook or its XML is damaged', async () => {
    const sound = book();
    const sheet = Buffer.from(
      '<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>VM &amp; &#65;</t></is></c><c r="B1"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells></worksheet>',
    );
    const damages = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.integer({ min: 0, max: 255 })),
      { minLength: 1, maxLength: 6 },
    );
    const damaged = (bytes: Buffer, places: readonly (readonly [number, number])[], cut: number): Buffer => {
      const copy = Buffer.from(bytes);
      for (const [place, value] of places) copy[Math.floor(place * copy.length)] = value;
      return copy.subarray(0, Math.ceil(copy.length * cut));
    };
    const proveAnswered = async (bytes: Buffer): Promise<void> => {
      const error: unknown = await readBook(bytes).then(
        () => null,
        (reason: unknown) => reason,
      );
      if (error !== null) expect(error).toBeInstanceOf(GutsError);
    };
    await fc.assert(
      fc.asyncProperty(damages, fc.constantFrom(1, 1, 1, 0.9, 0.5), fc.boolean(), async (places, cut, isXml) => {
        await proveAnswered(
          isXml
            ? book({ parts: [{ name: 'xl/worksheets/sheet1.xml', bytes: damaged(sheet, places, cut) }] })
            : damaged(sound, places, cut),
        );
      }),
      { numRuns: 150 },
    );
  }, 180_000);
});
