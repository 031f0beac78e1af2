/** A moment, as a field for date and time has it: by the clock of this computer. */

export function localOf(iso: string | null): string {
  if (iso === null) return '';
  const at = new Date(iso);
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

export const isoOf = (local: string): string | null => (local === '' ? null : new Date(local).toISOString());
