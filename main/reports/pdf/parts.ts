/** What reports on PDF have in common. */
import { rateText } from '../../shared/figures.ts';
import type { MigrationReport } from '../../shared/report.ts';
import type { Layout, PdfCell, PdfColumn } from './layout.ts';

export const producerOf = ({ versions: { guts } }: Pick<MigrationReport, 'versions'>): string => `Guts ${guts}`;

/** A section, where there is something to say in it. */
export function some(
  layout: Layout,
  title: string,
  columns: readonly PdfColumn[],
  rows: readonly (readonly PdfCell[])[],
  size = 8.5,
): void {
  if (rows.length === 0) return;
  layout.heading(title, 2);
  layout.table(columns, rows, size);
}

export const speedText = (bytesPerSecond: number | null): string =>
  bytesPerSecond === null ? '–' : rateText(bytesPerSecond / 1e6);
