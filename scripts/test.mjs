/**
 * Runs all tests: the stories first, then the window in the real Electron. Ends with what failed and one line that counts both.
 * Arguments go to vitest, so that `npm test -- test/copy.test.ts` runs one file.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { closingWords } from '../test/house/closing-line.ts';
import { root } from './places.mjs';
import { screenWords } from './screen.mjs';

const filters = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'guts-tally-'));
const notes = path.join(folder, 'tally');
writeFileSync(notes, '');
const vitest = [process.execPath, path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...filters];
if (filters.length > 0) vitest.push('--passWithNoTests'); // a filter may mean the other project

/** @param {string} project @param {readonly string[]} before */
function run(project, ...before) {
  const [command = '', ...args] = [...before, ...vitest, '--project', project];
  const env = { ...process.env, GUTS_TEST_TALLY: notes };
  return spawnSync(command, args, { cwd: root, env, stdio: 'inherit' }).status === 0;
}

const isGreen = [run('unit'), run('e2e', ...screenWords())].every(Boolean);

/** @type {import('../test/house/closing-line.ts').Tally} */
const sum = { passed: 0, failed: 0, skipped: 0, failures: [] };
for (const line of readFileSync(notes, 'utf8').split('\n').filter(Boolean)) {
  const { passed, failed, skipped, failures } = JSON.parse(line);
  sum.passed += passed;
  sum.failed += failed;
  sum.skipped += skipped;
  sum.failures.push(...failures);
}
rmSync(folder, { recursive: true });
if (!isGreen && sum.failed === 0) sum.failed = 1; // a run that broke before it could count
process.stdout.write(`\n${closingWords(sum)}\n`);
process.exitCode = isGreen ? 0 : 1;
