/** Whether change tracking would help to read a machine's disks. */
import type { MoveFacts } from './move-facts.ts';

export const besideTracking = ({ readings }: MoveFacts): string | null =>
  readings.some(({ reading }) => reading === 'areas') ? null : 'the source tracks no changes that help to read';

/** Every block of the files can be read, what is allocated alone cannot, and there is no better way. */
export function isMissed({ readings, reading, options }: MoveFacts): boolean {
  const can = (one: 'areas' | 'ranges'): boolean =>
    readings.some(({ reading, obstacle }) => reading === one && obstacle === null);
  const isWished = options.reading === 'auto' || options.reading === 'areas';
  return isWished && can('ranges') && !can('areas') && reading?.value !== 'lease';
}
