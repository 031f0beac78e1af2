/**
 * Runs the stories with other programs: those with the peers of test/peers, which share ports and disks, one after another,
 * under a screen, since one of them is the window's; and beside them, since those mostly wait, the ones with converters, which need
 * none of all that and are told at the end. Arguments go to vitest.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { root } from './places.mjs';
import { screenWords } from './screen.mjs';

const filters = process.argv.slice(2);

/** @param {string} project @param {readonly string[]} before */
function start(project, before = []) {
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const words = [vitest, 'run', '--project', project, '--passWithNoTests', ...filters];
  const [command = '', ...args] = [...before, process.execPath, ...words];
  return spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
}

const peers = start('interop', screenWords());
peers.stdout.pipe(process.stdout);
peers.stderr.pipe(process.stderr);
const converters = start('formats');
/** @type {Buffer[]} */
const told = [];
for (const stream of [converters.stdout, converters.stderr]) stream.on('data', (chunk) => told.push(chunk));

const codes = await Promise.all([peers, converters].map(async (child) => (await once(child, 'close'))[0]));
process.stdout.write(Buffer.concat(told));
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
