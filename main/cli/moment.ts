/** Moments as people write them: `2026-12-01`, `2026-12-01T22:00`, `30d`, `45m`. */
import { InvalidArgumentError } from 'commander';

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** @returns ISO in UTC; what names no zone is of this machine's */
export const momentOf = (text: string): string => moment(text, 1, 'from now');

/** The same, with spans that lie behind: `30d` is thirty days ago. */
export const pastMomentOf = (text: string): string => moment(text, -1, 'back from now');

function moment(text: string, sign: 1 | -1, direction: string): string {
  const span = /^(\d{1,5})([mhdw])$/.exec(text);
  if (span !== null)
    return new Date(Date.now() + sign * Number(span[1]) * (UNITS_MS[span[2] ?? ''] ?? 0)).toISOString();
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text.replace(' ', 'T');
  const at = new Date(day);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(day) || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError(`Give 2026-12-01, 2026-12-01T22:00, or a span ${direction} such as 90m, 12h, 30d.`);
  return at.toISOString();
}
