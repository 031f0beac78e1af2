/** Saves a report as a file: as the server writes it, or printed by the desktop program. */
import { mediaTypes, reportFileName, type ReportFormat } from '../../../main/shared/report-formats.ts';
import type { ReportWish } from '../../../main/shared/report-wish.ts';
import { file } from '../../api.ts';
import { ask, isDesktop } from '../../bridge.ts';
import { saveBlob } from '../../parts/save-blob.ts';

/** @param about after which the file is called */
export async function saveReport(of: ReportWish, about: string, format: ReportFormat): Promise<void> {
  saveBlob(`${reportFileName(about)}.${format}`, await written(of, format));
}

async function written(of: ReportWish, format: ReportFormat): Promise<Blob> {
  if (format === 'pdf' && isDesktop()) return new Blob([await ask('report.pdf', { of })], { type: mediaTypes.pdf });
  return 'id' in of ? await file('reports.show', of, format) : await file('reports.summary', of.scope, format);
}
