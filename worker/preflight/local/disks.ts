/** The disks of the local route, apart by whether they could be opened. */
import type { DiskFact } from '../facts.ts';

/** Errors of the disk readers that are not about the image itself but about a file that it stands on. */
export const NEIGHBOUR_ERRORS = ['disk.file-missing', 'disk.parent-mismatch'];

export function opened(disks: readonly DiskFact[]): Extract<DiskFact, { error: null }>[] {
  return disks.filter((disk) => disk.error === null);
}

export function failures(disks: readonly DiskFact[], counts: (code: string) => boolean): string[] {
  return disks.flatMap(({ name, error }) =>
    error !== null && counts(error.code) ? [`${name}: ${error.message}`] : [],
  );
}
