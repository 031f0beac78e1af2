/** Serves the window's page, to the window and to browsers: a fixed set of files, with headers that keep the page on its own. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import * as path from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
/** The build writes this wherever the page names a nonce. */
const NONCE_MARK = /NONCE/g;

/** The build names what lies here by its content: another content has another name. */
const NAMED_BY_CONTENT = '/assets/';
const FOR_EVER = 'private, max-age=31536000, immutable';

export type PageFiles = (request: Request) => Promise<Response | null>;

/**
 * Answers GET for the files of `folder`; null for everything else. The set is read once, at the first request: a name
 * that is not in it is none, so no spelling of a path leads out of the folder.
 */
export function pageFrom(folder: string): PageFiles {
  let files: Promise<ReadonlyMap<string, string>> | undefined;
  return async ({ url, method }) => {
    if (method !== 'GET') return null;
    const { pathname } = new URL(url);
    files ??= listFiles(folder);
    const file = (await files).get(pathname === '/' ? '/index.html' : pathname);
    const type = types[path.extname(file ?? '')];
    if (file === undefined || type === undefined) return null;
    const nonce = randomBytes(18).toString('base64');
    const bytes = await readFile(file);
    const body = type.startsWith('text/html') ? bytes.toString('utf8').replace(NONCE_MARK, nonce) : bytes;
    const keeping = pathname.startsWith(NAMED_BY_CONTENT) ? { 'cache-control': FOR_EVER } : {};
    return new Response(body, { headers: { 'content-type': type, ...walls(nonce), ...keeping } });
  };
}

/** Scripts and styles only with this load's nonce, nothing from elsewhere, no eval, no frames, no HTML from strings. */
export function walls(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    // The default one lets no tag through: libraries write their style sheets as text.
    'trusted-types default',
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

/** Every file below `folder` by the path under which the page asks for it. */
async function listFiles(folder: string, below = '/'): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name);
    if (entry.isFile()) files.set(below + entry.name, at);
    else if (entry.isDirectory()) {
      for (const [name, file] of await listFiles(at, `${below}${entry.name}/`)) files.set(name, file);
    }
  }
  return files;
}
