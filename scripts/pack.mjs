/**
 * Packs the desktop program for this machine into release/. Further arguments go to electron-builder.
 * Where scripts/electron-runtime.sh brought Electron, that one is packed: good for trying, not for giving away.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { buildWhenStale } from './build.mjs';
import { electronDistNote, root } from './places.mjs';
import { ready } from './ready.mjs';

await ready('start');
await buildWhenStale();

const dist = readFileSync(electronDistNote, 'utf8');
const version = readFileSync(path.join(dist, 'version'), 'utf8').replace(/^v/, '');
const builder = path.join(root, 'node_modules/electron-builder/cli.js');
const words = [
  '--publish',
  'never',
  `-c.electronDist=${dist}`,
  `-c.electronVersion=${version}`,
  ...process.argv.slice(2),
];
process.stderr.write(`pack: with Electron ${version}\n`);
process.exitCode = spawnSync(process.execPath, [builder, ...words], { cwd: root, stdio: 'inherit' }).status ?? 1;
