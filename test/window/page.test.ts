/** The page's own scheme: which files it gives, and with which walls. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pageFrom } from '../../main/electron/page.ts';
import { scratch } from '../support/disks.ts';

/** A built page beside a file that it must not give. */
function site() {
  const folder = scratch();
  mkdirSync(folder.file('page/assets'), { recursive: true });
  writeFileSync(folder.file('page/index.html'), '<script nonce="NONCE" src="a.js"></script>');
  writeFileSync(folder.file('page/assets/a.js'), 'const NONCE = 1;');
  writeFileSync(folder.file('page/secret.key'), 'no type, no answer');
  writeFileSync(folder.file('outside.js'), 'secret');
  return { folder, get: pageFrom(folder.file('page')) };
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

test('nothing can be sent to it', async () => {
  const { folder, get } = site();
  using _folder = folder;

  expect((await get(new Request('guts://app/', { method: 'POST', body: 'x' }))).status).toBe(405);
});
