/**
 * Makes sure that a checkout has what a purpose needs, and says what it does: foreign programs, node_modules, Electron.
 *
 *   node scripts/ready.mjs start|demo|test|interop|bench|fuzz
 *
 * Runs on Node 20 before anything is installed. When everything is there it does nothing and needs no network.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { networkInterfaces } from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone } from './alone.mjs';
import { bringTools, isPurpose } from './debian.mjs';
import { cache, electronDistNote, root } from './places.mjs';

/** @param {string} line */
const say = (line) => void process.stderr.write(`ready: ${line}\n`);

/** @param {import('./debian.mjs').Purpose} purpose */
export async function ready(purpose) {
  bringTools(purpose, say);
  if (purpose === 'demo') bringLoopback();
  if (!areModulesThere()) await alone('install', installModules);
  if (purpose === 'start' || purpose === 'test' || purpose === 'interop') await alone('electron', bringElectron);
  if (purpose !== 'start' && purpose !== 'demo' && purpose !== 'guts') checkNode();
}

/** The demo's servers are on this computer itself; where its network was taken away (as by `unshare -n`), that is off too. */
function bringLoopback() {
  const isUp = () => Object.values(networkInterfaces()).some((list) => list?.some(({ internal }) => internal) === true);
  if (process.platform !== 'linux' || isUp()) return;
  say('the loopback interface is off; turning it on (ip link set lo up)');
  const done = spawnSync('ip', ['link', 'set', 'lo', 'up'], { stdio: ['ignore', 2, 2] });
  // The same where iproute2 is not installed: SIOCSIFFLAGS with IFF_UP, IFF_LOOPBACK and IFF_RUNNING.
  const perl = '$r = pack("a16 S x22", "lo", 0x49); socket(S, 2, 2, 0) && ioctl(S, 0x8914, $r) or exit 1';
  if (done.error !== undefined) spawnSync('perl', ['-e', perl], { stdio: 'ignore' });
  if (!isUp()) say('it is still off; as root: ip link set lo up');
}

/** True when node_modules holds what package-lock.json names; optional packages may be missing. */
function areModulesThere() {
  const locked = packagesIn('package-lock.json');
  const installed = packagesIn('node_modules/.package-lock.json');
  if (locked === undefined || installed === undefined) return false;
  return Object.entries(locked).every(
    ([where, { version, optional }]) =>
      where === '' || installed[where]?.version === version || (optional === true && installed[where] === undefined),
  );
}

/** @param {string} file @returns {Record<string, { version?: string, optional?: boolean }> | undefined} */
function packagesIn(file) {
  const at = path.join(root, file);
  return existsSync(at) ? JSON.parse(readFileSync(at, 'utf8')).packages : undefined;
}

function installModules() {
  if (areModulesThere()) return; // another process has done it while this one waited
  bringTools('install', say);
  say('installing node_modules (npm ci), once');
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '1' };
  // keytar is built from source where its binary is out of reach; Node's own headers save a download then.
  const prefix = path.resolve(path.dirname(process.execPath), '..');
  if (existsSync(path.join(prefix, 'include/node/node.h'))) env['npm_package_config_node_gyp_nodedir'] = prefix;
  const npm = process.env['npm_execpath'];
  const words = ['ci', '--prefer-offline', '--no-fund', '--no-audit', '--loglevel=error'];
  const done =
    npm !== undefined && /\.[cm]?js$/.test(npm)
      ? spawnSync(process.execPath, [npm, ...words], { cwd: root, env, stdio: ['ignore', 2, 2] })
      : spawnSync('npm', words, { cwd: root, env, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (done.status !== 0) fail('npm ci failed. Check the network and that Node is 20.19 or newer, then try again.');
}

/** Notes where Electron's runtime lies, bringing it first where it is not there yet. */
function bringElectron() {
  const dist = findElectron();
  mkdirSync(cache, { recursive: true });
  writeFileSync(electronDistNote, dist);
}

function findElectron() {
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (given !== undefined && given !== '') return given;
  const own = path.join(root, 'node_modules/electron/dist');
  const { version } = createRequire(import.meta.url)('../node_modules/electron/package.json');
  const versionFile = path.join(own, 'version');
  if (existsSync(versionFile) && readFileSync(versionFile, 'utf8').replace(/^v/, '') === version) return own;
  if (process.platform === 'linux' && process.arch === 'x64') {
    const script = path.join(root, 'scripts/electron-runtime.sh');
    const laid = spawnSync('bash', [script, path.join(cache, 'electron')], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (laid.status !== 0) fail('Electron’s runtime could not be laid out; see above.');
    return laid.stdout.trim();
  }
  say(`downloading Electron ${version}, once`);
  const done = spawnSync(process.execPath, [path.join(root, 'node_modules/electron/install.js')], {
    stdio: ['ignore', 2, 2],
  });
  if (done.status !== 0) fail('Electron could not be downloaded. Check the network and try again.');
  return own;
}

/** Tests run TypeScript as it is, which Node can from 22.18 on; npm's scripts have Node 24 on Linux x64. */
function checkNode() {
  const brought = path.join(root, 'node_modules/.bin/node');
  try {
    accessSync(brought, constants.X_OK);
    return;
  } catch {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    if (major > 22 || (major === 22 && minor >= 18)) return;
    fail(`This needs Node 22.18 or newer; this one is ${process.versions.node}. Install Node 24 and try again.`);
  }
}

/** @param {string} line @returns {never} */
function fail(line) {
  say(line);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const purpose = process.argv[2] ?? '';
  if (!isPurpose(purpose)) fail(`“${purpose}” is none of start, demo, test, interop, bench, fuzz.`);
  await ready(purpose);
}
