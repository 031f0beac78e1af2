/**
 * Runs the stories with other programs: those with the peers of test/peers, which share ports and disks, one after another,
 * under a screen, since one of them is the window's; then those with converters, which need none of all that. Arguments go to vitest.
 */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { root } from './places.mjs';
import { screenWords } from './screen.mjs';

const filters = process.argv.slice(2);

/** @param {string} project @param {readonly string[]} before */
function run(project, before = []) {
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const words = [vitest, 'run', '--project', project, '--passWithNoTests', ...filters];
  const [command = '', ...args] = [...before, process.execPath, ...words];
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

process.exitCode = [run('interop', screenWords()), run('formats')].every(Boolean) ? 0 : 1;
