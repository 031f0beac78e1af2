/** Writes a report in the form that is asked for: as the server writes it, or printed by the desktop program. */
import { mediaTypes, type ReportFormat } from '../../../main/shared/report-formats.ts';
import type { ReportWish } from '../../../main/shared/report-wish.ts';
import { file } from '../../api.ts';
import { ask, isDesktop } from '../../bridge.ts';

export const writerOf =
  (of: ReportWish) =>
  async (format: ReportFormat): Promise<Blob> => {
    if (format === 'pdf' && isDesktop()) return new Blob([await ask('report.pdf', { of })], { type: mediaTypes.pdf });
    return 'id' in of ? await file('reports.show', of, format) : await file('reports.summary', of.scope, format);
  };
