/** What a reader of paper would stumble over: headings that stand alone, words that are broken, columns that say nothing. */
import { describe, expect, test } from 'vitest';
import { assessmentAs } from '../../main/reports/assessment/formats.ts';
import { A4_WIDE } from '../../main/reports/pdf/document.ts';
import { Layout } from '../../main/reports/pdf/layout.ts';
import { some } from '../../main/reports/pdf/parts.ts';
import { estate, judged } from '../assessment/estate.ts';
import { readPdf } from '../support/pdf-text.ts';

describe('a table on paper', () => {
  test.each(Array.from({ length: 40 }, (_, lines) => [lines]))(
    'has its heading and its first row on one page, with %i lines before them',
    (lines) => {
      const layout = new Layout(A4_WIDE);
      for (let line = 0; line < lines; line++) layout.text('before');
      some(layout, 'Waves', [{ title: 'Why', parts: 1 }], [[`first ${'word '.repeat(200)}`]]);

      const { pages } = readPdf(layout.done('title', 'Guts'));

      const withHeading = pages.filter((page) => page.lines.some(({ text }) => text === 'Waves'));
      expect(withHeading).toHaveLength(1);
      expect(withHeading[0]?.lines.some(({ text }) => text.startsWith('first'))).toBe(true);
    },
  );

  test('breaks no word of its head, however narrow a column was to be', () => {
    const layout = new Layout(A4_WIDE);
    const columns = [
      { title: 'Wave', parts: 0.01, isNumber: true },
      { title: 'Machines there', parts: 0.01 },
      { title: 'Why', parts: 10 },
    ];
    layout.table(columns, [['1', '2', 'because']]);

    const [page] = readPdf(layout.done('title', 'Guts')).pages;

    const texts = page?.lines.map(({ text }) => text) ?? [];
    expect(texts).toEqual(expect.arrayContaining(['Wave', 'Machines', 'there', 'Why', '1', '2', 'because']));
    expect(Math.max(...(page?.lines.map(({ x }) => x) ?? []))).toBeLessThan(A4_WIDE.width);
  });
});

test('an assessment without a cloud has no columns about one, and says what it is based on', async () => {
  const { text } = readPdf(Buffer.from(await assessmentAs(await judged(estate()), 'pdf')));

  expect(text).toContain('What this is based on');
  expect(text).toContain('from volumes');
  expect(text).not.toMatch(/In use|not asked|0 vCPU, 0 bytes|0 bytes/);
});
