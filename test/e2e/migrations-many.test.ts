/** A thousand migrations in the window: it stays quick, wishes are for several, and who may not look after them is told. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCrowd, type Crowd } from './crowd.ts';
import { proveFace } from './pictures.ts';

const COPYING = 100;
const PATIENCE = { interval: 500 };
const FRAME_MS = 16;
const STEP_BYTES = 64 * 2 ** 20;

describe('a thousand migrations', () => {
  let crowd: Crowd;
  beforeAll(async () => {
    const others = [
      { vm: 'ready-01', stage: 'readyForCutover' },
      { vm: 'failed-01', stage: 'failed' },
    ] as const;
    crowd = await openCrowd({ count: 1000, copying: COPYING, others });
    await crowd.open.page.getByRole('link', { name: 'Migrations' }).click();
    await crowd.open.page.getByRole('grid', { name: 'Migrations' }).waitFor();
  });
  afterAll(async () => {
    await crowd[Symbol.asyncDispose]();
  });

  test('of which a hundred are copied cost less than 16 ms for each time that something is told', async () => {
    const { page } = crowd.open;
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    const cost = async (): Promise<Map<string, number>> => {
      const { metrics } = await cdp.send('Performance.getMetrics');
      return new Map(metrics.map(({ name, value }) => [name, value * 1000]));
    };
    const bar = page.getByRole('progressbar', { name: /^vm-0000/ });
    /** Tells progress of all, and returns when the page shows it. */
    const round = async (): Promise<void> => {
      const watch = await bar.evaluateHandle((element) => ({
        shown: new Promise<void>((resolve) => {
          const observer = new MutationObserver(() => {
            observer.disconnect();
            requestAnimationFrame(() => resolve());
          });
          observer.observe(element, { attributes: true });
        }),
      }));
      crowd.progress(STEP_BYTES);
      await watch.evaluate(async ({ shown }) => await shown);
    };
    // From when it listens on, nothing is missed.
    const begun = async (): Promise<boolean> => {
      crowd.progress(STEP_BYTES);
      return await bar.evaluate((element) => (element as HTMLProgressElement).value > 0);
    };
    await expect.poll(begun, PATIENCE).toBe(true);
    for (let warm = 0; warm < 3; warm++) await round();

    const rounds = 10;
    const before = await cost();
    for (let told = 0; told < rounds; told++) await round();
    const after = await cost();

    // The processor's own time, so that others on this computer do not count.
    const spent = ['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'].map(
      (name) => ((after.get(name) ?? 0) - (before.get(name) ?? 0)) / rounds,
    );
    expect(spent.reduce((sum, one) => sum + one, 0)).toBeLessThan(FRAME_MS);
  });

  test('are narrowed to a kind, chosen together, and paused with one wish that is said beforehand', async () => {
    const { page } = crowd.open;
    await page.getByRole('button', { name: `Running ${COPYING}` }).click();
    await page.getByText(`${COPYING} rows`).waitFor();
    await page.getByRole('checkbox', { name: 'Select vm-0003' }).check();
    await page.keyboard.press('Control+a');
    await proveFace(crowd.open.page, 'migrations-many');

    await page.getByRole('button', { name: `Pause ${COPYING} VMs` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('and 94 more').waitFor();
    await dialog.getByRole('button', { name: `Pause ${COPYING} VMs` }).click();

    await page.getByText(`Asked to pause: ${COPYING} VMs.`).waitFor();
    const copying = crowd.all.filter(({ stage }) => stage === 'copying').map(({ request }) => request.id);
    expect(crowd.wished.map(({ action, ids }) => [action, new Set(ids)])).toEqual([['pause', new Set(copying)]]);
  });

  test('of which one is ready are cut over with what will happen, and what to check, before the eyes', async () => {
    const { page } = crowd.open;
    crowd.wished.length = 0;
    await page.getByRole('button', { name: 'Needs you 2' }).click();

    await page.getByRole('button', { name: 'Cut over ready-01' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cut over ready-01?' });
    await dialog.getByText(/^\d\d:\d\d:\d\d, .* ago$/).waitFor();
    expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual([
      'The guest is shut down at the source.',
      'What has changed since the last sync is copied.',
      'The server is made in the cloud, and starts.',
      'Its console and its disks are checked.',
      'Somebody can sign in to the server.',
      'It has its addresses, and others reach it.',
      'What runs on it answers.',
      'The machine at the source stays off.',
    ]);
    await proveFace(page, 'migrations-cutover');
    await dialog.getByRole('button', { name: 'Cut over ready-01' }).click();

    await page.getByText('Cutting over: ready-01.').waitFor();
    const ready = crowd.all.find(({ stage }) => stage === 'readyForCutover')?.request.id;
    expect(crowd.wished).toEqual([{ action: 'cutover', ids: [ready] }]);
  });
});

test('somebody who may only look sees what could be done, and why not by them', async () => {
  await using crowd = await openCrowd({ count: 3, copying: 1, role: 'viewer' });
  const { page } = crowd.open;
  await page.getByRole('link', { name: 'Migrations' }).click();

  const pause = page.getByRole('button', { name: 'Pause vm-0000' });
  await pause.click({ force: true });
  expect(await pause.getAttribute('aria-disabled')).toBe('true');
  await page.getByRole('link', { name: 'vm-0000' }).click();
  await page.getByRole('heading', { name: 'vm-0000', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Pause vm-0000' }).hover();

  await page.getByRole('tooltip').getByText('Your role may only look.').waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(crowd.wished).toEqual([]);
});
