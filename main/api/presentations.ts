/** Answers that people may have in other forms than JSON: asked for by `?format=`, or by what Accept prefers. */
import { assessmentAs } from '../reports/assessment/formats.ts';
import { reportAs, summaryAs } from '../reports/formats.ts';
import { rehearsalAs } from '../reports/rehearsal/rehearsal-as.ts';
import type { Assessment } from '../shared/assessment.ts';
import { operations, type OperationName } from '../shared/operations.ts';
import { Rehearsal } from '../shared/rehearsal.ts';
import { MigrationReport } from '../shared/report.ts';
import { mediaTypes, reportFileName, reportFormats, type ReportFormat } from '../shared/report-formats.ts';
import { SummaryReport } from '../shared/summary-report.ts';
import { BadRequestError } from './errors.ts';

type Presented = Exclude<ReportFormat, 'json'>;

export interface Presentation {
  readonly body: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** The page's own policy holds as well, and it is stricter: it names the one style. What a page cannot say of itself is here. */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

interface Presenter {
  /** What a file of it is called, without its ending. */
  readonly fileName: (output: unknown) => string;
  readonly make: (output: unknown, format: Presented) => Promise<string | Uint8Array>;
}

const presenters: { readonly [K in OperationName]?: Presenter } = {
  'reports.show': {
    fileName: (output) => reportFileName(MigrationReport.parse(output).title),
    make: async (output, format) => await reportAs(MigrationReport.parse(output), format),
  },
  'plans.rehearse': {
    fileName: (output) => reportFileName(Rehearsal.parse(output).plan.name).replace('report', 'rehearsal'),
    make: async (output, format) => await rehearsalAs(Rehearsal.parse(output), format),
  },
  'assessments.report': {
    fileName: (output) => reportFileName((output as Assessment).estate.from.join('-')), // it was parsed as that
    make: async (output, format) => {
      const { comparison, ...assessment } = operations['assessments.report'].output.parse(output);
      return await assessmentAs(assessment, format, comparison);
    },
  },
  'reports.summary': {
    fileName: (output) => reportFileName(SummaryReport.shape.scope.parse((output as SummaryReport).scope).plan ?? ''),
    make: async (output, format) => await summaryAs(SummaryReport.parse(output), format),
  },
};

/** The forms that an answer can have, JSON among them; only that where there are none. */
export const formatsOf = (name: OperationName): readonly ReportFormat[] =>
  presenters[name] === undefined ? ['json'] : reportFormats;

export async function presented(name: OperationName, output: unknown, format: Presented): Promise<Presentation> {
  const presenter = presenters[name];
  if (presenter === undefined) throw new Error(`“${name}” has no other form than JSON`);
  const isText = format === 'html' || format === 'csv';
  return {
    body: await presenter.make(output, format),
    headers: {
      'content-type': `${mediaTypes[format]}${isText ? '; charset=utf-8' : ''}`,
      ...(format === 'html'
        ? { 'content-security-policy': PAGE_POLICY }
        : { 'content-disposition': attachment(`${presenter.fileName(output)}.${format}`) }),
    },
  };
}

/** @throws BadRequestError for a format that there is not */
export function formatFor(name: OperationName, request: Request): ReportFormat {
  const formats = formatsOf(name);
  if (formats.length === 1) return 'json';
  const asked = new URL(request.url).searchParams.get('format');
  if (asked === null) return preferred(request.headers.get('accept') ?? '', formats);
  const format = formats.find((one) => one === asked);
  if (format === undefined) throw new BadRequestError([{ path: 'format', says: `it is one of ${formats.join(', ')}` }]);
  return format;
}

/** What is named with the greatest weight, and of equals JSON, then what comes first. What is not named is no reason for a page. */
function preferred(accept: string, formats: readonly ReportFormat[]): ReportFormat {
  let best: { readonly format: ReportFormat; readonly weight: number } = { format: 'json', weight: 0 };
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const format = formats.find((one) => mediaTypes[one] === type);
    const weight = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1);
    if (format === undefined || !(weight > 0)) continue;
    if (weight > best.weight || (weight === best.weight && format === 'json')) best = { format, weight };
  }
  return best.format;
}

/** In letters of ASCII, and by RFC 8187 as it is. */
const attachment = (name: string): string =>
  `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`;
