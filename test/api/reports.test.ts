/** Reports over REST: each in the form that is asked for, or that Accept prefers, as something a browser can save. */
import { describe, expect, test } from 'vitest';
import type { OpenApi } from '../../main/api/openapi.ts';
import { mediaTypes, reportFormats } from '../../main/shared/report-formats.ts';
import { lineOf, totalsOf, type SummaryReport } from '../../main/shared/summary-report.ts';
import { goodReport } from '../reports/sample.ts';
import { smallHost, type SmallHost } from './small-host.ts';

const report = { ...goodReport(), title: 'Übung "7"' };
const id = report.migration;
const lines = [lineOf(report)];
const summary: SummaryReport = {
  summaryVersion: 1,
  scope: { plan: 'spring', wave: null, from: null, to: null },
  versions: report.versions,
  totals: totalsOf(lines),
  lines,
  notBegun: [],
  reports: null,
};
const host = (): SmallHost => smallHost({ 'reports.show': async () => report, 'reports.summary': async () => summary });
const ask = async (of: SmallHost, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  await of.app().fetch(new Request(`http://guts.local${path}`, { headers }));

/** How files of a form begin. */
const beginnings = { html: '<!doctype', pdf: '%PDF-1.7', csv: 'Migration,', xlsx: 'PK', json: '{' } as const;

describe('a report', () => {
  test.each(reportFormats)('is there as %s, by its own type and name', async (format) => {
    using of = host();
    for (const [path, name] of [
      [`/v1/reports/${id}`, '%C3%9Cbung-7'],
      ['/v1/report-summary', 'spring'],
    ]) {
      const answer = await ask(of, `${path}?format=${format}`);
      const bytes = Buffer.from(await answer.arrayBuffer());

      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')?.split(';')[0]).toBe(mediaTypes[format]);
      expect(bytes.toString('utf8').replace('\ufeff', '').startsWith(beginnings[format])).toBe(true);
      const saved = answer.headers.get('content-disposition');
      if (format === 'html' || format === 'json') expect(saved).toBeNull();
      else
        expect(saved).toMatch(
          new RegExp(`^attachment; filename="[\\w.-]+"; filename\\*=UTF-8''guts-report-${name}\\.${format}$`),
        );
    }
  });

  test.each([
    ['', 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'html'],
    ['text/csv', 'csv'],
    ['application/pdf;q=0.9, text/csv;q=0.2', 'pdf'],
    ['text/html, application/json', 'json'],
    ['text/html;q=0.5, application/json;q=0.4', 'html'],
    ['text/html;q=0, image/png', 'json'],
    ['text/html;q=x', 'json'],
  ] as const)('is, where “%s” is accepted, %s', async (accept, format) => {
    using of = host();
    const answer = await ask(of, `/v1/reports/${id}`, { accept });

    expect(answer.headers.get('content-type')?.split(';')[0]).toBe(mediaTypes[format]);
    expect(answer.headers.get('vary')).toContain('Accept');
  });

  test('is refused in a form that there is not, and where there are none', async () => {
    using of = host();

    expect((await ask(of, `/v1/reports/${id}?format=exe`)).status).toBe(400);
    expect((await ask(of, '/v1/sources?format=html')).status).toBe(400);
  });

  test('has an ETag for each form, which holds as long as its facts do', async () => {
    using of = host();
    const etags = await Promise.all(
      reportFormats.map(async (format) => (await ask(of, `/v1/reports/${id}?format=${format}`)).headers.get('etag')),
    );
    const again = await Promise.all(
      reportFormats.map(
        async (format, index) =>
          (await ask(of, `/v1/reports/${id}?format=${format}`, { 'if-none-match': etags[index] ?? '' })).status,
      ),
    );

    expect(new Set(etags).size).toBe(reportFormats.length);
    expect(again).toEqual(reportFormats.map(() => 304));
  });

  test('is described with all its forms', async () => {
    using of = host();
    const api = (await (await ask(of, '/openapi.json')).json()) as OpenApi;
    const described = api.paths['/v1/report-summary']?.['get'];

    expect(described?.parameters.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['plan', 'wave', 'from', 'to', 'details', 'format']),
    );
    const answered = described?.responses['200'] as { content: object } | undefined; // as OpenAPI has it
    expect(Object.keys(answered?.content ?? {}).sort()).toEqual(Object.values(mediaTypes).sort());
  });
});
