/** The same page in a browser, from `guts serve`: signing in and out, what a token may, and that no other page gets anywhere. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { Daemon } from '../support/daemon.ts';
import { scratch } from '../support/disks.ts';
import { keepPicture } from './app.ts';
import { proveAccessible } from './axe.ts';
import { openBrowser, type OpenBrowser } from './browser.ts';

const tmp = scratch();
let daemon: Daemon;
let vc: Vcenter;
let cloud: OpenstackLab;
let open: OpenBrowser;

beforeAll(async () => {
  writeFileSync(tmp.file('passphrase'), 'a passphrase for tests\n', { mode: 0o600 });
  [vc, cloud, daemon] = await Promise.all([
    startVcenter(),
    startOpenstack({ buildMs: 20 }),
    Daemon.start({ dataDir: tmp.file('data'), passphraseFile: tmp.file('passphrase') }),
  ]);
  const { id, secret } = cloud.applicationCredential;
  const pinned = (sha256: string) => ({ kind: 'pinned', sha256 }) as const;
  await daemon.client.call('sources.create', {
    name: 'vc1',
    url: vc.url,
    userName: vc.user,
    secret: vc.password,
    trust: pinned(vc.fingerprint),
  });
  await daemon.client.call('destinations.create', {
    name: 'os1',
    authUrl: cloud.authUrl,
    auth: { method: 'applicationCredential', id },
    region: cloud.region,
    secret,
    trust: pinned(cloud.fingerprint),
  });
  await daemon.client.call('sources.refresh', { source: 'vc1' });
  open = await openBrowser(`${daemon.url}/`);
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  await Promise.all([vc[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
  tmp[Symbol.dispose]();
});

/** Whatever the browser keeps of the page, by where. */
const kept = async () =>
  await open.page.evaluate(() => ({
    session: JSON.stringify({ ...sessionStorage }),
    local: JSON.stringify({ ...localStorage }),
    cookies: document.cookie,
    address: location.href,
  }));

