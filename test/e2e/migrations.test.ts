/** Migrations in the window: seen as they run, paused, cancelled, failed and tried again. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepPicture } from './app.ts';
import { proveAccessible } from './axe.ts';
import { openMoveLab, type MoveLab } from './move-lab.ts';

let lab: MoveLab;
beforeAll(async () => {
  lab = await openMoveLab();
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

/** In both themes, and that nobody is kept out in either. */
async function provePicture(name: string): Promise<void> {
  const { page } = lab.open;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    await page.evaluate(
      async () => void (await Promise.allSettled(document.getAnimations().map((one) => one.finished))),
    );
    await keepPicture(page, `${name}-${colorScheme}`);
    await proveAccessible(page);
  }
  await page.emulateMedia({ colorScheme: null });
}

const goTo = async (place: string): Promise<void> => {
  await lab.open.page.evaluate((hash) => void (location.hash = hash), place);
};

describe('migrations', () => {
  test('that there are none is said, with the way to begin', async () => {
    const { page } = lab.open;

    await page.getByRole('heading', { name: 'Nothing is being moved yet' }).waitFor();
    await page.getByRole('link', { name: 'Migrations' }).click();

    await page.getByRole('heading', { name: 'Migrations' }).waitFor();
    await page.getByRole('heading', { name: 'Nothing is being moved yet' }).waitFor();
    await provePicture('migrations-empty');
  });

  test('one that runs shows how far and how fast, and is paused and resumed', async () => {
    const { page } = lab.open;
    await lab.limit(70_000);
    const id = await lab.move('ledger-01');
    await lab.reaches(id, ({ progress }) => progress.some(({ doneBytes }) => doneBytes > 0));

    await page.getByRole('progressbar', { name: /^ledger-01: \d+ % copied$/ }).waitFor();
    await page.getByText(/^Copying \d+ %$/).waitFor();
    await page
      .getByRole('cell', { name: / MB\/s$/ })
      .or(page.getByRole('gridcell', { name: / MB\/s$/ }))
      .first()
      .waitFor();
    await provePicture('migrations-running');
    await goTo('/');
    await page.getByRole('figure', { name: 'Throughput of all' }).waitFor();
    await provePicture('overview-running');
    await page.getByRole('link', { name: 'ledger-01' }).click();
    await page.getByRole('heading', { name: 'ledger-01', level: 1 }).waitFor();
    await page.getByRole('figure', { name: 'Throughput' }).waitFor();
    await provePicture('migration-running');
    await page.getByRole('button', { name: 'Pause ledger-01' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/A disk that is under way begins again later/).waitFor();
    await provePicture('migration-pause');
    await dialog.getByRole('button', { name: 'Pause ledger-01' }).click();
    await page.getByRole('button', { name: 'Resume ledger-01' }).waitFor();
    expect(await lab.reaches(id, ({ stage }) => stage === 'paused')).toMatchObject({ isRunning: false });
    await provePicture('migration-paused');
    await lab.limit(null);
    await page.getByRole('button', { name: 'Resume ledger-01' }).click();

    await page.getByText('Server id').waitFor();
    const { outcome } = await lab.reaches(id, ({ stage }) => stage === 'done');
    await page.getByText(outcome?.serverId ?? 'none', { exact: true }).waitFor();
    expect(await page.getByRole('listitem').filter({ hasText: /^Done/ }).count()).toBeGreaterThan(0);
    await provePicture('migration-done');
  });

  test('one that is cancelled leaves nothing, and says beforehand what goes', async () => {
    const { page } = lab.open;
    await lab.limit(300_000);
    const id = await lab.move('files-01');
    await lab.reaches(
      id,
      ({ ledger, progress }) => ledger.length > 0 && progress.some(({ doneBytes }) => doneBytes > 0),
    );
    const before = lab.cloud.state().images.length;
    await goTo(`/migrations/${id}`);

    await page.getByRole('button', { name: 'Cancel and undo files-01' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Removed in the cloud').waitFor();
    await provePicture('migration-cancel');
    await dialog.getByRole('button', { name: 'Cancel and undo files-01' }).click();

    await page.getByText('Cancelled').first().waitFor();
    await lab.reaches(id, ({ stage }) => stage === 'cancelled');
    expect(lab.cloud.state().images.length).toBe(before - 1);
    expect(lab.vcenter.state().leases.filter(({ state }) => state === 'ready')).toEqual([]);
    await lab.limit(null);
  });

  test('one that fails says what, why and what to do, and Retry brings it there', async () => {
    const { page } = lab.open;
    await lab.limit(300_000);
    const id = await lab.move('shop-01');
    await lab.reaches(id, ({ progress }) => progress.some(({ doneBytes }) => doneBytes > 0));
    const { instances } = lab.cloud.quotas;
    lab.cloud.quotas.instances = 0;
    await lab.limit(null);
    await goTo('/');

    await page.getByRole('link', { name: 'shop-01' }).waitFor();
    await page.getByRole('button', { name: 'Retry shop-01' }).waitFor();
    await provePicture('overview-needs-you');
    await page.getByRole('link', { name: 'shop-01' }).first().click();
    const alert = page.getByRole('alert');
    await alert.getByText('openstack.quota-exceeded').first().waitFor();
    expect(await alert.innerText()).toMatch(/shop-01 failed at “Starting the server”[^]*What to do:/);
    await provePicture('migration-failed');
    lab.cloud.quotas.instances = instances;
    await alert.getByRole('button', { name: 'Retry' }).click();

    expect(await lab.reaches(id, ({ stage }) => stage === 'done')).toMatchObject({ error: null });
    await page.getByText('Server id').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('what has happened is kept in the activity, newest first, and leads there', async () => {
    const { page } = lab.open;
    await goTo('/');

    await page.keyboard.press('Control+j');
    const drawer = page.getByRole('dialog', { name: 'Activity' });
    const first = drawer.getByRole('region', { name: 'What has happened' }).getByRole('listitem').first();
    await first.getByText('Done').waitFor();
    await provePicture('activity');
    await first.getByRole('link', { name: 'shop-01' }).click();

    await page.getByRole('heading', { name: 'shop-01', level: 1 }).waitFor();
    await drawer.waitFor({ state: 'detached' });
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});
