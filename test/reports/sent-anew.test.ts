/** A disk that had to be sent once more: every form of the report says why, and none holds it against the migration. */
import { expect, test } from 'vitest';
import { reportAs } from '../../main/reports/formats.ts';
import { reportPdf } from '../../main/reports/pdf/report-pdf.ts';
import { reportSheets } from '../../main/reports/rows.ts';
import { verdictOf } from '../../main/shared/report.ts';
import { readPdf } from '../support/pdf-text.ts';
import { goodReport } from './sample.ts';

test('a disk that was sent anew says why in each form of the report, and is proved all the same', async () => {
  const error = { code: 'destination.full', message: 'There is no <room>.', remedy: 'Make room.', retryable: true };
  const good = goodReport();
  const setbacks = [{ at: '2026-03-01T12:00:02.000Z', error }];
  const report = { ...good, disks: good.disks.map((disk, index) => (index === 1 ? { ...disk, setbacks } : disk)) };

  expect(verdictOf(report).proved).toBe(true);
  expect(await reportAs(report, 'html')).toContain('sent anew: There is no &lt;room&gt;.');
  expect(readPdf(reportPdf(report)).text).toMatch(/sent anew: .*There is no <room>\./);
  expect(readPdf(reportPdf(good)).text).not.toContain('sent anew');
  const disks = reportSheets(report).find(({ name }) => name === 'Disks');
  const at = disks?.columns.indexOf('Sent anew') ?? -1;
  expect(disks?.rows.map((row) => row[at])).toEqual([null, 'There is no <room>.']);
});
