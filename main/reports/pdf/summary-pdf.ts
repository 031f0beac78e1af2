/** The summary of several migrations as plain PDF, with the report of each behind it. */
import { bytesText, secondsText } from '../../shared/figures.ts';
import type { SummaryReport } from '../../shared/summary-report.ts';
import { writtenBy } from '../html.ts';
import { lineVerdict, periodOf, titleOf, verdictTone } from '../summary-html.ts';
import { momentText } from '../tables.ts';
import { A4_WIDE } from './document.ts';
import { Layout, type PdfCell } from './layout.ts';
import { producerOf, some, speedText } from './parts.ts';
import { writeReport } from './report-pdf.ts';

export function summaryPdf(summary: SummaryReport): Uint8Array {
  const { scope, totals, lines, notBegun, reports } = summary;
  const layout = new Layout(A4_WIDE);
  layout.heading(titleOf(scope), 1);
  layout.text(`Guts summary report. ${periodOf(scope)}. Times are UTC.`, 'quiet');
  const isProved = totals.proved === totals.migrations && totals.migrations > 0 && notBegun.length === 0;
  layout.gap(6);
  layout.text(
    `${totals.proved} of ${totals.migrations} proved${totals.guestsUnseen === 0 ? '' : `, ${totals.guestsUnseen} of them with a guest that was not seen to run`}`,
    isProved ? (totals.guestsUnseen === 0 ? 'good' : 'wait') : 'bad',
    14,
    'bold',
  );
  layout.table(
    [
      { title: 'Done', parts: 1 },
      { title: 'Failed', parts: 1 },
      { title: 'Undone', parts: 1 },
      { title: 'Unfinished', parts: 1 },
      { title: 'Disks', parts: 2 },
      { title: 'Read', parts: 1.3 },
      { title: 'Sent', parts: 1.3 },
      { title: 'Speed', parts: 1.2 },
      { title: 'Downtime', parts: 2 },
    ],
    [
      [
        String(totals.done),
        String(totals.failed),
        String(totals.undone),
        String(totals.unfinished),
        {
          text: String(totals.disks),
          note: `${bytesText(totals.sizeBytes)}, of which ${bytesText(totals.skippedBytes)} empty`,
        },
        bytesText(totals.readBytes),
        bytesText(totals.sentBytes),
        speedText(totals.bytesPerSecond),
        {
          text: secondsText(totals.downtimeSeconds),
          note:
            totals.longestDowntimeSeconds === null ? '' : `the longest ${secondsText(totals.longestDowntimeSeconds)}`,
        },
      ],
    ],
  );
  layout.heading('Migrations', 2);
  layout.table(
    [
      { title: 'Machine', parts: 3 },
      { title: 'From, to', parts: 3 },
      { title: 'Started', parts: 1.7 },
      { title: 'Ended', parts: 1.7 },
      { title: 'Read', parts: 1.4, isNumber: true },
      { title: 'Sent', parts: 1.4, isNumber: true },
      { title: 'Speed', parts: 1.3, isNumber: true },
      { title: 'Downtime', parts: 1.5, isNumber: true },
      { title: 'Verdict', parts: 2 },
    ],
    lines.map((line): PdfCell[] => [
      { text: line.vm, note: line.migration },
      {
        text: `${line.from ?? 'gone'}, ${line.to ?? 'gone'}`,
        note: line.plan === null ? '' : `${line.plan.name}, wave ${line.plan.wave}`,
      },
      momentCell(line.startedAt),
      momentCell(line.endedAt),
      bytesText(line.readBytes),
      bytesText(line.sentBytes),
      speedText(line.bytesPerSecond),
      line.downtimeSeconds === null ? '–' : secondsText(line.downtimeSeconds),
      { text: lineVerdict(line), note: line.stage, tone: verdictTone(line) },
    ]),
    8,
  );
  some(
    layout,
    'Not proved',
    [
      { title: 'Machine', parts: 1 },
      { title: 'What stands against it', parts: 3 },
    ],
    lines.filter(({ proved }) => !proved).map(({ vm, against }) => [vm, against.join(' ')]),
  );
  some(
    layout,
    'Warnings accepted',
    [
      { title: 'Machine', parts: 2 },
      { title: 'What was accepted', parts: 4 },
      { title: 'By', parts: 2 },
      { title: 'When', parts: 2 },
    ],
    lines.flatMap(({ vm, accepted }) =>
      accepted.map((one) => [
        vm,
        { text: one.says, note: one.id },
        one.by ?? 'not written down',
        one.at === null ? '' : momentText(one.at),
      ]),
    ),
  );
  some(
    layout,
    'Left behind',
    [
      { title: 'Machine', parts: 1 },
      { title: 'What is still there', parts: 3 },
    ],
    lines.flatMap(({ vm, leftBehind }) => leftBehind.map((what) => [vm, what])),
  );
  some(
    layout,
    'Not begun',
    [
      { title: 'Machine', parts: 3 },
      { title: 'Wave', parts: 1 },
    ],
    notBegun.map(({ vm, wave }) => [vm, String(wave)]),
  );
  layout.gap(8);
  layout.text(writtenBy(summary), 'quiet', 8);
  for (const report of reports ?? []) {
    layout.newPage();
    writeReport(layout, report);
  }
  return layout.done(`Guts summary report: ${titleOf(scope)}`, producerOf(summary));
}

const momentCell = (moment: string | null): PdfCell =>
  moment === null ? '–' : { text: moment.slice(0, 10), note: moment.slice(11, 19) };
