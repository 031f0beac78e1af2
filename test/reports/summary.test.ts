/** Summaries of several migrations: their numbers are the journals', and every form of them says the same. */
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { reportAs, summaryAs } from '../../main/reports/formats.ts';
import { outlineOf } from '../../main/reports/migration-report.ts';
import { harmless } from '../../main/reports/rows.ts';
import { reportSchema } from '../../main/reports/schema.ts';
import { MigrationId, type MigrationRecord } from '../../main/shared/migration.ts';
import { reportOf } from '../../main/shared/report-of.ts';
import { verdictOf, type MigrationReport } from '../../main/shared/report.ts';
import { reportFileName } from '../../main/shared/report-formats.ts';
import { lineOf, SummaryReport, totalsOf } from '../../main/shared/summary-report.ts';
import { readPdf } from '../support/pdf-text.ts';
import { unzipped } from '../support/unzip.ts';
import { goodParts, goodRecord } from './sample.ts';

const consent = { by: 'token alice', at: '2026-03-01T11:59:00.000Z' };
const plan = { name: 'spring', wave: 2 };

const failedRecord = (): MigrationRecord => ({
  ...goodRecord(),
  request: { ...goodRecord().request, id: MigrationId.parse('mig_00000000fa11'), vm: { ref: 'vm-9', name: 'db-01' } },
  stage: 'failed',
  stages: [
    ...goodRecord().stages.slice(0, 3),
    { stage: 'waiting', at: '2026-03-01T12:00:10.400Z' },
    { stage: 'copying', at: '2026-03-01T12:01:00.000Z' },
    { stage: 'failed', at: '2026-03-01T12:01:05.000Z' },
  ],
  disks: goodRecord().disks.slice(0, 1),
  outcome: null,
  ledger: [{ key: 'v', side: 'destination', kind: 'volume', name: 'guts-v', id: 'v-1', facts: {} }],
  error: { code: 'net.gone', message: 'The host went away.', remedy: 'Try again.', retryable: true },
});

const reportWith = (record: MigrationRecord): MigrationReport =>
  reportOf({ ...goodParts(), record, vm: null, plan, consent });

function summaryOf(reports: readonly MigrationReport[], withReports = true): SummaryReport {
  const lines = reports.map(lineOf);
  return {
    summaryVersion: 1,
    scope: { plan: 'spring', wave: null, from: null, to: null },
    versions: goodParts().versions,
    totals: totalsOf(lines),
    lines,
    notBegun: [{ vm: 'web-09', wave: 3 }],
    reports: withReports ? [...reports] : null,
  };
}
const both = (): SummaryReport => summaryOf([reportOf({ ...goodParts(), plan, consent }), reportWith(failedRecord())]);

