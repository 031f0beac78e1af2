/**
 * Runs a program that opens windows: on the screen there is, else on a virtual one.
 *
 *   node scripts/display.mjs electron ARGS...      Electron as scripts/ready.mjs has found it
 *   node scripts/display.mjs COMMAND ARGS...       any other program
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { electronDistNote, root } from './places.mjs';

const [given = '', ...rest] = process.argv.slice(2);
const isLinux = process.platform === 'linux';
const env = { ...process.env };
if (!env['ELECTRON_OVERRIDE_DIST_PATH'] && existsSync(electronDistNote)) {
  env['ELECTRON_OVERRIDE_DIST_PATH'] = readFileSync(electronDistNote, 'utf8');
}
// Chromium refuses to sandbox for root. Only there is it told to go without; the page's own walls stay.
if (isLinux && process.getuid?.() === 0) env['ELECTRON_DISABLE_SANDBOX'] = '1';

const words = given === 'electron' ? [process.execPath, path.join(root, 'node_modules/electron/cli.js')] : [given];
words.push(...rest);
// A smoke test gets a profile of its own: it must not wake a Guts that is open already.
const profile = rest.includes('--smoke') ? mkdtempSync(path.join(tmpdir(), 'guts-smoke-')) : undefined;
if (profile !== undefined) {
  words.push(`--user-data-dir=${profile}`);
  env['XDG_CONFIG_HOME'] = profile; // the oldest Electron asks this, and not the flag
}
const isVirtual = isLinux && !env['DISPLAY'];
if (isVirtual) {
  words.unshift('xvfb-run', '-a', '-s', '-screen 0 1280x800x24');
  if (given === 'electron' && !rest.includes('--smoke')) {
    process.stderr.write('start: there is no DISPLAY, so the window opens on a virtual screen that nobody sees\n');
  }
}

const [command = '', ...args] = words;
// xvfb-run leaves its program and its screen behind when it is killed; a group of their own can be ended whole.
const child = spawn(command, args, { stdio: 'inherit', env, detached: isVirtual });
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => end(signal));
child.on('error', (error) => {
  process.stderr.write(`start: ${command} did not start: ${error.message}\n`);
  process.exitCode = 1;
});
child.on('exit', (code) => {
  if (profile !== undefined) rmSync(profile, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});

/** @param {NodeJS.Signals} signal */
function end(signal) {
  if (isVirtual && child.pid !== undefined) process.kill(-child.pid, signal);
  else child.kill(signal);
}
