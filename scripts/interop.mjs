/**
 * Runs the stories with other programs: those with the peers of test/peers that share ports and disks, one after another, under a
 * screen, since one of them is the window's; and beside them, since all of them mostly wait, the ones with converters and then those
 * with brokers and databases, which have ports of their own and are told at the end. Arguments go to vitest.
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

/** @param {import('node:child_process').ChildProcess} child */
const codeOf = async (child) => (await once(child, 'close'))[0];

/** @type {Buffer[]} */
const told = [];
async function besides() {
  const codes = [];
  for (const project of ['formats', 'fleet']) {
    const child = start(project);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => told.push(chunk));
    codes.push(await codeOf(child));
  }
  return codes;
}

const peers = start('interop', screenWords());
peers.stdout.pipe(process.stdout);
peers.stderr.pipe(process.stderr);
const codes = [await Promise.all([codeOf(peers), besides()])].flat(2);
process.stdout.write(Buffer.concat(told));
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
