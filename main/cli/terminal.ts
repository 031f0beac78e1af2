/** What the command line prints: results on standard output, progress and errors on standard error. */
import type { ErrorInfo } from '../shared/errors.ts';
import type { Progress } from '../shared/jobs.ts';
import type { Stage } from '../shared/stages.ts';

const BAR_WIDTH = 24;
/** Without a terminal a line now and then is enough. */
const LINE_EVERY_MS = 5000;

export interface Streams {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
}

export class Terminal {
  readonly isJson: boolean;
  readonly #out: NodeJS.WriteStream;
  readonly #err: NodeJS.WriteStream;
  #isDrawn = false;
  #toldMs = -Infinity;

  constructor(isJson: boolean, { out, err }: Streams = { out: process.stdout, err: process.stderr }) {
    this.isJson = isJson;
    this.#out = out;
    this.#err = err;
  }

  /** The one document of `--json`, or the same for people. */
  result(value: unknown, forPeople: () => string): void {
    this.clear();
    this.#out.write(this.isJson ? `${JSON.stringify(value, null, 2)}\n` : printable(forPeople()));
  }

  note(text: string): void {
    this.clear();
    this.#err.write(`${printable(text)}\n`);
  }

  error(error: ErrorInfo): void {
    this.clear();
    if (this.isJson) this.#out.write(`${JSON.stringify({ error }, null, 2)}\n`);
    this.#err.write(printable(`guts: ${error.code}: ${error.message}\n  What to do: ${error.remedy}\n`));
  }

  stage(stage: Stage): void {
    if (stage === 'verifying') this.progressLine('proving what was written …');
  }

  progress(progress: Progress): void {
    this.progressLine(describe(progress, this.#err.isTTY === true));
  }

  clear(): void {
    if (this.#isDrawn) this.#err.write('\r\x1b[K');
    this.#isDrawn = false;
  }

  progressLine(line: string): void {
    const text = printable(line);
    if (this.#err.isTTY === true) {
      this.#err.write(`\r\x1b[K${text.slice(0, Math.max(20, (this.#err.columns ?? 80) - 1))}`);
      this.#isDrawn = true;
      return;
    }
    const nowMs = performance.now();
    if (nowMs - this.#toldMs < LINE_EVERY_MS) return;
    this.#toldMs = nowMs;
    this.#err.write(`${text}\n`);
  }
}

/** Names come from files that nobody vouches for: what would steer a terminal is shown as a sign instead. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

function describe(
  { disk, diskIndex, disks, doneBytes, totalBytes, bytesPerSecond, secondsLeft }: Progress,
  withBar: boolean,
): string {
  const share = totalBytes === 0 ? 1 : doneBytes / totalBytes;
  const filled = Math.floor(share * BAR_WIDTH);
  const bar = withBar ? `[${'█'.repeat(filled)}${'·'.repeat(BAR_WIDTH - filled)}] ` : '';
  const which = disks > 1 ? `disk ${diskIndex + 1} of ${disks} ` : '';
  const left = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`;
  return `${bar}${Math.floor(share * 100)} %  ${size(doneBytes)} of ${size(totalBytes)}  ${(bytesPerSecond / 1e6).toFixed(0)} MB/s${left}  ${which}${disk}`;
}

/** `1.5 GiB`; sizes are always binary and named so. */
export function size(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return unit === 0
    ? `${bytes} bytes`
    : `${value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]}`;
}

export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
