/** Files that are no export: each is called what it is, with what to give instead. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assessmentAs } from '../../main/reports/assessment/formats.ts';
import type { ReportFormat } from '../../main/shared/report-formats.ts';
import { estateOf } from '../../worker/assessment/estate-of.ts';
import { scratch } from '../support/disks.ts';
import { csvOf } from '../support/estate-files.ts';
import { rvtoolsSheets } from '../support/rvtools.ts';
import { workbookBytes } from '../support/workbook.ts';
import { zipBytes } from '../support/zip.ts';
import { estate, judged } from './estate.ts';

type Bytes = Uint8Array | string;

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const document = (part: string): Buffer =>
  zipBytes([
    { name: '[Content_Types].xml', bytes: '<Types/>' },
    { name: part, bytes: '<x/>' },
  ]);
const whole = workbookBytes(rvtoolsSheets({ machines: [] }, '4.7'));
/** One part of it is called otherwise. */
const workbookWithout = (part: string): Buffer =>
  bytes(whole.toString('latin1').replaceAll(part, part.replace(/.$/, '_')));

/** As old Office programs wrote files, and Excel writes those with a password. */
function compound(entry: string): Buffer {
  const file = Buffer.alloc(1536);
  file.write('d0cf11e0a1b11ae1', 0, 'hex');
  file.writeUInt16LE(9, 30);
  file.writeUInt32LE(1, 48);
  for (const [at, name] of ['Root Entry', entry].entries()) file.write(name, 1024 + 128 * at, 'utf16le');
  return file;
}

const tar = Buffer.alloc(1024);
tar.write('machine.ovf');
tar.write('ustar', 257);

async function refusal(files: Readonly<Record<string, Bytes>>): Promise<unknown> {
  using folder = scratch();
  for (const [name, content] of Object.entries(files)) writeFileSync(folder.file(name), content);
  const paths = Object.keys(files).map((name) => folder.file(name));
  return await estateOf({ files: paths }, new AbortController().signal).then(
    () => null,
    (error: unknown) => error,
  );
}

