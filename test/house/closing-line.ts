/** A reporter whose last word is how many tests passed and failed, alone on its line, for people and for CI. */
import { appendFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** The closing line of one run or of several together. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * Counts what ran. A file that could not be loaded, a hook that threw and an error that nobody caught are failures too,
 * so that a run which is not green never says “0 failed”.
 */
export function tally(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Tally {
  const sum: Tally = { passed: 0, failed: unhandled.length, skipped: 0 };
  for (const module of modules) {
    let failedTests = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') sum.passed += 1;
      else if (state === 'skipped') sum.skipped += 1;
      else failedTests += 1; // failed, or never finished
    }
    const isBroken = module.state() === 'failed' && failedTests === 0;
    sum.failed += failedTests + (isBroken ? 1 : 0);
  }
  return sum;
}

/** Prints the line at the end; in a run that is one of several (`scripts/test.mjs`) notes the numbers for the sum instead. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const sum = tally(modules, unhandled);
    const notes = process.env['GUTS_TEST_TALLY'];
    if (notes === undefined) process.stdout.write(`\n${closingLine(sum)}\n`);
    else appendFileSync(notes, `${JSON.stringify(sum)}\n`);
  }
}