/** A page without tags. */
const wordsOf = (page: string | Uint8Array): string =>
  String(page)
    .replace(/<style>[^]*<\/style>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ');

describe('a line', () => {
  test('has the journal’s numbers', () => {
    const record = goodRecord();
    const sum = (pick: (disk: (typeof record.disks)[number]) => number): number =>
      record.disks.reduce((total, disk) => total + pick(disk), 0);
    const line = lineOf(reportWith(record));

    expect(line).toMatchObject({
      vm: 'shop-01',
      from: 'vc1',
      to: 'os1',
      plan,
      stage: 'done',
      startedAt: '2026-03-01T12:00:00.100Z',
      endedAt: '2026-03-01T12:00:21.400Z',
      disks: 2,
      sizeBytes: sum(({ sizeBytes }) => sizeBytes),
      readBytes: sum(({ readBytes }) => readBytes),
      sentBytes: sum(({ sentBytes }) => sentBytes),
      skippedBytes: sum(({ skippedBytes }) => skippedBytes),
      downtimeSeconds: 187,
      proved: true,
      error: null,
    });
    expect(line.copySeconds).toBeCloseTo(11.6);
    expect(line.bytesPerSecond).toBeCloseTo((line.sizeBytes - line.skippedBytes) / 11.6);
  });

  test('counts every visit to “copying”, and what was copied before a failure', () => {
    const line = lineOf(reportWith(failedRecord()));

    expect(line.copySeconds).toBeCloseTo(15);
    expect(line.readBytes).toBe(failedRecord().disks[0]?.readBytes);
    expect(line).toMatchObject({ proved: false, error: 'net.gone', leftBehind: [expect.stringContaining('guts-v')] });
    expect(line.against).toContainEqual(expect.stringMatching(/“Hard disk 1” was not moved/));
  });

  test('says the same without the machine as with it: a list needs no journal', () => {
    const ground = { sources: [], destinations: [] };
    const nobody = { connection: null, address: null, about: null };
    for (const record of [goodRecord(), failedRecord(), { ...goodRecord(), plan: null, disks: [], outcome: null }]) {
      const whole = reportOf({ ...goodParts(), record, source: nobody, destination: nobody, plan, consent });
      const title = record.request.vm.name;

      expect(lineOf(outlineOf(ground, record, { plan, consent }))).toEqual({ ...lineOf(whole), vm: title });
    }
  });

  test('names warnings that were accepted, and by whom', () => {
    const accepted = (accept: 'all' | string[]) => {
      const { request } = goodRecord();
      return lineOf(reportWith({ ...goodRecord(), request: { ...request, options: { ...request.options, accept } } }))
        .accepted;
    };

    expect(accepted('all')).toEqual([
      { id: 'NET-05', says: 'Two cards are on one network.', about: ['Network adapter 1'], ...consent },
    ]);
    expect(accepted(['NET-05'])).toHaveLength(1);
    expect(accepted(['STO-02'])).toEqual([]);
  });
});

describe('totals', () => {
  test('are the sums of the lines, and the speed is that of all copying together', () => {
    const { lines, totals } = both();
    const sum = (pick: (line: (typeof lines)[number]) => number): number =>
      lines.reduce((total, line) => total + pick(line), 0);

    expect(totals).toMatchObject({
      migrations: 2,
      done: 1,
      failed: 1,
      undone: 0,
      unfinished: 0,
      proved: 1,
      accepted: 2,
      leftBehind: 1,
    });
    for (const name of ['disks', 'sizeBytes', 'skippedBytes', 'readBytes', 'sentBytes', 'copySeconds'] as const)
      expect(totals[name]).toBe(sum((line) => line[name]));
    expect(totals.bytesPerSecond).toBeCloseTo((totals.sizeBytes - totals.skippedBytes) / totals.copySeconds);
    expect(totals).toMatchObject({ downtimeSeconds: 187, longestDowntimeSeconds: 187 });
  });

  test('count what another Guts has as unfinished: nothing of it is left behind yet', async () => {
    const given = { stage: 'given', at: '2026-03-01T12:01:05.000Z' } as const;
    const record = { ...failedRecord(), stage: given.stage, stages: [...goodRecord().stages.slice(0, 3), given] };
    const summary = summaryOf([reportWith({ ...record, error: null })]);

    expect(summary.totals).toMatchObject({ migrations: 1, failed: 0, undone: 0, unfinished: 1, leftBehind: 0 });
    expect(summary.lines).toMatchObject([
      { endedAt: null, against: expect.arrayContaining(['The migration is only at “given”.']) },
    ]);
    expect(wordsOf(await summaryAs(summary, 'html'))).toContain('1 can still go on');
  });

  test('of nothing are nothing', () => {
    expect(totalsOf([])).toMatchObject({ migrations: 0, bytesPerSecond: null, longestDowntimeSeconds: null });
  });
});

describe('the page', () => {
  test('has a line, reasons, consents and the report of each, and names that lead there', async () => {
    const page = String(await summaryAs(both(), 'html'));
    const words = wordsOf(page);

    for (const phrase of [
      'Plan “spring”',
      '1 of 2 migrations was proved; 1 ended without proof; 1 of the plan’s machines was not begun',
      'The migration ended as “failed”.',
      'token alice',
      'volume “guts-v” at the destination (v-1)',
      'web-09',
      'shop-01 login:',
    ])
      expect(words).toContain(phrase);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets).toEqual(['mig_0123456789ab', 'mig_00000000fa11']);
    expect(ids).toEqual(expect.arrayContaining(targets));
    for (const [, id] of page.matchAll(/aria-labelledby="([^"]+)"/g)) expect(ids).toContain(id);
    expect(page).not.toMatch(/<script|<img|<link|\ssrc=|\sstyle=|\son\w+=|@import|url\(/i);
  });

  test('without the reports has no names that lead nowhere', async () => {
    const { reports } = both();
    const page = String(await summaryAs(summaryOf(reports ?? [], false), 'html'));

    expect(page).not.toContain('href=');
  });

  test('says so when all was proved, and when there was nothing', async () => {
    const good = { ...summaryOf([reportWith(goodRecord())]), notBegun: [] };

    expect(wordsOf(await summaryAs(good, 'html'))).toContain('The migration was proved');
    expect(wordsOf(await summaryAs({ ...summaryOf([]), notBegun: [] }, 'html'))).toContain('Nothing was moved');
  });
});

describe('a guest that was not seen to run', () => {
  const unseen = (): MigrationRecord => {
    const record = goodRecord();
    const boot = { verdict: 'unknown' as const, evidence: 'Its console showed nothing in 180 s.', console: [] };
    return { ...record, outcome: record.outcome === null ? null : { ...record.outcome, boot } };
  };

  test('is in the verdict of every form', async () => {
    const summary = { ...summaryOf([reportWith(unseen()), reportWith(goodRecord())]), notBegun: [] };
    const [head = [], ...rows] = parsedCsv(String(await summaryAs(summary, 'csv')));
    const page = String(await summaryAs(summary, 'html'));

    expect(summary.totals).toMatchObject({ proved: 2, guestsUnseen: 1 });
    expect(rows.map((row) => row[head.indexOf('Verdict')])).toEqual(['proved, guest not seen', 'proved']);
    expect(wordsOf(page)).toContain('Of those that were proved, one guest was not seen to run.');
    expect(page).toContain('<div class="verdict unseen"');
    expect(readPdf((await summaryAs(summary, 'pdf')) as Uint8Array).text).toContain(
      '2 of 2 proved, 1 of them with a guest',
    );
    const alone = readPdf((await reportAs(reportWith(unseen()), 'pdf')) as Uint8Array).text; // what PDF is
    expect(alone).toContain('the guest was not seen to run');
    expect(alone).not.toContain('Everything was proved');
  });
});

const hostile = [
  '=cmd|"/c calc"!A0',
  '+1',
  '-1+2',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' =1',
  '＝1',
  'a,b"c\nd',
  'plain',
  '12-3',
];

/** As RFC 4180 says. */
function parsedCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end = ''] of text
    .replace('\ufeff', '')
    .matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('spreadsheets', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@A1', "'@A1"],
    ['\t=1', "'\t=1"],
    ['\rx', "'\rx"],
    ['  =1', "'  =1"],
    ['＝1', "'＝1"],
    ['web-01', 'web-01'],
    ['a=b', 'a=b'],
    ['', ''],
  ])('take %j as the text %j', (text, cell) => {
    expect(harmless(text)).toBe(cell);
  });

  test('have as CSV a row for each migration, whatever it is called', async () => {
    const reports = hostile.map((title): MigrationReport => ({ ...reportWith(goodRecord()), title }));
    const text = String(await summaryAs(summaryOf(reports), 'csv'));
    const [head = [], ...rows] = parsedCsv(text);

    expect(text.startsWith('\ufeff')).toBe(true);
    expect(rows.map((row) => row[head.indexOf('Machine')])).toEqual(hostile.map(harmless));
    const line = lineOf(reportWith(goodRecord()));
    for (const row of rows) {
      expect(row).toHaveLength(head.length);
      expect(row[head.indexOf('Read (bytes)')]).toBe(String(line.readBytes));
      expect(row[head.indexOf('Downtime (s)')]).toBe('187');
      expect(row[head.indexOf('Started (UTC)')]).toBe('2026-03-01T12:00:00.100Z');
      expect(row[head.indexOf('Accepted by')]).toBe('token alice');
    }
  });

  test('have as XLSX the same, read back, and not one formula', async () => {
    const reports = hostile.map((title): MigrationReport => ({ ...reportWith(goodRecord()), title }));
    const files = unzipped((await summaryAs(summaryOf(reports), 'xlsx')) as Uint8Array); // what XLSX is
    const sheet = files.get('xl/worksheets/sheet1.xml') ?? '';
    const line = lineOf(reportWith(goodRecord()));

    expect(
      [...(files.get('xl/workbook.xml') ?? '').matchAll(/<sheet [^>]*?name="([^"]+)"/g)].map(([, name]) => name),
    ).toEqual(['Migrations', 'Totals', 'Warnings accepted', 'Left behind', 'Not begun']);
    expect(sheet.match(/<row /g)).toHaveLength(hostile.length + 1);
    expect(sheet.match(new RegExp(`<v>${line.readBytes}</v>`, 'g'))).toHaveLength(hostile.length);
    const texts = [...(files.get('xl/sharedStrings.xml') ?? '').matchAll(/<t[^>]*>([^<]*)<\/t>/g)].map(
      ([, text]) => text,
    );
    for (const name of ["'+1", "'-1+2", "'@SUM(A1)", 'plain', '12-3']) expect(texts.join('\n')).toContain(name);
    expect([...files.values()].filter((file) => /<f[ >]/.test(file))).toEqual([]);
    expect(texts.filter((text) => /^[=+\-@\t\r]/.test(text ?? ''))).toEqual([]);
  });

  test('have of one migration its disks, checks, findings, mapping and timeline', async () => {
    const report = reportOf({ ...goodParts(), plan, consent });
    const files = unzipped((await reportAs(report, 'xlsx')) as Uint8Array); // what XLSX is
    const names = [...(files.get('xl/workbook.xml') ?? '').matchAll(/<sheet [^>]*?name="([^"]+)"/g)].map(
      ([, name]) => name,
    );

    expect(names).toEqual([
      'Migrations',
      'Disks',
      'Checks',
      'Findings',
      'Warnings accepted',
      'Mapping',
      'Timeline',
      'Stops',
      'Left behind',
    ]);
    expect(files.get('xl/sharedStrings.xml')).toContain(report.disks[0]?.sha512);
  });
});

