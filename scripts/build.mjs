/**
 * Builds out/: the window's page, the window's main process and preload, the command line, the engine and its lanes.
 * Does nothing when out/ was made from exactly the files that are there now. `--force` builds anyway.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const out = path.join(root, 'out');
const stamp = path.join(out, 'built-from');
/** Everything that can change what is built. */
const inputs = [
  'main',
  'worker',
  'renderer',
  'assets',
  'scripts/build.mjs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/** Programs for Node: each is one file that needs no other, so that a thread loads nothing that it does not use. */
const programs = {
  main: 'main/electron/main.ts',
  cli: 'main/cli/main.ts',
  engine: 'worker/engine/main.ts',
  lane: 'worker/engine/lane/main.ts',
};

/** One line per input file with its size and time, hashed: what out/ depends on, told without reading the files. */
function fingerprint() {
  const hash = createHash('sha256');
  const add = (file) => {
    const facts = statSync(path.join(root, file), { throwIfNoEntry: false });
    if (facts === undefined) return;
    if (facts.isDirectory()) for (const name of readdirSync(path.join(root, file)).sort()) add(`${file}/${name}`);
    else hash.update(`${file} ${facts.size} ${facts.mtimeMs}\n`);
  };
  for (const input of inputs) add(input);
  return hash.digest('hex');
}

export function isFresh() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
}

/** Builds beside out/ and swaps at the end, so that a failed build or a second one at once never leaves half of an out/. */
export async function build() {
  const from = fingerprint();
  const began = Date.now();
  const { build: viteBuild } = await import('vite');
  const { default: react } = await import('@vitejs/plugin-react');
  const fresh = path.join(root, '.cache', `build-${process.pid}`);
  const common = { configFile: false, root, publicDir: false, logLevel: 'warn' };
  /** A bundle for Node or for the preload: nothing but Node's own modules and `external` stay outside. */
  const bundle = async (name, entry, target, external) =>
    await viteBuild({
      ...common,
      ssr: { noExternal: true, target: 'node' },
      build: {
        ssr: true,
        target,
        outDir: fresh,
        emptyOutDir: false,
        copyPublicDir: false,
        sourcemap: true,
        minify: false,
        reportCompressedSize: false,
        rolldownOptions: {
          input: { [name]: path.join(root, entry) },
          external,
          output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        },
      },
    });
  try {
    mkdirSync(fresh, { recursive: true });
    const jobs = Object.entries(programs)
      .filter(([, entry]) => existsSync(path.join(root, entry)))
      .map(async ([name, entry]) => await bundle(name, entry, 'node18', ['electron', 'keytar']));
    if (existsSync(path.join(root, 'main/electron/preload.ts'))) {
      jobs.push(bundle('preload', 'main/electron/preload.ts', 'chrome114', ['electron']));
    }
    if (existsSync(path.join(root, 'renderer/index.html'))) {
      jobs.push(
        viteBuild({
          ...common,
          root: path.join(root, 'renderer'),
          base: './',
          plugins: [react()],
          build: {
            target: 'chrome114',
            outDir: path.join(fresh, 'renderer'),
            emptyOutDir: true,
            reportCompressedSize: false,
            assetsInlineLimit: 0, // the content security policy refuses data: addresses
            modulePreload: { polyfill: false },
          },
        }),
      );
    }
    await Promise.all(jobs);
    writeFileSync(path.join(fresh, 'built-from'), from);
    swap(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return Date.now() - began;
}

function swap(fresh) {
  const old = `${fresh}-old`;
  try {
    renameSync(out, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error; // the first build, or another one is swapping at this moment
  }
  rmSync(out, { recursive: true, force: true });
  renameSync(fresh, out);
  rmSync(old, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--force') && isFresh()) process.stderr.write('build: out/ is up to date\n');
  else process.stderr.write(`build: out/ made in ${((await build()) / 1000).toFixed(1)} s\n`);
}
