/**
 * Runs the stories with other programs: those with the peers of test/peers, which share ports and disks, one after another;
 * beside them those with converters, which need none of them. Arguments go to vitest.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { root } from './places.mjs';

const filters = process.argv.slice(2);

/** What the second one says waits until the first is done, so that both can be read. */
const runs = ['interop', 'formats'].map((project, at) => {
  const child = spawn(
    process.execPath,
    [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', project, '--passWithNoTests', ...filters],
    { cwd: root, stdio: ['ignore', at === 0 ? 'inherit' : 'pipe', at === 0 ? 'inherit' : 'pipe'] },
  );
  /** @type {Buffer[]} */
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => said.push(piece));
  return once(child, 'close').then(([code]) => ({ code, said }));
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => {}); // the children get it, too

let isGreen = true;
for (const run of runs) {
  const { code, said } = await run;
  process.stdout.write(Buffer.concat(said));
  if (code !== 0) isGreen = false;
}
process.exitCode = isGreen ? 0 : 1;
