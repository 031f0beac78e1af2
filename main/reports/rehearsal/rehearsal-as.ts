/** Each form in which a rehearsal can be had. */
import { verdictWords } from './words.ts';
import type { Rehearsal } from '../../shared/rehearsal.ts';
import type { ReportFormat } from '../../shared/report-formats.ts';
import { csvOf } from '../csv.ts';
import type { Sheet } from '../rows.ts';
import { xlsxOf } from '../xlsx.ts';
import { rehearsalHtml } from './rehearsal-html.ts';
import { rehearsalPdf } from './rehearsal-pdf.ts';
import { sectionsOf } from './sections.ts';

export async function rehearsalAs(rehearsal: Rehearsal, format: ReportFormat): Promise<string | Uint8Array> {
  switch (format) {
    case 'html':
      return rehearsalHtml(rehearsal);
    case 'json':
      return `${JSON.stringify(rehearsal, null, 2)}\n`;
    case 'csv':
      return csvOf(sheetsOf(rehearsal).find(({ name }) => name === 'Machines') ?? verdictSheet(rehearsal));
    case 'xlsx':
      return await xlsxOf([verdictSheet(rehearsal), ...sheetsOf(rehearsal)]);
    case 'pdf':
      return rehearsalPdf(rehearsal);
  }
}

const sheetsOf = (rehearsal: Rehearsal): Sheet[] =>
  sectionsOf(rehearsal).map(({ title, columns, rows }) => ({
    name: title,
    columns: columns.map((column) => column.title),
    rows,
  }));

/** The verdict, and line by line what to ask for. */
function verdictSheet(rehearsal: Rehearsal): Sheet {
  const { plan, wave, source, destination, project, takenAt, verdict, request } = rehearsal;
  return {
    name: 'Verdict',
    columns: ['What', 'Value'],
    rows: [
      ['Verdict', verdictWords[verdict]],
      ['Plan', plan.name],
      ['Wave', wave ?? 'all'],
      ['From', source],
      ['To', destination],
      ['Project', `${project.name} (${project.id})`],
      ['Taken (UTC)', new Date(takenAt)],
      ...(request ?? '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line): [string, string] => ['To ask for', line]),
    ],
  };
}
