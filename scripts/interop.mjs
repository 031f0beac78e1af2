/**
 * Runs the stories with other programs: those with the peers of test/peers, which share ports and disks, one after another;
 * then those with converters, which need none of them. Arguments go to vitest.
 */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { root } from './places.mjs';

const filters = process.argv.slice(2);

let isGreen = true;
for (const project of ['interop', 'formats']) {
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const words = [vitest, 'run', '--project', project, '--passWithNoTests', ...filters];
  if (spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' }).status !== 0) isGreen = false;
}
process.exitCode = isGreen ? 0 : 1;
