/** Answers that people may look at as a page: asked for by `?format=html`, or by a browser's Accept. */
import { reportHtml } from '../reports/html.ts';
import type { OperationName } from '../shared/operations.ts';
import { MigrationReport } from '../shared/report.ts';
import { BadRequestError } from './errors.ts';

export interface Page {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The page's own policy holds as well, and it is stricter: it names the one style. What a page cannot say of itself is here. */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

export const presentations: { readonly [K in OperationName]?: (output: unknown) => Page } = {
  'reports.show': (output) => ({
    text: reportHtml(MigrationReport.parse(output)),
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY },
  }),
};

/** @throws BadRequestError for a format that there is not */
export function wantsPage(name: OperationName, request: Request): boolean {
  if (presentations[name] === undefined) return false;
  const format = new URL(request.url).searchParams.get('format');
  if (format !== null && format !== 'html' && format !== 'json')
    throw new BadRequestError([{ path: 'format', says: 'it is html or json' }]);
  if (format !== null) return format === 'html';
  const accepted = (request.headers.get('accept') ?? '').toLowerCase();
  return accepted.includes('text/html') && !accepted.includes('application/json');
}
