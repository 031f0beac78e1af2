/**
 * `npm run fuzz`: first damaged messages for the parsers of what servers say, for a sixth of the time, then damaged images.
 * Arguments go to test/fuzz/main.ts, the seed to both; with --only or --case, which name images, nothing else runs.
 */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './places.mjs';

const PARSERS_SHARE = 6;
const DEFAULT_SECONDS = 60;

const words = process.argv.slice(2);
const { values } = parseArgs({
  args: words,
  strict: false, // the rest is for main.ts to judge
  options: {
    seconds: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    case: { type: 'string' },
  },
});
/** @param {string} script @param {readonly string[]} args */
const run = (script, args) =>
  spawnSync(process.execPath, [path.join(root, 'test/fuzz', script), ...args], { stdio: 'inherit' }).status ?? 1;

const isOfImages = values.only !== undefined || values.case !== undefined;
const seconds = Number(values.seconds ?? DEFAULT_SECONDS);
const seed = values.seed === undefined ? [] : ['--seed', `${values.seed}`];
const parsers = isOfImages ? 0 : run('parsers.ts', ['--seconds', `${Math.ceil(seconds / PARSERS_SHARE)}`, ...seed]);
const images = run('main.ts', words);
process.exitCode = parsers === 0 && images === 0 ? 0 : 1;
