/** Lines of the queue's journal: JSON behind the first 16 hexadecimal digits of its SHA-256, so that a torn one is known. */
import { createHash } from 'node:crypto';

const LINE = /^([0-9a-f]{16}) (.*)$/;
const sumOf = (json: string): string => createHash('sha256').update(json).digest('hex').slice(0, 16);

export function lineText(value: unknown): string {
  const json = JSON.stringify(value);
  return `${sumOf(json)} ${json}\n`;
}

export interface ReadLines {
  readonly values: readonly unknown[];
  /** Of the file, up to the end of the last sound line. */
  readonly soundBytes: number;
  /** Sound lines stand behind one that is not: a power cut does not do that. */
  readonly isDamaged: boolean;
}

export function linesIn(text: string): ReadLines {
  const values: unknown[] = [];
  let soundBytes = 0;
  let bytes = 0;
  let isTorn = false;
  let isDamaged = false;
  for (const line of text.split('\n').slice(0, -1)) {
    bytes += Buffer.byteLength(line) + 1;
    const [, sum, json] = LINE.exec(line) ?? [];
    if (json === undefined || sumOf(json) !== sum) isTorn = true;
    else {
      isDamaged ||= isTorn;
      soundBytes = bytes;
      values.push(JSON.parse(json));
    }
  }
  return { values, soundBytes, isDamaged };
}
