/**
 * Runs the stories with other programs: those with the peers of test/peers that share ports and disks, one after another, under a
 * screen, since one of them is the window's; and beside them, since all of them mostly wait, the ones with converters and then those
 * with brokers and databases, which have ports of their own. Arguments go to vitest.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from './places.mjs';
import { screenWords } from './screen.mjs';

const filters = process.argv.slice(2);
const LAST_WORDS_MS = 10_000;

/** @param {import('node:stream').Readable} from @param {import('node:stream').Writable} to */
function tellLines(from, to) {
  createInterface({ input: from }).on('line', (line) => to.write(`${line}\n`));
}

/** Runs one project and tells its lines as they come, whole; @returns its exit code. @param {string} project @param {readonly string[]} before */
async function run(project, before = []) {
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const words = [vitest, 'run', '--project', project, '--passWithNoTests', ...filters];
  const [command = '', ...args] = [...before, process.execPath, ...words];
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  tellLines(child.stdout, process.stdout);
  tellLines(child.stderr, process.stderr);
  const closed = once(child, 'close');
  const [code] = await once(child, 'exit');
  // What outlives its stories and holds their output is told, and not waited for.
  const isClosed = await Promise.race([closed.then(() => true), pause(LAST_WORDS_MS, false, { ref: false })]);
  if (!isClosed) {
    process.stderr.write(`interop: something that “${project}” started has outlived it\n`);
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
  }
  return code;
}

async function besides() {
  const codes = [];
  for (const project of ['formats', 'fleet']) codes.push(await run(project));
  return codes;
}

const codes = [await Promise.all([run('interop', screenWords()), besides()])].flat(2);
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
