/** Where a sparse local file has data, as its file system tells it; Node has no lseek, so a small helper program asks. */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import type { ByteSource } from './bytes.ts';

/** A stretch of a file, in bytes: [start, end). */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export interface HoleMap {
  /** Bytes that the file takes on its file system. */
  readonly storedBytes: number;
  /** The first stretch that may hold data at or behind `position`; empty and at the file's end where only holes follow. */
  dataFrom(position: number, signal?: AbortSignal): Promise<Stretch>;
}

/** Stretches asked for at once and kept: 16 bytes each, so a map holds 1 MiB at most. */
const MOST_STRETCHES = 65_536;
/** A stretch is at most two numbers of 16 digits, a blank and a line end. */
const MOST_OUTPUT_BYTES = MOST_STRETCHES * 34 + 64;
const ASK_TIMEOUT_MS = 60_000;
/** Below this much to gain, asking costs more than reading zeros. */
const LEAST_GAIN_BYTES = 1024 * 1024;
/** The start of a file that holds much counts as data, so that it can be read while the helper starts. */
const HEAD_BYTES = 64 * 1024 * 1024;
const MUCH_BYTES = 16 * HEAD_BYTES;

/**
 * The holes of `source`, or null where none are known: no local file, hardly anything to gain, or a platform
 * without the means. What the file system does not answer counts as data, so not knowing is slow but never wrong.
 * `mostStretches` are asked for and kept at a time.
 */
export async function holesOf(source: ByteSource, mostStretches = MOST_STRETCHES): Promise<HoleMap | null> {
  if (source.path === undefined) return null;
  const facts = await stat(source.path).catch(() => undefined);
  if (facts === undefined) return null;
  const { size, blocks } = facts;
  // Windows gives no block count (NaN or 0 there), and has no SEEK_HOLE.
  const storedBytes = blocks * 512;
  if (process.platform === 'win32' || !(storedBytes + LEAST_GAIN_BYTES <= size) || size !== source.sizeBytes)
    return null;
  return new AskedHoles(source.path, size, storedBytes, mostStretches);
}

interface Answer {
  /** [start, end) pairs, ascending. */
  readonly stretches: Float64Array;
  /** What the answer covers; there is no data in it outside the stretches. */
  readonly from: number;
  readonly to: number;
}

class AskedHoles implements HoleMap {
  readonly storedBytes: number;
  readonly #path: string;
  readonly #sizeBytes: number;
  readonly #mostStretches: number;
  #answer: Answer = { stretches: new Float64Array(0), from: 0, to: 0 };
  #asking: Promise<void> = Promise.resolve();
  #isMute = false;

  constructor(path: string, sizeBytes: number, storedBytes: number, mostStretches: number) {
    this.#path = path;
    this.#sizeBytes = sizeBytes;
    this.#mostStretches = mostStretches;
    this.storedBytes = storedBytes;
  }

