/** Which form a report gets: the one that is asked for, else by the ending of its file; a file is never called what it is not. */
import * as path from 'node:path';
import { reportFormats, type ReportFormat } from '../shared/report-formats.ts';
import { UsageError } from './usage-error.ts';

export interface ReportPlace {
  readonly format?: ReportFormat;
  readonly output?: string;
}

/**
 * A page, where nothing says otherwise.
 * @throws UsageError where the ending is that of another form, or of none
 */
export function reportFormatOf({ format, output }: ReportPlace): ReportFormat {
  const ending = output === undefined ? '' : path.extname(output).slice(1).toLowerCase();
  const named = ending === 'htm' ? 'html' : reportFormats.find((one) => one === ending);
  if (format === undefined) {
    if (named === undefined && ending !== '')
      throw new UsageError(
        `No report can be had as “.${ending}”: name one of ${reportFormats.join(', ')} by --format.`,
      );
    return named ?? 'html';
  }
  if (named !== undefined && named !== format)
    throw new UsageError(
      `--format ${format} and a file that ends in “.${ending}” contradict each other: leave --format out, or call the file .${format}.`,
    );
  return format;
}
