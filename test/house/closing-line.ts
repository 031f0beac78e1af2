/** A reporter whose last words are what failed, and how many tests passed and failed, alone on its line, for people and for CI. */
import { appendFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed, one text each: where, and the beginning of why. */
  failures: string[];
}

/** The closing words of one run or of several together: what failed, where somebody reads only the end, and then the line that counts. */
export function closingWords({ passed, failed, skipped, failures }: Tally): string {
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return [...failures.map((text) => `FAILED ${text}`), line].join('\n');
}

/** How much of one failure's text is repeated at the end; all of it stands where it happened. */
const WHY_CHARS = 1_500;

const failure = (where: string, errors: readonly SerializedError[]): string =>
  `${where}\n${errors
    .map(({ message, stack }) => `${message}\n${stack ?? ''}`)
    .join('\n')
    .slice(0, WHY_CHARS)}`;

/**
 * Counts what ran. A file that could not be loaded, a hook that threw and an error that nobody caught are failures too,
 * so that a run which is not green never says “0 failed”.
 */
export function tally(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Tally {
  const failures = unhandled.map((error) => failure('an error that nobody caught', [error]));
  const sum: Tally = { passed: 0, failed: 0, skipped: 0, failures };
  for (const module of modules) {
    const before = failures.length;
    for (const test of module.children.allTests()) {
      const { state, errors } = test.result();
      if (state === 'passed') sum.passed += 1;
      else if (state === 'skipped') sum.skipped += 1;
      else failures.push(failure(`${module.relativeModuleId} > ${test.fullName}`, errors ?? [])); // failed, or never finished
    }
    const isBroken = module.state() === 'failed' && failures.length === before;
    if (isBroken) failures.push(failure(module.relativeModuleId, module.errors()));
  }
  sum.failed = failures.length;
  return sum;
}

const LEAVE_AFTER_MS = 120_000;

/**
 * Prints the words at the end; in a run that is one of several (`scripts/test.mjs`) notes them for the sum instead. A process that a
 * story left behind, and that holds its output, would keep the run from ending as long as it lives: that is told, and not waited for.
 */
export class ClosingLine implements Reporter {
  readonly #leaveAfterMs: number;

  constructor(leaveAfterMs = LEAVE_AFTER_MS) {
    this.#leaveAfterMs = leaveAfterMs;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const sum = tally(modules, unhandled);
    const notes = process.env['GUTS_TEST_TALLY'];
    if (notes === undefined) process.stdout.write(`\n${closingWords(sum)}\n`);
    else appendFileSync(notes, `${JSON.stringify(sum)}\n`);
    const leave = (): never => {
      process.stderr.write('The run is over, and something that a story left behind keeps it from ending.\n');
      process.exit(sum.failed > 0 ? 1 : 0);
    };
    setTimeout(leave, this.#leaveAfterMs).unref();
  }
}
