/** Gives a text to the user as a file. */

export function saveFile(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // by then it was read
}

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
