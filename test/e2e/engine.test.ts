/** Another engine in the window: a daemon of its own process, over TLS, out of reach for a while, and of other versions. */
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Locator } from 'playwright-core';
import { trustingFetch } from '../../main/api/network-fetch.ts';
import { ApiClient } from '../../main/shared/client/client.ts';
import type { Trust } from '../../main/shared/trust.ts';
import { makeCertificate, type Certificate } from '../lab/certificate.ts';
import { Daemon } from '../support/daemon.ts';
import { scratch } from '../support/disks.ts';
import { OtherVersion } from '../support/other-version.ts';
import { until } from '../support/until.ts';
import { keepPicture, newHome, openApp, type AppHome, type OpenApp } from './app.ts';
import { prefer } from './look.ts';
import { proveFace } from './pictures.ts';
import { clientOf, copySlowly, setUpSides, startMove, startTwoSides, type TwoSides } from './two-sides.ts';

describe('an engine elsewhere', () => {
  let tmp: ReturnType<typeof scratch>;
  let home: AppHome;
  let open: OpenApp;
  let sides: TwoSides;
  let certificate: Certificate;
  let daemon: Daemon;
  let far: ApiClient;
  const startDaemon = async (...flags: string[]): Promise<Daemon> =>
    await Daemon.start({
      dataDir: tmp.file('far'),
      passphraseFile: home.passphraseFile,
      flags: ['--tls-certificate', tmp.file('guts.pem'), '--tls-key', tmp.file('guts.key'), ...flags],
    });

  beforeAll(async () => {
    tmp = scratch();
    home = newHome();
    certificate = await makeCertificate();
    writeFileSync(tmp.file('guts.pem'), certificate.pem);
    writeFileSync(tmp.file('guts.key'), certificate.key, { mode: 0o600 });
    [open, sides] = await Promise.all([openApp({ home }), startTwoSides()]);
    daemon = await startDaemon();
    const trust = { kind: 'pinned', sha256: certificate.sha256 } as Trust;
    far = new ApiClient(trustingFetch(trust), { baseUrl: daemon.url, token: daemon.token });
    await open.page.locator('[data-engine]').waitFor();
    await setUpSides(clientOf(home), sides);
    await open.app.evaluate(({ Notification }) => {
      const told = ((globalThis as unknown as { told: string[] }).told = []) as string[];
      Notification.isSupported = () => true;
      Notification.prototype.show = function (this: Electron.Notification) {
        told.push(`${this.title} ${this.body}`);
      };
    });
  });
  afterAll(async () => {
    await open[Symbol.asyncDispose]();
    await daemon[Symbol.asyncDispose]();
    await sides[Symbol.asyncDispose]();
    home[Symbol.dispose]();
    tmp[Symbol.dispose]();
  });

  const settings = async (): Promise<Locator> => {
    await open.page.getByRole('link', { name: 'Settings' }).click();
    return open.page.getByRole('region', { name: 'Engine and API' });
  };
  const name = async (): Promise<string | null> => await open.page.locator('[data-engine]').textContent();
  const bar = (): Locator => open.page.getByRole('region', { name: 'Engine elsewhere' });
  const choose = async (engine: string): Promise<void> => {
    await open.page.getByTitle('Which engine this window shows').click();
    await open.page.getByRole('menuitem', { name: engine }).click();
  };

  test('is tested before it is kept: each refusal says what to do, and the certificate is compared', async () => {
    const { page } = open;
    const section = await settings();
    await section.getByText('There is none yet.').waitFor();
    await section.getByRole('button', { name: 'Add an engine' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add an engine' });
    const [url, token] = [dialog.getByLabel('Address'), dialog.getByRole('textbox', { name: 'Token' })];

    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog.getByText('Give a token: letters').waitFor();
    await dialog.getByLabel('Name').fill('Rack 7');
    await url.fill(`http://guts.example.net:7000`);
    await token.fill(daemon.token);
    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog.getByText('The token would travel in the clear.').waitFor();
    await url.fill(daemon.url.replace(/:\d+$/, ':1'));
    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog.getByText('server.unreachable', { exact: true }).waitFor();
    await url.fill(daemon.url);
    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog.getByText('engine.untrusted', { exact: true }).waitFor();
    await dialog.getByRole('region', { name: 'Certificate' }).waitFor();
    await proveFace(page, 'engine-certificate');
    await token.fill('guts_nonsense');
    await dialog.getByRole('button', { name: /right one|Trust/ }).click();
    await dialog.getByText('access.token-refused', { exact: true }).waitFor();
    await token.fill(daemon.token);
    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog.getByText('It answers: version').waitFor();
    await proveFace(page, 'engine-tested');
    await dialog.getByRole('button', { name: 'Keep and show it' }).click();

    await bar().getByText('This window shows “Rack 7”.').waitFor();
    expect(await name()).toBe('Rack 7');
    expect(open.said.join('\n')).not.toContain(daemon.token);
  });

  test('has all the window shows from now on, and what happens there shows at once', async () => {
    const { page } = open;
    await page.getByRole('link', { name: 'Connections' }).click();
    await page.getByText('There is no source yet').or(page.locator('[data-empty]')).first().waitFor();

    await setUpSides(far, sides);
    await page.getByRole('row', { name: /vc1/ }).first().waitFor();
    await proveFace(page, 'engine-shown');
    await page.goto('guts://app/#/connections/new/source');
    await page.getByText('The password goes to “Rack 7” and is kept there.').waitFor();
    await bar().getByRole('button', { name: 'What is different' }).click();
    await page.getByRole('dialog', { name: 'What is different with “Rack 7”' }).getByText('local').waitFor();
    await proveFace(page, 'engine-differences');
    await page.keyboard.press('Escape');
  });

  test('is marked as old while it is out of reach, what runs here goes on and is told, and it comes back by itself', async () => {
    const { app, page } = open;
    const own = clientOf(home);
    await copySlowly(own, true);
    const id = await startMove(own, 'files-01', 'files-here');
    await startMove(far, 'shop-01', 'shop-there');
    await page.getByRole('link', { name: 'Migrations' }).click();
    await page.getByRole('row', { name: /shop-01/ }).waitFor();
    const { port } = new URL(daemon.url);

    await daemon.kill();
    await bar().getByText('“Rack 7” is out of reach since').waitFor();

    await page.getByRole('row', { name: /shop-01/ }).waitFor();
    await page.locator('main[data-old]').waitFor();
    await page.getByRole('contentinfo').getByText('Old: as of').waitFor();
    await proveFace(page, 'engine-lost');
    await page.keyboard.press('F5');
    await page.getByRole('link', { name: 'Connections' }).click();
    await page.getByRole('row', { name: /vc1/ }).first().waitFor();
    await page.getByRole('link', { name: 'Health' }).click();
    await page.getByText('engine.out-of-reach', { exact: true }).first().waitFor(); // which was not asked before

    await copySlowly(own, false);
    await until(
      async () => (await own.call('migrations.show', { id })).stage,
      (stage) => stage === 'done',
    );
    await expect
      .poll(async () => await app.evaluate(() => (globalThis as unknown as { told: string[] }).told.join()))
      .toContain('files-01');

    daemon = await startDaemon('--port', port);
    await bar().getByText('This window shows “Rack 7”.').waitFor();
    await page.locator('main:not([data-old])').waitFor();
    await page.getByText('engine.out-of-reach', { exact: true }).first().waitFor({ state: 'detached' });
    await far.call('sources.create', {
      name: 'vc2',
      url: sides.vc.url,
      userName: sides.vc.user,
      trust: { kind: 'pinned', sha256: sides.vc.fingerprint },
      secret: sides.vc.password,
    });
    await page.getByRole('link', { name: 'Connections' }).click();
    await page.getByRole('row', { name: /vc2/ }).first().waitFor();
  });

  test('is left and shown again by the mouse, by the keys, and after the next start', async () => {
    await bar().getByRole('button', { name: 'Show this computer’s' }).click();
    await expect.poll(name).toBe('Engine of this window');
    await bar().waitFor({ state: 'detached' });
    await open.page.keyboard.press('Control+k');
    await open.page.getByRole('textbox', { name: 'Go to, or do …' }).fill('Rack 7');
    await open.page.getByText('Show the engine “Rack 7”').waitFor();
    await open.page.keyboard.press('Enter');
    await expect.poll(name).toBe('Rack 7');
    await choose('Engine of this window');
    await expect.poll(name).toBe('Engine of this window');
    const { page } = open;
    await page.getByTitle('Which engine this window shows').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Rack 7' }).waitFor();
    await proveFace(page, 'engine-menu');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await expect.poll(name).toBe('Rack 7');

    await open[Symbol.asyncDispose]();
    open = await openApp({ home });
    await bar().getByText('This window shows “Rack 7”.').waitFor();
  });

  test('that does not know the token any more is said to do so, and another token goes on', async () => {
    const { page } = open;
    const first = await far.call('tokens.create', { name: 'desk', role: 'viewer', expiresAt: null });
    const section = await settings();
    await section.getByRole('button', { name: 'Change token or certificate of “Rack 7”' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change token or certificate of “Rack 7”' });
    await dialog.getByLabel('by the file of its authority').check();
    await dialog
      .locator('input[type=file]')
      .setInputFiles({ name: 'guts.pem', mimeType: '', buffer: Buffer.from(certificate.pem) });
    await dialog.getByText('“guts.pem” is chosen.').waitFor();
    await dialog.getByLabel('Another token').fill(first.token);
    await dialog.getByRole('button', { name: 'Test, and keep it' }).click();
    await page.getByText('You may look only: your role is “viewer”.').waitFor();

    await far.call('tokens.delete', { token: first.id });
    await page.getByRole('heading', { name: '“Rack 7” cannot be shown' }).waitFor();
    await page.getByText('access.token-refused', { exact: true }).waitFor();
    await proveFace(page, 'engine-refused');
    await page.getByRole('button', { name: 'Change' }).click();
    await dialog.getByLabel('Another token').fill(daemon.token);
    await dialog.getByRole('button', { name: 'Test, and keep it' }).click();
    await bar().getByText('This window shows “Rack 7”.').waitFor();
  });

  test('of another version says which; one that does not fit says which side to upgrade', async () => {
    const { page } = open;
    const flat = await Daemon.start({ dataDir: tmp.file('flat'), passphraseFile: home.passphraseFile });
    await using plain = flat;
    await using other = await OtherVersion.open(plain.url, { version: '0.0.9', contract: 1 });
    const section = await settings();
    await section.getByRole('button', { name: 'Add an engine' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add an engine' });
    await dialog.getByLabel('Name').fill('Old rack');
    await dialog.getByLabel('Address').fill(other.url);
    await dialog.getByRole('textbox', { name: 'Token' }).fill(plain.token);
    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog.getByText('It is older than this one').waitFor();
    await dialog.getByRole('button', { name: 'Keep and show it' }).click();
    await bar().getByText('It is older (0.0.9, here 0.1.0)').waitFor();
    await proveFace(page, 'engine-older');

    other.said = { version: '0.9.0', contract: 3 };
    await page.getByRole('heading', { name: '“Old rack” cannot be shown' }).waitFor();
    await page.getByText('Upgrade Guts on this computer, to 0.9.0').first().waitFor();
    await proveFace(page, 'engine-too-new');
    await page.getByRole('button', { name: 'Show this computer’s' }).click();
    await expect.poll(name).toBe('Engine of this window');
  });

  test('speaks German, and is forgotten with its token', async () => {
    const { page } = open;
    await choose('Rack 7');
    await bar().waitFor();
    await prefer(page, { theme: 'auto', language: 'de' });
    await page.getByText('Dieses Fenster zeigt „Rack 7“.').waitFor();
    await page.getByRole('link', { name: 'Einstellungen' }).click();
    await page.getByRole('heading', { name: 'Dienste auf anderen Rechnern' }).scrollIntoViewIfNeeded();
    await keepPicture(page, 'engine-settings-de');
    await prefer(page, { theme: 'auto', language: 'en' });

    const section = await settings();
    for (const one of ['Rack 7', 'Old rack']) {
      await section.getByRole('button', { name: `Remove “${one}”` }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove the engine' }).click();
      await section.getByRole('row', { name: one }).waitFor({ state: 'detached' });
    }
    await expect.poll(name).toBe('Engine of this window');
    expect(readFileSync(path.join(home.profile, 'desktop.json'), 'utf8')).not.toContain(daemon.url);
  });
});
