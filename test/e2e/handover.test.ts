/** A plan is given to a daemon from the window, shown there, and taken back: what goes and what stays is said before. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Locator } from 'playwright-core';
import { Daemon } from '../support/daemon.ts';
import { scratch } from '../support/disks.ts';
import { until } from '../support/until.ts';
import { newHome, openApp, type AppHome, type OpenApp } from './app.ts';
import { visit } from './look.ts';
import { proveFace } from './pictures.ts';
import { clientOf, setUpSides, startTwoSides, type TwoSides } from './two-sides.ts';

describe('a hand-over', () => {
  let tmp: ReturnType<typeof scratch>;
  let home: AppHome;
  let open: OpenApp;
  let sides: TwoSides;
  let daemon: Daemon;
  let plan = '';
  beforeAll(async () => {
    tmp = scratch();
    home = newHome();
    [open, sides, daemon] = await Promise.all([
      openApp({ home }),
      startTwoSides(),
      Daemon.start({ dataDir: tmp.file('far'), passphraseFile: home.passphraseFile }),
    ]);
    await open.page.locator('[data-engine]').waitFor();
    const own = clientOf(home);
    await setUpSides(own, sides);
    await own.call('settings.change', { isPaused: true });
    await daemon.client.call('settings.change', { isPaused: true });
    ({ id: plan } = await own.call('plans.create', {
      name: 'spring',
      source: 'vc1',
      destination: 'os1',
      options: { keepMac: false, networks: [{ from: null, to: 'lan', ip: 'auto' }] },
      machines: [{ vm: 'files-01' }, { vm: 'ledger-01', wave: 2 }],
    }));
    await own.call('plans.start', { plan });
    const engine = { name: 'Rack 7', url: daemon.url, trust: { kind: 'system' }, token: daemon.token };
    await open.page.evaluate(async (wish) => await guts.ask('engines.add', wish), engine);
  });
  afterAll(async () => {
    await open[Symbol.asyncDispose]();
    await daemon[Symbol.asyncDispose]();
    await sides[Symbol.asyncDispose]();
    home[Symbol.dispose]();
    tmp[Symbol.dispose]();
  });
  const dialog = (): Locator => open.page.getByRole('dialog');

  test('says what goes and what is missing there, and sends the connections along where that is wished', async () => {
    const { page } = open;
    await visit(page, { path: `/plans/${plan}` });
    await page.getByRole('button', { name: 'Give to another engine' }).click();
    await dialog().getByText('Goes: 2').waitFor();
    await dialog().getByLabel('Wave 1').uncheck();
    await dialog().getByText('Goes: 1').waitFor();
    await dialog().getByText('It starts there once wave 1 is over.').waitFor();
    await dialog().getByRole('button', { name: 'Give these waves' }).waitFor();
    await proveFace(page, 'handover-give-wave');
    await dialog().getByLabel('Wave 1').check();
    await dialog().getByText('Goes: 2').waitFor();
    await dialog().getByText('The other side has no source at').first().waitFor();
    expect(await dialog().getByRole('button', { name: 'Give the plan' }).isDisabled()).toBe(true);
    await dialog().getByLabel('Send the connections that are missing there').check();
    await proveFace(page, 'handover-give');
    await dialog().getByRole('button', { name: 'Give the plan' }).click();

    await page.getByText('Given to “Rack 7”').waitFor();
    await dialog().waitFor({ state: 'detached' });
    await proveFace(page, 'handover-given');
    const there = await daemon.client.call('migrations.rows', {});
    expect(there.rows.map(({ isQueued }) => isQueued)).toEqual([true, true]);
  });

  test('is shown there, and taken back wave by wave', async () => {
    const { page } = open;
    await page.getByRole('button', { name: 'Show it there' }).click();
    await page.getByText('This window shows “Rack 7”.').waitFor();
    await visit(page, { path: `/plans/${plan}` });
    await page.getByRole('button', { name: 'Take to this computer' }).click();
    await dialog().getByText('Goes: 2').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Show this computer’s' }).click();
    await visit(page, { path: `/plans/${plan}` });
    await page.getByRole('button', { name: 'Take it back' }).click();
    await dialog().getByText('From “Rack 7”.').waitFor();
    await dialog().getByText('Goes: 2').waitFor();
    await dialog().getByLabel('Wave 2').uncheck();
    await dialog().getByText('Goes: 1').waitFor();
    await dialog().getByRole('button', { name: 'Take these waves' }).click();
    await page.getByText('These waves of “spring” have changed hands: Wave 1.').waitFor(); // said in passing
    await dialog().waitFor({ state: 'detached' });
    await page.getByText('At “Rack 7”: Wave 2').waitFor();
    await page.getByText('Given to “Rack 7”').waitFor({ state: 'detached' });
    await page.getByText('not over there', { exact: true }).waitFor();
    await proveFace(page, 'handover-wave-there');
    await page.getByRole('button', { name: 'Take it back' }).click();
    await dialog().getByText('Goes: 1').waitFor();
    await dialog().getByRole('button', { name: 'Take the plan' }).click();
    await dialog().waitFor({ state: 'detached' });
    await page.getByText('At “Rack 7”: Wave 2').waitFor({ state: 'detached' });

    const own = clientOf(home);
    await own.call('settings.change', { isPaused: false });
    const { rows } = await until(
      async () => await own.call('migrations.rows', {}),
      ({ rows: all }) => all.every(({ stage }) => stage === 'done' || stage === 'failed'),
    );
    expect(rows.map(({ stage }) => stage)).toEqual(['done', 'done']);
    expect(sides.cloud.state().servers).toHaveLength(2);
    const { rows: there } = await daemon.client.call('migrations.rows', {});
    expect(there.map(({ stage }) => stage)).toEqual(['given', 'given']);
  });
});