describe('what is no export is called what it is', () => {
  test.each<[name: string, content: Bytes, says: string, remedy: RegExp]>([
    ['site.pdf', bytes('%PDF-1.7\n%âãÏÓ'), 'is a PDF document.', /workbook \(\.xlsx\)/],
    ['shot.png', bytes('\x89PNG\r\n\x1a\n\0\0'), 'is a picture.', /workbook \(\.xlsx\)/],
    ['site.gz', bytes('\x1f\x8b\x08\0\0'), 'is packed by gzip.', /Unpack/],
    ['site.7z', bytes('7z\xbc\xaf\x27\x1c\0\x04'), 'is an archive of 7-Zip.', /Unpack/],
    ['web.ova', tar, 'is a tar archive, such as an OVA.', /guts inspect/],
    ['web.vmdk', bytes('KDMV\x01\0\0\0'), 'is a disk image (VMDK).', /guts inspect/],
    ['web.qcow2', bytes('QFI\xfb\0\0\0\x03'), 'is a disk image (qcow2).', /guts inspect/],
    [
      'web.ovf',
      '<?xml version="1.0"?>\n<Envelope xmlns="x">',
      'is the description of a machine (OVF).',
      /guts inspect/,
    ],
    ['vms.xml', '<Objs xmlns="http://schemas.microsoft.com/powershell/2004/04">', 'Export-Clixml', /Export-Csv/],
    [
      'old.xls',
      '<?xml version="1.0"?>\r\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
      'is a workbook in the XML of Excel 2003.',
      /save it as an Excel workbook/,
    ],
    ['vms.xls', '<html><table><tr><td>VM</td></tr></table>', 'is a web page.', /save it as an Excel workbook/],
    ['site.docx', document('word/document.xml'), 'is no workbook, but a document of Word.', /\.xlsx/],
    [
      'page.xlsx',
      '<!-- made by x --><TABLE><tr><td>VM</td></tr>',
      'is a web page, although it is called .xlsx.',
      /export/,
    ],
    [
      'old.xlsx',
      compound('Workbook'),
      'is a workbook of the old kind (.xls), although it is called .xlsx.',
      /save it as/,
    ],
    ['old.xls', compound('Workbook'), 'is a workbook of the old kind (.xls).', /save it as/],
    ['locked.xlsx', compound('EncryptedPackage'), 'is encrypted with a password.', /take the password away/],
    ['notes.doc', compound('WordDocument'), 'is a document of Word of the old kind (.doc).', /\.xlsx/],
    ['mail.xlsx', compound('__properties_version1.0'), 'of an old Office program, and no workbook', /with a password/],
    ['mail.msg', compound('__properties_version1.0'), 'of an old Office program, and no workbook', /CSV files\.$/],
    ['notes.xlsx', 'Dear all,\nplease find attached', 'is no workbook but a text, and no table', /vInfo/],
    ['half.xlsx', whole.subarray(0, whole.length / 2), 'begins like a workbook, and its end is missing', /again/],
    ['half.zip', whole.subarray(0, whole.length / 2), 'begins like a zip archive, and its end is missing', /again/],
    ['part.xlsx', workbookWithout('sheet1.xml'), 'is not whole: its sheet “vInfo” is missing.', /again/],
    ['list.xlsx', workbookWithout('workbook.xml.rels'), 'is not whole: what tells where its sheets are', /again/],
    ['plan.yaml', '# A plan of Guts, to be kept\nname: spring\n', 'is a plan of Guts.', /guts plan import/],
    ['plan.json', '{"name":"spring","options":{},"machines":[]}', 'is a plan.', /guts plan import/],
    ['report.json', '{"reportVersion":3}', 'is a report of Guts.', /workbook \(\.xlsx\)/],
    ['vms.json', '[{"Name":"web-01"}]', 'is JSON, but no estate as Guts writes it.', /export/],
    ['cut.json', '{"estateVersion":1,"vms":[{', 'begins like JSON, but is none, or is cut off.', /export/],
    ['other.json', '{"estateVersion":1,"kind":"tape"}', 'not as Guts writes it (kind: ', /export/],
  ])('%s', async (name, content, says, remedy) => {
    const told = await refusal({ [name]: content });

    expect(told).toMatchObject({
      code: expect.stringMatching(/^assess(?:ment)?\.[a-z-]+$/),
      message: expect.stringContaining(says),
      remedy: expect.stringMatching(remedy),
    });
    expect(told).toMatchObject({ message: expect.stringContaining(`“${name}”`) });
  });

  test.each<ReportFormat>(['html', 'json', 'csv', 'xlsx'])('an assessment of Guts, as %s', async (format) => {
    const report = await assessmentAs(await judged(estate()), format);

    const told = await refusal({ [`site.${format}`]: report });

    expect(told).toMatchObject({
      code: 'assess.unsupported',
      message: expect.stringContaining(`“site.${format}” is an assessment of Guts.`),
      remedy: expect.stringContaining('give the export'),
    });
    if (format === 'json') expect(told).toMatchObject({ message: expect.stringContaining('made of “site.xlsx”') });
  });

  test('a part of an export says which parts are there', async () => {
    const sheets = rvtoolsSheets({ machines: [] }, '4.7').filter(({ name }) => /^v(Disk|Host)$/.test(name));
    const files = Object.fromEntries(sheets.map((sheet) => [`RVTools_tab${sheet.name}.csv`, csvOf(sheet)]));

    expect(await refusal(files)).toMatchObject({
      code: 'assess.no-machines',
      message: expect.stringMatching(/only RVTools’ vDisk, vHost\.$/),
    });
    const budget = workbookBytes([
      { name: 'Budget', rows: [['2026', 1]] },
      { name: 'People', rows: [['Anna', 2]] },
    ]);
    expect(await refusal({ 'budget.xlsx': budget })).toMatchObject({
      message: expect.stringContaining('whose tables are “Budget”, “People”'),
    });
  });

  test('headings of machines without a machine are refused, and nothing is called an assessment of none', async () => {
    const empty = rvtoolsSheets({ machines: [] }, '4.7');
    const told = { code: 'assess.no-machines', remedy: expect.stringContaining('Export anew') };

    expect(await refusal({ 'site.xlsx': workbookBytes(empty) })).toMatchObject(told);
    expect(await refusal({ 'head.csv': 'VM,Powerstate,CPUs,Memory\r\n' })).toMatchObject({
      ...told,
      message: '“head.csv” has a table of machines, and no machine in it.',
    });
    expect(await refusal({ 'guts-machines.csv': 'VMName,VMId,State,Generation,ProcessorCount\r\n' })).toMatchObject(
      told,
    );
  });

  test('two workbooks are no one export, but may be compared', async () => {
    expect(await refusal({ 'january.xlsx': whole, 'march.xlsx': whole })).toMatchObject({
      message: expect.stringContaining('more than one export'),
      remedy: expect.stringContaining('--compare'),
    });
  });

  test.skipIf(process.platform === 'win32')('a pipe is refused, and not waited for', async () => {
    using folder = scratch();
    execFileSync('mkfifo', [folder.file('export.csv')]);

    await expect(estateOf({ files: [folder.file('export.csv')] }, new AbortController().signal)).rejects.toMatchObject({
      message: expect.stringContaining('“export.csv” is neither a file nor a folder'),
      remedy: expect.stringContaining('into a file'),
    });
  });

  test('a folder without any of it is named', async () => {
    expect(await refusal({ 'notes.zip': zipBytes([{ name: 'a.pdf', bytes: 'x' }]) })).toMatchObject({
      message: 'There is no workbook and no CSV file in “notes.zip”.',
    });
  });
});

test('a machine may be called like the beginning of another kind of file', async () => {
  const told = await refusal({ 'list.csv': 'MZ-web-01\nBZh-02\nKDMV\n' });

  expect(told).toMatchObject({ code: 'assess.no-machines' });
});
