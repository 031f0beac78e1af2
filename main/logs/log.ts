/** What Guts says of itself: one JSON object a line, to standard output and a file, never with a secret that is known. */
import { firstOf, toErrorInfo, type ErrorInfo } from '../shared/errors.ts';
import type { LogLevel } from '../shared/log-line.ts';
import type { Redactor } from './redactor.ts';

/** What was said besides, by short names: ids, counts, texts. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Takes lines, each with its end, and never fails because of one: a log must not stop what it tells of. */
export interface LogPlace {
  write(line: string): void;
  /** Returns when all lines are where they belong. */
  end(): Promise<void>;
}

export interface LogOptions {
  readonly redactor: Redactor;
  readonly places: readonly LogPlace[];
  readonly now?: () => Date;
}

export class Log implements AsyncDisposable {
  readonly #redactor: Redactor;
  readonly #places: readonly LogPlace[];
  readonly #now: () => Date;

  constructor({ redactor, places, now = () => new Date() }: LogOptions) {
    this.#redactor = redactor;
    this.#places = places;
    this.#now = now;
  }

  /** @param what stable and dotted, such as `migration.stage`: for programs that look for it */
  info(what: string, fields: LogFields = {}): void {
    this.#write('info', what, fields);
  }

  warn(what: string, fields: LogFields = {}): void {
    this.#write('warn', what, fields);
  }

  /** What is said of a failure deep inside: its stack, for whoever mends Guts. */
  detail(detail: string): void {
    this.#write('error', 'failure', { detail });
  }

  /** With the error's words for the operator, and its stack for whoever mends Guts. */
  error(what: string, error: unknown, fields: LogFields = {}): void {
    const info: ErrorInfo = toErrorInfo(error);
    this.#write('error', what, { ...fields, error: info, detail: detailOf(error) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#places.map(async (place) => await place.end()));
  }

  #write(level: LogLevel, what: string, fields: LogFields): void {
    const head = { time: this.#now().toISOString(), level, what };
    const line = `${this.#redactor.redact(textOf(head, fields))}\n`;
    for (const place of this.#places) place.write(line);
  }
}

function textOf(head: object, fields: LogFields): string {
  try {
    return JSON.stringify({ ...head, ...fields, ...head }); // the head comes first, and nothing takes its place
  } catch {
    return JSON.stringify({ ...head, unwritable: Object.keys(fields) }); // a circle, or a number too large for JSON
  }
}

function detailOf(thrown: unknown): string {
  const error = firstOf(thrown);
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${detailOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

/** Standard output, for a daemon whose service manager keeps it. */
export const standardOutput = (stream: NodeJS.WritableStream = process.stdout): LogPlace => ({
  write: (line) => void stream.write(line),
  end: async () => await new Promise((resolve) => stream.write('', () => resolve())),
});
