/** Lines of the log as a text, for whoever copies them. */
import type { LogLine } from '../../../main/shared/log-line.ts';

export const plainText = (lines: readonly LogLine[]): string => lines.map((line) => `${oneLine(line)}\n`).join('');

const oneLine = ({ time, level, what, fields }: LogLine): string =>
  `${time} ${level} ${what}${Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`}`;

/** What a field says, as people read it. */
export function fieldText(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value) ?? '';
}