  async dataFrom(position: number, signal?: AbortSignal): Promise<Stretch> {
    const end = { start: this.#sizeBytes, end: this.#sizeBytes };
    if (position < HEAD_BYTES && this.storedBytes >= MUCH_BYTES) {
      this.#askOnce(HEAD_BYTES, signal).catch(() => {}); // whoever comes for what follows is told
      return { start: position, end: HEAD_BYTES };
    }
    while (position < this.#sizeBytes) {
      if (this.#isMute) return { start: position, end: this.#sizeBytes };
      const { stretches, from, to } = this.#answer;
      if (position < from || position >= to) {
        await this.#askOnce(position, signal);
        continue;
      }
      const found = firstEndingAfter(stretches, position);
      const start = stretches[found * 2];
      const stop = stretches[found * 2 + 1];
      if (start !== undefined && stop !== undefined) return { start: Math.max(start, position), end: stop };
      position = to; // a hole up to the end of what is known
    }
    return end;
  }

  /** One helper at a time; who waited looks at the new answer first. */
  async #askOnce(position: number, signal: AbortSignal | undefined): Promise<void> {
    const before = this.#asking;
    this.#asking = before.then(async () => {
      const { from, to } = this.#answer;
      if (this.#isMute || isAborted(signal) || (position >= from && position < to)) return;
      const answer = await ask(this.#path, position, this.#sizeBytes, this.#mostStretches, signal);
      if (answer !== null) this.#answer = answer;
      else if (!isAborted(signal)) this.#isMute = true;
    });
    await this.#asking;
    signal?.throwIfAborted();
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** The index of the first stretch that ends behind `position`; the number of stretches where none does. */
function firstEndingAfter(stretches: Float64Array, position: number): number {
  let low = 0;
  let high = stretches.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle * 2 + 1] ?? 0) > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

// Both helpers print "START END" for each stretch of data and last "to POSITION", how far they looked.
const perlHelper = `
my ($path, $at, $most, $data, $hole) = @ARGV;
open(my $file, '<:raw', $path) or exit 2;
my $size = -s $file;
while ($at < $size && $most-- > 0) {
  my $start = sysseek($file, $at, $data);
  if (!defined $start) { exit 3 unless $!{ENXIO}; $at = $size; last }
  my $end = sysseek($file, $start + 0, $hole);
  exit 3 unless defined $end;
  printf "%d %d\\n", $start, $end;
  $at = $end;
}
printf "to %d\\n", $at;
`;
const pythonHelper = `
import errno, os, sys
path, at, most = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
file = os.open(path, os.O_RDONLY)
size = os.fstat(file).st_size
while at < size and most > 0:
    most -= 1
    try:
        start = os.lseek(file, at, os.SEEK_DATA)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        at = size
        break
    at = os.lseek(file, start, os.SEEK_HOLE)
    print(start, at)
print("to", at)
`;

async function ask(
  path: string,
  from: number,
  sizeBytes: number,
  mostStretches: number,
  signal: AbortSignal | undefined,
): Promise<Answer | null> {
  // SEEK_DATA and SEEK_HOLE, which Perl does not name: macOS has them the other way round than Linux and the BSDs.
  const whence = process.platform === 'darwin' ? ['4', '3'] : ['3', '4'];
  const question = [path, `${from}`, `${mostStretches}`];
  const printed =
    (await output('perl', ['-e', `use Errno;${perlHelper}`, '--', ...question, ...whence], signal)) ??
    (await output('python3', ['-I', '-c', pythonHelper, ...question], signal));
  return printed === null ? null : parseAnswer(printed, from, sizeBytes);
}

/** What the program printed; null where it is missing, failed, said too much or took too long. */
async function output(
  program: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | null> {
  return await new Promise((resolve) => {
    const options = {
      encoding: 'latin1' as const,
      maxBuffer: MOST_OUTPUT_BYTES,
      timeout: ASK_TIMEOUT_MS,
      windowsHide: true,
      ...(signal === undefined ? {} : { signal }),
    };
    execFile(program, args, options, (error, stdout) => resolve(error === null ? stdout : null));
  });
}

/** Reads a helper's answer strictly: numbers only, ascending, inside the file; null for anything else. */
export function parseAnswer(printed: string, from: number, sizeBytes: number): Answer | null {
  const lines = printed.split('\n');
  if (lines.pop() !== '') return null;
  const last = /^to (\d{1,16})$/.exec(lines.pop() ?? '');
  if (last === null || lines.length > MOST_STRETCHES) return null;
  const to = Number(last[1]);
  const stretches = new Float64Array(lines.length * 2);
  let at = from;
  for (const [index, line] of lines.entries()) {
    const numbers = /^(\d{1,16}) (\d{1,16})$/.exec(line);
    if (numbers === null) return null;
    const start = Number(numbers[1]);
    const end = Number(numbers[2]);
    if (start < at || end <= start || end > to) return null;
    stretches[index * 2] = start;
    stretches[index * 2 + 1] = end;
    at = end;
  }
  return to > from && to <= sizeBytes ? { stretches, from, to } : null;
}
