/** Lines that show whether they are what was written: JSON behind the first 16 hexadecimal digits of its SHA-256. */
import { createHash } from 'node:crypto';

const SUM_DIGITS = 16;
/** Texts may have U+2028 in them, which ends lines for regular expressions alone. */
const LINE = /^([0-9a-f]{16}) (.*)$/s;

/** Whole lines, and where the next one begins. */
export function* linesOf(bytes: Buffer): Generator<{ readonly text: string; readonly end: number }, void, void> {
  for (let at = 0; at < bytes.length;) {
    const feed = bytes.indexOf(10, at);
    const end = feed < 0 ? bytes.length : feed + 1;
    yield { text: feed < 0 ? '' : bytes.toString('utf8', at, feed), end };
    at = end;
  }
}

/** Undefined where the line is not what was written. */
export function valueOf(line: string): unknown {
  const json = jsonOf(line);
  return json === undefined ? undefined : JSON.parse(json);
}

/** The text behind the sum; undefined where the line is not what was written. */
export function jsonOf(line: string): string | undefined {
  const [, sum, json] = LINE.exec(line) ?? [];
  return json === undefined || sumOf(json) !== sum ? undefined : json;
}

export function hasSoundLine(bytes: Buffer): boolean {
  for (const { text } of linesOf(bytes)) if (valueOf(text) !== undefined) return true;
  return false;
}

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, SUM_DIGITS);

export function lineOf(value: unknown): string {
  return lineOfJson(JSON.stringify(value));
}

export const lineOfJson = (json: string): string => `${sumOf(json)} ${json}\n`;
