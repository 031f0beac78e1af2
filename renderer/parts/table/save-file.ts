/** Gives a text to the user as a file. */
import { saveBlob } from '../save-blob.ts';

export const saveFile = (name: string, text: string, type: string): void => saveBlob(name, new Blob([text], { type }));

/** “Virtual machines” as of a moment: `virtual-machines-2026-11-21-1402`. */
export function fileName(label: string, at: Date): string {
  const words = label
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${words === '' ? 'table' : words}-${day}-${two(at.getHours())}${two(at.getMinutes())}`;
}
