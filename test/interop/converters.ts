/** Two ways to have a hostile image converted, each of which tells how it ended and what it cost. */
import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { ErrorInfo } from '../../main/shared/errors.ts';
import { ConvertResult, type ConvertJob } from '../../main/shared/jobs.ts';
import { startGuts } from '../support/guts.ts';
import type { EngineAnswer } from './engine-process.ts';

/** What the images of these tests take is a fraction of a second; this is a hang. */
const PATIENCE_SECONDS = 60;
const MOST_MEMORY_MIB = 250;
const LOOK_EVERY_MS = 20;

export type Conversion =
  | { readonly kind: 'done'; readonly result: ConvertResult }
  | { readonly kind: 'refused'; readonly error: ErrorInfo }
  /** A crash, a hang, a fault of Guts, too much memory, files left open: never right. */
  | { readonly kind: 'broke'; readonly what: string };

export type Wish = Pick<ConvertJob, 'input' | 'output' | 'to' | 'compress' | 'dataDir'>;

export interface Converter {
  convert(wish: Wish): Promise<Conversion>;
  /** The most memory that any conversion has taken so far. */
  readonly memoryMiB: number;
}

function refusal(error: ErrorInfo, detail: string): Conversion {
  if (error.code === 'guts.bug' || error.code === 'engine.ended')
    return { kind: 'broke', what: `${error.code}: ${detail}` };
  const isTold = /^[a-z]+\.[a-z-]+$/.test(error.code) && error.message !== '' && error.remedy !== '';
  return isTold
    ? { kind: 'refused', error }
    : { kind: 'broke', what: `an error without words: ${JSON.stringify(error)}` };
}

const tooMuch = (memoryMiB: number): Conversion => ({
  kind: 'broke',
  what: `took ${Math.round(memoryMiB)} MiB of memory`,
});

/** Counts seconds in which this process ran too: a machine that was suspended is no hang. Clear it as an interval. */
function whenOverdue(act: () => void): NodeJS.Timeout {
  let leftSeconds = PATIENCE_SECONDS;
  return setInterval(() => {
    leftSeconds--;
    if (leftSeconds === 0) act();
  }, 1000);
}

/** The command, a fresh process each time. */
export class ByCommand implements Converter {
  memoryMiB = 0;

  async convert({ input, output, to, compress, dataDir }: Wish): Promise<Conversion> {
    const flags = ['--to', to, ...(compress ? ['--compress'] : []), '--json'];
    const { child, outcome } = startGuts(dataDir, 'convert', input, output, ...flags);
    let memoryMiB = 0;
    const look = setInterval(() => (memoryMiB = Math.max(memoryMiB, highestOf(child))), LOOK_EVERY_MS);
    const deadline = whenOverdue(() => child.kill('SIGKILL'));
    const { code, signal, stdout, stderr } = await outcome;
    clearInterval(look);
    clearInterval(deadline);
    this.memoryMiB = Math.max(this.memoryMiB, memoryMiB);
    if (code !== 0 && code !== 1) return { kind: 'broke', what: `ended with ${code ?? signal}: ${stderr}` };
    if (memoryMiB > MOST_MEMORY_MIB) return tooMuch(memoryMiB);
    const said = JSON.parse(stdout) as { error: ErrorInfo }; // true where the exit code is 1, else the schema tells
    if (code === 0) return { kind: 'done', result: ConvertResult.parse(said) };
    if (!stderr.includes(said.error.remedy)) return { kind: 'broke', what: `did not tell what to do: ${stderr}` };
    return refusal(said.error, stderr);
  }
}

/** Linux's own mark of the most memory that a process ever had; 0 once it has ended. */
function highestOf({ pid }: ChildProcess): number {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** One engine for all conversions, in a process of its own that is replaced when it breaks. */
export class ByEngine implements Converter, Disposable {
  memoryMiB = 0;
  #child: ChildProcess | undefined;

  async convert(wish: Wish): Promise<Conversion> {
    const how = { from: null, allowFrom: [], verify: 'sums' as const, sha512: false, force: false, lanes: 1 };
    const answer = await this.#ask({ kind: 'convert', ...how, ...wish });
    if (typeof answer === 'string') return this.#broken(answer);
    this.memoryMiB = Math.max(this.memoryMiB, answer.memoryMiB);
    if (answer.memoryMiB > MOST_MEMORY_MIB) return this.#broken(`took ${Math.round(answer.memoryMiB)} MiB of memory`);
    if (answer.openFiles.length > 0) return this.#broken(`left files open: ${answer.openFiles.join(', ')}`);
    return 'error' in answer ? refusal(answer.error, answer.detail) : { kind: 'done', result: answer.result };
  }

  async #ask(job: ConvertJob): Promise<EngineAnswer | string> {
    const child = (this.#child ??= fork(path.join(import.meta.dirname, 'engine-process.ts'), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }));
    return await new Promise((resolve) => {
      const settle = (answer: EngineAnswer | string): void => {
        clearInterval(deadline);
        child.removeAllListeners();
        resolve(answer);
      };
      const deadline = whenOverdue(() => settle(`no answer in ${PATIENCE_SECONDS} s`));
      child.once('message', (message) => settle(message as EngineAnswer)); // engine-process.ts sends nothing else
      child.once('exit', (code, signal) => settle(`the process ended with ${code ?? signal}`));
      child.once('error', (error) => settle(error.message));
      child.send(job);
    });
  }

  /** Its memory, threads and open files are not the next one's. */
  #broken(what: string): Conversion {
    this[Symbol.dispose]();
    return { kind: 'broke', what };
  }

  [Symbol.dispose](): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}
