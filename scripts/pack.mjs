/**
 * Packs the desktop program for this machine: without arguments as a folder in release/, on Linux also as a .tar.gz.
 *
 *   npm run pack -- --for-tests      as a folder in release/for-tests/, into which a debugger may look
 *   npm run pack -- --linux deb      whatever electron-builder is asked for
 *
 * Where scripts/electron-runtime.sh brought Electron, that one is packed: good for trying, not for giving away.
 * GUTS_UPDATES_URL, GUTS_HOMEPAGE and GUTS_MAINTAINER go into what is packed, where they are set.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { buildWhenStale } from './build.mjs';
import { electronDistNote, root } from './places.mjs';
import { ready } from './ready.mjs';

const given = process.argv.slice(2);
const isForTests = given[0] === '--for-tests';
const isPlain = given.length === 0;

await ready('start');
await buildWhenStale();

const dist = readFileSync(electronDistNote, 'utf8');
const version = readFileSync(path.join(dist, 'version'), 'utf8').trim().replace(/^v/, '');
process.stderr.write(`pack: with Electron ${version}\n`);
run(process.execPath, [
  path.join(root, 'node_modules/electron-builder/cli.js'),
  '--publish',
  'never',
  `-c.electronDist=${dist}`,
  `-c.electronVersion=${version}`,
  ...setting('GUTS_UPDATES_URL', (url) => ['-c.publish.provider=generic', `-c.publish.url=${url}`]),
  ...setting('GUTS_HOMEPAGE', (url) => [`-c.extraMetadata.homepage=${url}`]),
  ...setting('GUTS_MAINTAINER', (name) => [`-c.linux.maintainer=${name}`]),
  ...(isPlain ? ['--dir'] : []),
  ...(isForTests
    ? ['--dir', '-c.electronFuses.enableNodeCliInspectArguments=true', '-c.directories.output=release/for-tests']
    : given),
]);
if (isPlain && process.platform === 'linux') archive();

/** By tar, which is everywhere: electron-builder fetches a program of its own for that. */
function archive() {
  const { version: own } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const name = `Guts-${own}-linux-${process.arch}`;
  const file = path.join(root, 'release', `${name}.tar.gz`);
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name'];
  run('tar', [
    '-C',
    path.join(root, 'release'),
    ...owner,
    `--transform=s,^linux-unpacked,${name},`,
    '-czf',
    file,
    'linux-unpacked',
  ]);
  process.stderr.write(`pack: ${file}\n`);
}

/** @param {string} name @param {(value: string) => string[]} words */
function setting(name, words) {
  const value = process.env[name] ?? '';
  return value === '' ? [] : words(value);
}

/** @param {string} command @param {readonly string[]} words */
function run(command, words) {
  const { status, error } = spawnSync(command, words, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) process.stderr.write(`pack: ${command} did not start: ${error.message}\n`);
  if (status !== 0) process.exit(status ?? 1);
}
