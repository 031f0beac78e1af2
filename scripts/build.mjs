/**
 * Builds out/: the window's page, the window's main process and preload, the command line, the engine and its lanes.
 * Does nothing when out/ was made from exactly the files that are there now; `--force` builds anyway.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone } from './alone.mjs';
import { noJsonSchema } from './no-json-schema.mjs';
import { Notices } from './notices.mjs';
import { cache, out, root } from './places.mjs';

/**
 * Programs for Node, by the name of their file in out/. Each is one file that needs no other, so that a thread loads
 * nothing which it does not use; engine and cli have others with what speaks to servers and with the demo, and main one with
 * what looks for updates, loaded when that is asked for.
 */
const programs = {
  main: 'main/electron/main.ts',
  cli: 'main/cli/main.ts',
  engine: 'worker/engine/main.ts',
  lane: 'worker/engine/lane/main.ts',
  estate: 'worker/demo/estate/main.ts',
};
/** Electron's Node is the oldest that Guts runs on, its Chromium the oldest that shows the window. */
const oldestNode = 'node18';
const oldestChromium = 'chrome114';

/** Everything that can change what is built. */
const inputs = [
  'main',
  'worker',
  'renderer',
  'assets',
  'test/lab',
  'scripts/build.mjs',
  'scripts/no-json-schema.mjs',
  'scripts/notices.mjs',
  'package.json',
  'package-lock.json',
];
/** What out/ was built from; written last. */
const stamp = path.join(out, 'built-from');

/** Builds where that is needed; answers the milliseconds it took, 0 when there was nothing to do. */
export async function buildWhenStale() {
  if (isFresh()) return 0;
  return await alone('build', async () => (isFresh() ? 0 : await build()));
}

function isFresh() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
}

/** Names, sizes and times of all inputs, hashed: what out/ depends on, told without reading the files. */
function fingerprint() {
  const hash = createHash('sha256');
  /** @param {string} file */
  const add = (file) => {
    const facts = statSync(path.join(root, file), { throwIfNoEntry: false });
    if (facts === undefined) return;
    if (facts.isDirectory()) for (const name of readdirSync(path.join(root, file)).sort()) add(`${file}/${name}`);
    else hash.update(`${file} ${facts.size} ${facts.mtimeMs}\n`);
  };
  for (const input of inputs) add(input);
  return hash.digest('hex');
}

/** Builds beside out/ and swaps at the end, so that a build that fails leaves the last good one. */
async function build() {
  const began = Date.now();
  const from = fingerprint();
  const vite = await import('vite');
  const { default: react } = await import('@vitejs/plugin-react');
  const fresh = path.join(cache, `build-${process.pid}`);
  const notices = new Notices();
  const common = /** @type {const} */ ({ configFile: false, publicDir: false, logLevel: 'warn' });

  /**
   * One file for Node or for the preload; only Node's own modules and `external` stay outside.
   * @param {string} name
   * @param {string} entry
   * @param {string} target
   * @param {string[]} external
   */
  const bundle = async (name, entry, target, external) =>
    await vite.build({
      ...common,
      root,
      plugins: [notices.plugin()],
      ssr: { noExternal: true },
      build: {
        ssr: true,
        target,
        outDir: fresh,
        emptyOutDir: false,
        sourcemap: true,
        minify: false,
        reportCompressedSize: false,
        rolldownOptions: {
          input: { [name]: path.join(root, entry) },
          external,
          output: {
            format: 'cjs',
            entryFileNames: '[name].cjs',
            chunkFileNames: `${name}-[name].cjs`,
            codeSplitting: name === 'engine' || name === 'cli' || name === 'main',
            // Half as many bytes to read at every start; names stay, for traces that people can read.
            minify: { compress: true, mangle: false, codegen: true },
          },
        },
      },
    });

  const page = async () =>
    await vite.build({
      ...common,
      root: path.join(root, 'renderer'),
      base: './',
      plugins: [react(), noJsonSchema(), notices.plugin()],
      html: { cspNonce: 'NONCE' }, // the window's main process puts a fresh one in at every load
      build: {
        target: oldestChromium,
        outDir: path.join(fresh, 'renderer'),
        emptyOutDir: true, // says that a folder outside the page's own is meant
        reportCompressedSize: false,
        chunkSizeWarningLimit: 1000, // it is loaded from this computer; bench:ui keeps the budget of the whole
        assetsInlineLimit: 0, // the page's content security policy refuses data: addresses
        modulePreload: { polyfill: false },
        rolldownOptions: {
          output: {
            // What several screens share is two files, not seventy: small files compress worse, and each is asked for.
            codeSplitting: {
              groups: [
                // Before all else, and without what it has to come before: see renderer/first.ts.
                { name: 'first', test: /preload-helper|renderer\/first\.ts/, priority: 3 },
                { name: 'library', test: /node_modules/, priority: 2 },
                { name: 'common', test: /^(?!.*\/screens\/plans\/)/, minShareCount: 2, priority: 1 },
                // What is shared only by the pages of plans is much, and nothing that the first page needs.
                { name: 'plans', test: /\/screens\/plans\//, minShareCount: 2 },
              ],
            },
          },
        },
      },
    });

  mkdirSync(fresh, { recursive: true });
  try {
    await Promise.all([
      ...Object.entries(programs).map(([name, entry]) => bundle(name, entry, oldestNode, ['electron', 'keytar'])),
      bundle('preload', 'main/electron/preload.ts', oldestChromium, ['electron']),
      page(),
    ]);
    cpSync(path.join(root, 'assets/tray'), path.join(fresh, 'tray'), { recursive: true });
    writeFileSync(path.join(fresh, 'THIRD-PARTY-NOTICES.txt'), notices.text());
    writeFileSync(path.join(fresh, path.basename(stamp)), from);
    rmSync(out, { recursive: true, force: true });
    renameSync(fresh, out);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return Date.now() - began;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const tookMs = process.argv.includes('--force') ? await alone('build', build) : await buildWhenStale();
  const told = tookMs === 0 ? 'is up to date' : `made in ${(tookMs / 1000).toFixed(1)} s`;
  process.stderr.write(`build: out/ ${told}\n`);
}
