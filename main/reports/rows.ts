/** Reports as tables of cells, for spreadsheets: each column has a name, and each cell a text, a number, a moment or nothing. */
import type { MigrationReport } from '../shared/report.ts';
import { checksOf } from '../shared/report.ts';
import { lineOf, type SummaryLine, type SummaryReport } from '../shared/summary-report.ts';
import { stopEnds } from './move-sections.ts';
import { lineVerdict } from './summary-html.ts';

/** A `Date` is a moment in UTC. */
export type Cell = string | number | Date | null;

export interface Sheet {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

type LineColumn = readonly [title: string, cell: (line: SummaryLine) => Cell];

const lineColumns: readonly LineColumn[] = [
  ['Migration', ({ migration }) => migration],
  ['Machine', ({ vm }) => vm],
  ['From', ({ from }) => from],
  ['To', ({ to }) => to],
  ['Plan', ({ plan }) => plan?.name ?? null],
  ['Wave', ({ plan }) => plan?.wave ?? null],
  ['Stage', ({ stage }) => stage],
  ['Verdict', lineVerdict],
  ['Started (UTC)', ({ startedAt }) => momentOf(startedAt)],
  ['Ended (UTC)', ({ endedAt }) => momentOf(endedAt)],
  ['Disks', ({ disks }) => disks],
  ['Size (bytes)', ({ sizeBytes }) => sizeBytes],
  ['Empty (bytes)', ({ skippedBytes }) => skippedBytes],
  ['Read (bytes)', ({ readBytes }) => readBytes],
  ['Sent (bytes)', ({ sentBytes }) => sentBytes],
  ['Copying (s)', ({ copySeconds }) => copySeconds],
  ['Speed (bytes/s)', ({ bytesPerSecond }) => (bytesPerSecond === null ? null : Math.round(bytesPerSecond))],
  ['Downtime (s)', ({ downtimeSeconds }) => downtimeSeconds],
  ['Warnings accepted', ({ accepted }) => joined(accepted.map(({ id }) => id))],
  ['Accepted by', ({ accepted }) => joined([...new Set(accepted.flatMap(({ by }) => by ?? []))])],
  ['Left behind', ({ leftBehind }) => joined(leftBehind)],
  ['What stands against it', ({ against }) => joined(against)],
  ['Error', ({ error }) => error],
];

/** A line for each migration: all that CSV has. */
export const linesSheet = (lines: readonly SummaryLine[]): Sheet => ({
  name: 'Migrations',
  columns: lineColumns.map(([title]) => title),
  rows: lines.map((line) => lineColumns.map(([, cell]) => cell(line))),
});

export function summarySheets({ lines, totals, notBegun }: SummaryReport): Sheet[] {
  return [
    linesSheet(lines),
    { name: 'Totals', columns: ['What', 'Value'], rows: Object.entries(totals) },
    acceptedSheet(lines),
    {
      name: 'Left behind',
      columns: ['Machine', 'Migration', 'What'],
      rows: lines.flatMap(({ vm, migration, leftBehind }) => leftBehind.map((what) => [vm, migration, what])),
    },
    { name: 'Not begun', columns: ['Machine', 'Wave'], rows: notBegun.map(({ vm, wave }) => [vm, wave]) },
  ];
}

export function reportSheets(report: MigrationReport): Sheet[] {
  const line = lineOf(report);
  return [
    linesSheet([line]),
    {
      name: 'Disks',
      columns: [
        'Disk',
        'Read by',
        'Sent as',
        'Size (bytes)',
        'Empty (bytes)',
        'Read (bytes)',
        'Sent (bytes)',
        'Time (s)',
        'Image',
        'Volume',
        'SHA-512',
        'Sent anew',
      ],
      rows: report.disks.map((disk) => [
        disk.label,
        disk.reading,
        disk.imageFormat,
        disk.sizeBytes,
        disk.skippedBytes,
        disk.readBytes,
        disk.sentBytes,
        disk.seconds,
        disk.isThere ? disk.imageId : null,
        disk.isThere ? disk.volumeId : null,
        disk.sha512,
        joined((disk.setbacks ?? []).map(({ error }) => error.message)),
      ]),
    },
    {
      name: 'Checks',
      columns: ['On', 'What was checked', 'How it was shown', 'Result'],
      rows: checksOf(report).map(({ about, claim, evidence, outcome }) => [about, claim, evidence, outcome]),
    },
    {
      name: 'Findings',
      columns: ['Rule', 'Weight', 'What', 'Where', 'What to do'],
      rows: report.findings.map(({ id, severity, says, about, remedy }) => [id, severity, says, joined(about), remedy]),
    },
    acceptedSheet([line]),
    {
      name: 'Mapping',
      columns: ['What', 'At the source', 'In the cloud', 'Why'],
      rows: report.mapping.map(({ what, from, to, reason }) => [what, from, to, reason]),
    },
    {
      name: 'Timeline',
      columns: ['Stage', 'Entered (UTC)', 'Trouble', 'Node'],
      rows: report.timeline.map(({ stage, at, error, node }) => [
        stage,
        momentOf(at),
        error?.message ?? null,
        node ?? null,
      ]),
    },
    {
      name: 'Stops',
      columns: ['Stopped (UTC)', 'Until (UTC)', 'What ended it'],
      rows: report.stops.map(({ at, until, by }) => [momentOf(at), momentOf(until), stopEnds[by]]),
    },
    {
      name: 'Left behind',
      columns: ['What', 'Why', 'What to do'],
      rows: report.leftBehind.map(({ what, why, remedy }) => [what, why, remedy]),
    },
  ];
}

const acceptedSheet = (lines: readonly SummaryLine[]): Sheet => ({
  name: 'Warnings accepted',
  columns: ['Machine', 'Migration', 'Rule', 'What', 'Where', 'By', 'When (UTC)'],
  rows: lines.flatMap(({ vm, migration, accepted }) =>
    accepted.map(({ id, says, about, by, at }) => [vm, migration, id, says, joined(about), by, momentOf(at)]),
  ),
});

const joined = (texts: readonly string[]): string | null => (texts.length === 0 ? null : texts.join('; '));
const momentOf = (moment: string | null): Date | null => (moment === null ? null : new Date(moment));

/** Signs with which spreadsheets begin a formula, also in their wide form; blanks before them are passed over. */
const FORMULA = /^[\s\u0000-\u001f]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/** A text that no spreadsheet takes for a formula: one that looks like it begins with an apostrophe. */
export const harmless = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);
