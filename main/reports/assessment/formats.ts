/** The assessment in each of the forms that reports have. */
import type { Assessment } from '../../shared/assessment.ts';
import type { Comparison } from '../../shared/compare-assessments.ts';
import { GutsError } from '../../shared/errors.ts';
import type { ReportFormat } from '../../shared/report-formats.ts';
import { csvOf } from '../csv.ts';
import { xlsxOf } from '../xlsx.ts';
import { assessmentHtml } from './html.ts';
import { namesByWave } from '../../shared/assessed/waves.ts';
import { assessmentPdf } from './pdf.ts';
import { assessmentSheets, machinesSheet } from './sheets.ts';

export class NoComparisonInCsvError extends GutsError {
  readonly code = 'assessment.no-comparison-in-csv';
  readonly remedy = 'Take a workbook (--format xlsx), a page, PDF or JSON, or a CSV report that compares nothing.';

  constructor() {
    super('A CSV report is one list of machines, which has no room for what has changed.');
  }
}

/**
 * @param comparison with an export before; null where none was asked for
 * @throws NoComparisonInCsvError
 */
export async function assessmentAs(
  assessment: Assessment,
  format: ReportFormat,
  comparison: Comparison | null = null,
): Promise<string | Uint8Array> {
  switch (format) {
    case 'html':
      return assessmentHtml(assessment, comparison);
    case 'json':
      return `${JSON.stringify({ ...withNames(assessment), ...(comparison === null ? {} : { comparison }) }, null, 2)}\n`;
    case 'csv':
      if (comparison !== null) throw new NoComparisonInCsvError();
      return csvOf(machinesSheet(assessment));
    case 'xlsx':
      return await xlsxOf(assessmentSheets(assessment, comparison));
    case 'pdf':
      return assessmentPdf(assessment, comparison);
  }
}

/** Each wave with the names of its machines. */
function withNames(assessment: Assessment): Assessment {
  const names = namesByWave(assessment);
  return {
    ...assessment,
    waves: assessment.waves.map((wave) => ({ ...wave, names: [...(names.get(wave.number) ?? [])] })),
  };
}
