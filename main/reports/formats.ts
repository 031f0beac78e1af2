/** In which forms a report can be had, and each form of it. */
import type { MigrationReport } from '../shared/report.ts';
import type { SummaryReport } from '../shared/summary-report.ts';
import { csvOf } from './csv.ts';
import { reportHtml, reportJson } from './html.ts';
import { reportPdf } from './pdf/report-pdf.ts';
import { summaryPdf } from './pdf/summary-pdf.ts';
import { linesSheet, reportSheets, summarySheets } from './rows.ts';
import { lineOf } from '../shared/summary-report.ts';
import { summaryHtml } from './summary-html.ts';
import { xlsxOf } from './xlsx.ts';
import type { ReportFormat } from '../shared/report-formats.ts';

export async function reportAs(report: MigrationReport, format: ReportFormat): Promise<string | Uint8Array> {
  switch (format) {
    case 'html':
      return reportHtml(report);
    case 'json':
      return reportJson(report);
    case 'csv':
      return csvOf(linesSheet([lineOf(report)]));
    case 'xlsx':
      return await xlsxOf(reportSheets(report));
    case 'pdf':
      return reportPdf(report);
  }
}

export async function summaryAs(summary: SummaryReport, format: ReportFormat): Promise<string | Uint8Array> {
  switch (format) {
    case 'html':
      return summaryHtml(summary);
    case 'json':
      return `${JSON.stringify(summary, null, 2)}\n`;
    case 'csv':
      return csvOf(linesSheet(summary.lines));
    case 'xlsx':
      return await xlsxOf(summarySheets(summary));
    case 'pdf':
      return summaryPdf(summary);
  }
}
