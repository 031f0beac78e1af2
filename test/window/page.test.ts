/** The page's files, under the window's own scheme and from a server: which are given, and with which walls. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pageFrom } from '../../main/api/page.ts';
import { answersOf } from '../../main/electron/scheme.ts';
import { scratch } from '../support/disks.ts';

/** A built page beside a file that it must not give. */
function site() {
  const folder = scratch();
  mkdirSync(folder.file('page/assets'), { recursive: true });
  writeFileSync(folder.file('page/index.html'), '<script nonce="NONCE" src="a.js"></script>');
  writeFileSync(folder.file('page/assets/a.js'), 'const NONCE = 1;');
  writeFileSync(folder.file('page/secret.key'), 'no type, no answer');
  writeFileSync(folder.file('outside.js'), 'secret');
  const asked: string[] = [];
  const guts = async ({ url }: Request): Promise<Response> => {
    asked.push(url);
    return await Promise.resolve(Response.json({ from: 'guts' }));
  };
  return { folder, asked, get: answersOf(pageFrom(folder.file('page')), guts) };
}

test('the page comes with a policy whose nonce its scripts carry, another one each time', async () => {
  const { folder, get } = site();
  using _folder = folder;

  const answers = [await get(new Request('guts://app/')), await get(new Request('guts://app/index.html'))];

  const nonces = new Set<string>();
  for (const answer of answers) {
    const policy = answer.headers.get('content-security-policy') ?? '';
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? 'none';
    nonces.add(nonce);
    expect(await answer.text()).toBe(`<script nonce="${nonce}" src="a.js"></script>`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  }
  expect(nonces.size).toBe(2);
});

test('other files come as they are, with their type', async () => {
  const { folder, get } = site();
  using _folder = folder;

  const answer = await get(new Request('guts://app/assets/a.js?v=1'));

  expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(await answer.text()).toBe('const NONCE = 1;');
});

test('what is named by its content is kept for ever, the page itself never', async () => {
  const { folder, get } = site();
  using _folder = folder;

  const kept = async (url: string) => (await get(new Request(url))).headers.get('cache-control');

  expect(await kept('guts://app/assets/a.js')).toContain('immutable');
  expect(await kept('guts://app/')).toBe('no-store');
});

test.each([
  'guts://app/../outside.js',
  'guts://app/%2e%2e/outside.js',
  'guts://app/..%2foutside.js',
  'guts://app/..\\outside.js',
  'guts://app//outside.js',
  'guts://app/assets',
  'guts://app/assets/',
  'guts://app/secret.key',
  'guts://app/toString',
  'guts://elsewhere/index.html',
])('%s is not there', async (url) => {
  const { folder, get } = site();
  using _folder = folder;

  expect((await get(new Request(url))).status).toBe(404);
});

test('nothing can be sent to its files', async () => {
  const { folder, get } = site();
  using _folder = folder;

  expect((await get(new Request('guts://app/', { method: 'POST', body: 'x' }))).status).toBe(404);
});

test('what REST has is asked of Guts, from the page’s own host only', async () => {
  const { folder, get, asked } = site();
  using _folder = folder;

  const answers = await Promise.all(
    ['guts://app/v1/sources', 'guts://app/healthz', 'guts://elsewhere/v1/sources', 'guts://app/v1'].map(
      async (url) => (await get(new Request(url))).status,
    ),
  );

  expect(answers).toEqual([200, 200, 404, 404]);
  expect(asked).toEqual(['guts://app/v1/sources', 'guts://app/healthz']);
});