describe('the PDF', () => {
  test('says what the page says, under its title, with numbered pages and nothing outside of them', async () => {
    const pdf = readPdf((await reportAs(reportOf({ ...goodParts(), plan, consent }), 'pdf')) as Uint8Array); // what PDF is

    expect(pdf.title).toBe('Guts migration report: shop-01');
    for (const phrase of [
      'Everything was proved',
      'plan “spring”, wave 2',
      '3 min 7 s',
      'token alice',
      'passed',
      'NET-05',
    ])
      expect(pdf.text).toContain(phrase);
    for (const [index, { lines }] of pdf.pages.entries()) {
      expect(lines.map(({ text }) => text)).toContain(`${index + 1} / ${pdf.pages.length}`);
      for (const { x, y } of lines) expect([x >= 42, x < 553, y >= 20, y < 842]).toEqual([true, true, true, true]);
    }
  });

  test('goes on for as many pages as it takes, each with the head of its table', async () => {
    const many = summaryOf(
      Array.from({ length: 200 }, () => reportWith(failedRecord())),
      false,
    );
    const pdf = readPdf((await summaryAs(many, 'pdf')) as Uint8Array); // what PDF is

    expect(pdf.pages.length).toBeGreaterThan(5);
    expect(pdf.text.match(/mig_00000000fa11/g)).toHaveLength(200);
    for (const { lines } of pdf.pages.slice(1, 4)) expect(lines.map(({ text }) => text)).toContain('Verdict');
  });

  test('writes letters that its fonts do not have as their numbers, and breaks words that are too long', async () => {
    const title = `日本 ${'x'.repeat(400)} <>()\\ Ünïcödé`;
    const pdf = readPdf((await reportAs({ ...reportOf(goodParts()), title }, 'pdf')) as Uint8Array); // what PDF is

    expect(pdf.title).toBe(`Guts migration report: ${title}`);
    expect(pdf.text).toContain('\\u{65e5}\\u{672c}');
    expect(pdf.text).toContain('<>()\\ Ünïcödé');
    expect(Math.max(...pdf.pages.flatMap(({ lines }) => lines.map(({ text }) => text.length)))).toBeLessThan(200);
  });

  test('is the same for the same facts', async () => {
    expect(await summaryAs(both(), 'pdf')).toEqual(await summaryAs(both(), 'pdf'));
  });
});

