/** Reads the log from its end: the last lines that fit, however long it has grown. */
import { open, type FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import { LogLevel, LogLine } from '../shared/log-line.ts';
import { Breather } from '../store/breather.ts';
import { refused } from '../store/errors.ts';
import { logFolder } from './log-file.ts';

const BLOCK_BYTES = 64 * 1024;
/** Of a longer line only the end is looked at: nothing in it was written by Guts as it is. */
const LONGEST_LINE_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

export interface LogWish {
  /** This, and what is worse. */
  readonly level: LogLevel;
  readonly text?: string | undefined;
  readonly migration?: string | undefined;
  readonly limit: number;
}

export interface LogPart {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  readonly isCut: boolean;
}

/** @param redact takes out secrets that are known by now @throws where the log cannot be read, or the signal’s reason */
export async function readLog(
  dataDir: string,
  wish: LogWish,
  redact: (text: string) => string,
  signal: AbortSignal,
): Promise<LogPart> {
  const { level, text, migration, limit } = wish;
  const least = LogLevel.options.indexOf(level);
  const sought = text?.toLowerCase();
  const found: LogLine[] = [];
  const breather = new Breather();
  for await (const raw of linesFromEnd(logFolder(dataDir))) {
    if (breather.isDue) {
      await breather.breathe();
      signal.throwIfAborted();
    }
    if (migration !== undefined && !raw.includes(migration)) continue;
    const clean = redact(raw);
    if (sought !== undefined && !clean.toLowerCase().includes(sought)) continue;
    const line = lineOf(clean);
    if (line === null || LogLevel.options.indexOf(line.level) < least) continue;
    if (found.length === limit) return { lines: found.reverse(), isCut: true };
    found.push(line);
  }
  return { lines: found.reverse(), isCut: false };
}

/** Null for what is no line of Guts: a torn one, or one of somebody else. */
function lineOf(raw: string): LogLine | null {
  try {
    const { time, level, what, ...fields } = JSON.parse(raw) as Record<string, unknown>; // checked by the next line
    return LogLine.safeParse({ time, level, what, fields }).data ?? null;
  } catch {
    return null;
  }
}

/** Of all files, the newest file and the newest line first. */
async function* linesFromEnd(folder: string): AsyncGenerator<string> {
  for (let number = 0; ; number++) {
    const file = path.join(folder, number === 0 ? 'guts.log' : `guts.${number}.log`);
    let handle: FileHandle;
    try {
      handle = await open(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw refused('read', file, error);
      if (number > 0) return; // it may just be that the newest is being put aside
      continue;
    }
    try {
      yield* linesOf(handle);
    } finally {
      await handle.close();
    }
  }
}

async function* linesOf(handle: FileHandle): AsyncGenerator<string> {
  let at = (await handle.stat()).size;
  let rest = Buffer.alloc(0);
  while (at > 0) {
    const from = Math.max(0, at - BLOCK_BYTES);
    const block = Buffer.alloc(at - from);
    const { bytesRead } = await handle.read(block, 0, block.length, from);
    at = from;
    let text = Buffer.concat([block.subarray(0, bytesRead), rest]);
    for (let end = text.lastIndexOf(NEWLINE); end >= 0; end = text.lastIndexOf(NEWLINE)) {
      if (end < text.length - 1) yield text.toString('utf8', end + 1);
      text = text.subarray(0, end);
    }
    rest = text.subarray(Math.max(0, text.length - LONGEST_LINE_BYTES));
  }
  if (rest.length > 0) yield rest.toString('utf8');
}