async function signIn(token: string): Promise<void> {
  const { page } = open;
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function command(words: string): Promise<void> {
  const { page } = open;
  await page.keyboard.press('Control+k');
  await page
    .getByRole('searchbox')
    .or(page.getByRole('textbox', { name: 'Go to, or do …' }))
    .fill(words);
  await page.keyboard.press('Enter');
}

describe('signing in', () => {
  test('takes a token of the server, and says what it did not like of another', async () => {
    const { page } = open;

    await page.getByRole('heading', { name: 'Sign in to Guts' }).waitFor();
    await proveAccessible(page);
    await keepPicture(page, 'browser-sign-in');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Give a token.').waitFor();
    await signIn('guts_of_nobody');

    const alert = page.getByRole('alert').filter({ hasText: 'access.token-refused' });
    await alert.waitFor();
    expect(await alert.textContent()).toContain('What to do');
    expect((await kept()).session).not.toContain('guts_of_nobody');
    await proveAccessible(page);
    await keepPicture(page, 'browser-refused');
  });

  test('shows the server, and keeps the token in this tab alone', async () => {
    const { page } = open;

    await signIn(daemon.token);

    await page.locator('[data-engine]').filter({ hasText: 'Server' }).waitFor();
    const { session, ...elsewhere } = await kept();
    expect(session).toContain(daemon.token);
    expect(JSON.stringify(elsewhere)).not.toContain(daemon.token);
    await page.reload();
    await page.locator('[data-engine]').waitFor();
    await keepPicture(page, 'browser-signed-in');
  });

  test('has no demo, and no word about a desktop program', async () => {
    expect(await open.page.getByRole('button', { name: 'Explore with a demo' }).count()).toBe(0);
    expect(await open.page.evaluate(() => 'guts' in globalThis)).toBe(false);
  });
});

describe('signed in', () => {
  test('shows what happens as it happens', async () => {
    const { page } = open;
    expect(await page.getByText('needs you').count()).toBe(0);

    const { request } = await daemon.client.call('migrations.create', {
      source: 'vc1',
      destination: 'os1',
      vm: 'odd-rdm-physical',
      start: true,
    });

    await page.getByText('1 needs you').waitFor();
    await daemon.client.call('migrations.action', { id: request.id, action: 'cancel' });
    await page.getByText('1 needs you').waitFor({ state: 'detached' });
  });

  test('may download what the page has made', async () => {
    const { page } = open;

    const { name, bytes } = await open.downloaded(
      async () =>
        await page.evaluate(() => {
          const link = document.createElement('a');
          link.href = URL.createObjectURL(new Blob(['name\nweb-01\n'], { type: 'text/csv' }));
          link.download = 'machines.csv';
          link.click();
        }),
    );

    expect(name).toBe('machines.csv');
    expect(bytes.toString()).toBe('name\nweb-01\n');
  });

  test('signs out by a command, and forgets the token', async () => {
    const { page } = open;

    await command('Sign out');

    await page.getByRole('heading', { name: 'Sign in to Guts' }).waitFor();
    expect((await kept()).session).not.toContain(daemon.token);
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in to Guts' }).waitFor();
  });
});

describe('a viewer', () => {
  let token: { readonly id: string; readonly token: string };
  beforeAll(async () => {
    const { id, token: words } = await daemon.client.call('tokens.create', { name: 'wall', role: 'viewer' });
    token = { id, token: words };
  });

  test('sees everything, is told that it is all they may, and is refused the rest', async () => {
    const { page } = open;

    await signIn(token.token);

    await page.getByText('You may look only: your role is “viewer”.').waitFor();
    const buttons = page.getByRole('main').getByRole('button', { disabled: true });
    const unexplained = await buttons.evaluateAll((all) =>
      all.filter((one) => (one.getAttribute('title') ?? '') === '').map(({ outerHTML }) => outerHTML),
    );
    expect(unexplained).toEqual([]);
    const status = await page.evaluate(
      async (words) =>
        (
          await fetch('/v1/sources/vc1/refresh', {
            method: 'POST',
            headers: { authorization: `Bearer ${words}`, 'content-type': 'application/json' },
            body: '{}',
          })
        ).status,
      token.token,
    );
    expect(status).toBe(403);
  });

  test('is signed out with a reason when the token is revoked', async () => {
    const { page } = open;

    await daemon.client.call('tokens.delete', { token: token.id as never }); // an id as the server wrote it
    await page.keyboard.press('F5');

    await page.getByRole('alert').filter({ hasText: 'access.token-refused' }).waitFor();
    await page.getByRole('heading', { name: 'Sign in to Guts' }).waitFor();
    expect((await kept()).session).not.toContain(token.token);
  });
});

describe('pages of other servers', () => {
  test('get no answer, change nothing, and cannot frame this one', async () => {
    const other = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Elsewhere</title>');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo; // it listens on TCP
    await using elsewhere = await openBrowser(`http://127.0.0.1:${port}/`, { mayViolate: true });
    const { page, said } = elsewhere;

    const outcome = await page.evaluate(
      async ({ url, token }) => {
        const outcomeOf = async (work: Promise<Response>): Promise<string> =>
          await work.then(
            ({ type, status }) => `${type} ${status}`,
            () => 'refused',
          );
        const headers = { authorization: `Bearer ${token}` };
        const read = await outcomeOf(fetch(`${url}/v1/sources`, { headers }));
        const blind = await outcomeOf(fetch(`${url}/v1/tidy`, { method: 'POST', mode: 'no-cors', body: '{}' }));
        const frame = document.createElement('iframe');
        frame.src = `${url}/`;
        const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
        document.body.append(frame);
        await loaded;
        let inFrame: string;
        try {
          inFrame = frame.contentDocument?.title ?? 'closed';
        } catch {
          inFrame = 'closed';
        }
        return { read, blind, inFrame };
      },
      { url: daemon.url, token: daemon.token },
    );
    other.close();

    expect(outcome).toEqual({ read: 'refused', blind: 'refused', inFrame: 'closed' });
    await expect.poll(() => said.join('\n')).toMatch(/frame-ancestors|X-Frame-Options/i);
    const { entries } = await daemon.client.call('audit.list', { what: 'tidy.*' });
    expect(entries).toEqual([]);
  });

  test.each([
    ['another origin', { origin: 'https://example.org' }, 'api.wrong-origin'],
    ['another name of this server', { host: 'guts.example.org' }, 'api.wrong-host'],
  ])('with %s are refused by the server itself', async (_what, headers, code) => {
    const { request } = await import('node:http');
    const text = await new Promise<string>((resolve, reject) => {
      const signed = { authorization: `Bearer ${daemon.token}`, ...headers };
      request(`${daemon.url}/v1/sources`, { headers: signed }, (answer) => {
        let body = '';
        answer.on('data', (piece: Buffer) => (body += piece.toString()));
        answer.on('end', () => resolve(body));
      })
        .on('error', reject)
        .end();
    });

    expect(text).toContain(code);
  });
});
