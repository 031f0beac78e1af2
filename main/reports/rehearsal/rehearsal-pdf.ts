/** A rehearsal as plain PDF. */
import type { Rehearsal } from '../../shared/rehearsal.ts';
import { versions } from '../migration-report.ts';
import { A4_WIDE } from '../pdf/document.ts';
import { Layout, type PdfCell } from '../pdf/layout.ts';
import { producerOf } from '../pdf/parts.ts';
import { sectionsOf } from './sections.ts';
import { figuresOf, routeOf, titleOf, verdictSays, verdictWords } from './words.ts';

const verdictTones = { go: 'good', goWithCare: 'wait', noGo: 'bad' } as const;
const rowTones = { good: 'good', bad: 'bad', wait: 'wait', plain: 'text' } as const;

export function rehearsalPdf(rehearsal: Rehearsal): Uint8Array {
  const layout = new Layout(A4_WIDE);
  const title = titleOf(rehearsal);
  const tone = verdictTones[rehearsal.verdict];
  layout.heading(title, 1);
  layout.text(`Guts rehearsal. ${routeOf(rehearsal)}.`, 'quiet');
  layout.gap(6);
  layout.text(verdictWords[rehearsal.verdict], tone, 14, 'bold');
  layout.text(verdictSays(rehearsal));
  const figures = figuresOf(rehearsal);
  layout.table(
    figures.map(([name]) => ({ title: name, parts: 1 })),
    [figures.map(([, text, note]): PdfCell => ({ text, note }))],
  );
  if (rehearsal.request !== null) {
    layout.heading('What to ask for', 2);
    for (const line of rehearsal.request.trimEnd().split('\n'))
      if (line === '') layout.gap(5);
      else layout.text(line);
  }
  for (const { title: name, note, columns, rows, tones } of sectionsOf(rehearsal)) {
    layout.heading(name, 2);
    if (note !== '') layout.text(note, 'quiet', 8.5);
    layout.table(
      columns.map((column) => ({ ...column })),
      rows.map((row, at) =>
        row.map((cell, index): PdfCell => {
          const text = String(cell ?? '–');
          return index === 0 ? { text, tone: rowTones[tones[at] ?? 'plain'] } : text;
        }),
      ),
      8,
    );
  }
  return layout.done(`Guts rehearsal: ${title}`, producerOf({ versions: versions() }));
}
