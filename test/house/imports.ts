/** Which file imports which, and which of those imports point the wrong way. */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import * as path from 'node:path';
import { parseSync } from 'vite';

export interface Import {
  /** The file that imports, from the checkout's top, with forward slashes. */
  readonly from: string;
  /** What it imports: a file from the checkout's top, a package's name, or `node:…`. */
  readonly to: string;
}

const ROOMS = ['main', 'worker', 'renderer'];
/** The simulators: for tests, and part of the product for its demo. */
const LAB = 'test/lab';
const DEMO = 'worker/demo/';
/** The words in which the engine is asked; the one file of worker/ that main/ may know. */
const JOB_PROTOCOL = 'worker/engine/protocol.ts';
/** What is no program, but part of the product all the same. */
const ASSETS = 'assets/';
/** Libraries that need neither Node nor a page: what is said, and when. */
const WORDS: ReadonlySet<string> = new Set(['zod', 'croner']);
const builtins = new Set(builtinModules);

/** Every import of the product's own files, types included. */
export function importsOf(checkout: string): Import[] {
  return [...ROOMS, LAB].flatMap((room) =>
    readdirSync(path.join(checkout, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !/\.(d|test)\.tsx?$/.test(name))
      .flatMap((name) => {
        const file = `${room}/${name.replaceAll(path.sep, '/')}`;
        return importsIn(file, readFileSync(path.join(checkout, file), 'utf8'));
      }),
  );
}

/** The imports of one file: static, re-exported and dynamic ones. */
export function importsIn(file: string, source: string): Import[] {
  const { module, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message ?? 'does not parse'}`);
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) =>
      source.slice(start, end).replace(/^['"`]|['"`]$/g, ''),
    ),
  ];
  return [...new Set(requests)].map((request) => ({ from: file, to: resolve(file, request) }));
}

function resolve(file: string, request: string): string {
  if (request.startsWith('.')) return path.posix.join(path.posix.dirname(file), request);
  if (request.startsWith('node:') || builtins.has(request))
    return request.startsWith('node:') ? request : `node:${request}`;
  return request
    .split('/')
    .slice(0, request.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Why an import points the wrong way; null where it may stand. */
export function objection({ from, to }: Import): string | null {
  const isFile = ROOMS.some((room) => to.startsWith(`${room}/`));
  const isNode = to.startsWith('node:');
  const isShared = to.startsWith('main/shared/');
  const isLab = to.startsWith(`${LAB}/`);
  if (from.startsWith(`${LAB}/`)) {
    if (to === 'electron') return 'only main/electron knows Electron';
    if (isLab || isShared || to.startsWith('worker/')) return to.startsWith(DEMO) ? 'the demo uses the lab' : null;
    return !isFile && (isNode || isPackage(to)) ? null : 'the lab knows only itself, worker and main/shared';
  }
  if (isLab) return from.startsWith(DEMO) ? null : 'only the demo brings the simulators';
  if (to.startsWith(ASSETS)) return from.startsWith('worker/') ? null : 'only worker reads what is in assets';
  if (!isFile && !isNode && !isPackage(to)) return `${to} is no part of the product`;
  if (to === 'electron' && !from.startsWith('main/electron/')) return 'only main/electron knows Electron';
  if (from.startsWith('main/shared/')) {
    return isShared || WORDS.has(to) ? null : 'main/shared knows only itself and what words are made with';
  }
  if (from.startsWith('renderer/')) {
    if (isNode) return 'the window has no Node';
    return !isFile || isShared || to.startsWith('renderer/') ? null : 'renderer knows only itself and main/shared';
  }
  if (from.startsWith('worker/')) {
    return !isFile || isShared || to.startsWith('worker/') ? null : 'worker knows only itself and main/shared';
  }
  return !isFile || to.startsWith('main/') || to === JOB_PROTOCOL
    ? null
    : `main knows worker only by ${JOB_PROTOCOL}, and the window not at all`;
}

const isPackage = (to: string): boolean => !to.includes('/') || to.startsWith('@');

/** Circles of files that import each other, each from its first file round to the same file again. */
export function circles(imports: readonly Import[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const found: string[][] = [];
  const done = new Set<string>();
  const walk = (file: string, line: readonly string[]): void => {
    const seenAt = line.indexOf(file);
    if (seenAt >= 0) found.push([...line.slice(seenAt), file]);
    if (seenAt >= 0 || done.has(file)) return;
    for (const to of next.get(file) ?? []) walk(to, [...line, file]);
    done.add(file);
  };
  for (const file of next.keys()) walk(file, []);
  return found;
}
