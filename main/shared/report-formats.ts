/** The forms in which reports can be had, by the ending of their files, and how HTTP calls them. */

export const reportFormats = ['html', 'pdf', 'csv', 'xlsx', 'json'] as const;
export type ReportFormat = (typeof reportFormats)[number];

export const mediaTypes: Readonly<Record<ReportFormat, string>> = {
  html: 'text/html',
  pdf: 'application/pdf',
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json',
};

/** What a file of it is called by, without its ending: letters that every system takes. */
export function reportFileName(of: string): string {
  const plain = of
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
  return `guts-report-${plain === '' ? 'all' : plain.slice(0, 80)}`;
}