describe('the JSON', () => {
  const { $defs } = reportSchema() as {
    $defs: Record<'MigrationReport' | 'SummaryReport', z.core.JSONSchema.JSONSchema>;
  };

  test('is as its schema says: of one migration, and of several', async () => {
    const one: unknown = JSON.parse(String(await reportAs(reportOf(goodParts()), 'json')));
    const several: unknown = JSON.parse(String(await summaryAs(both(), 'json')));

    expect(z.fromJSONSchema($defs.MigrationReport).parse(one)).toEqual(one);
    expect(z.fromJSONSchema($defs.SummaryReport).parse(several)).toEqual(several);
    expect(z.fromJSONSchema($defs.SummaryReport).safeParse({ ...both(), totals: {} }).success).toBe(false);
    expect(SummaryReport.parse(several)).toEqual(both());
  });

  test('of the reports within is what each would be alone', () => {
    const { reports, lines } = both();

    expect(reports?.map((report) => verdictOf(report).proved)).toEqual(lines.map(({ proved }) => proved));
  });
});

test.each([
  ['web-01', 'guts-report-web-01'],
  ['../../etc/passwd', 'guts-report-etc-passwd'],
  ['Übung 7', 'guts-report-Übung-7'],
  ['', 'guts-report-all'],
])('a file of %j is called %s', (of, name) => {
  expect(reportFileName(of)).toBe(name);
});
