/** Migrations in the window: seen as they run, paused, cancelled, failed and tried again. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMoveLab, type MoveLab } from './move-lab.ts';
import { proveFace } from './pictures.ts';

/** Bytes per second: less is no limit that Guts takes, and the disk is still under way when the story has looked at it. */
const SLOWEST = 64 * 1024;

let lab: MoveLab;
beforeAll(async () => {
  lab = await openMoveLab();
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

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
    await proveFace(page, 'migrations-empty');
  });

  test('one that runs shows how far and how fast, and is paused and resumed', async () => {
    const { page } = lab.open;
    await lab.limit(SLOWEST);
    const id = await lab.move('ledger-01');
    await lab.reaches(id, ({ progress }) => progress.some(({ doneBytes }) => doneBytes > 0));

    await page.getByRole('progressbar', { name: /^ledger-01: \d+ % copied$/ }).waitFor();
    await page.getByText(/^Copying \d+ %$/).waitFor();
    await page
      .getByRole('cell', { name: / MB\/s$/ })
      .or(page.getByRole('gridcell', { name: / MB\/s$/ }))
      .first()
      .waitFor();
    await proveFace(page, 'migrations-running');
    await goTo('/');
    await page.getByRole('figure', { name: 'Throughput of all' }).waitFor();
    await proveFace(page, 'overview-running');
    await page.getByRole('link', { name: 'ledger-01' }).click();
    await page.getByRole('heading', { name: 'ledger-01', level: 1 }).waitFor();
    await page.getByRole('figure', { name: 'Throughput' }).waitFor();
    await proveFace(page, 'migration-running');
    await page.getByRole('button', { name: 'Pause ledger-01' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/A disk that is under way begins again later/).waitFor();
    await proveFace(page, 'migration-pause');
    await dialog.getByRole('button', { name: 'Pause ledger-01' }).click();
    await page.getByRole('button', { name: 'Resume ledger-01' }).waitFor();
    await lab.reaches(id, ({ stage, isRunning }) => stage === 'paused' && !isRunning);
    await proveFace(page, 'migration-paused');
    await lab.limit(null);
    await page.getByRole('button', { name: 'Resume ledger-01' }).click();

    await page.getByText('Server id').waitFor();
    const { outcome } = await lab.reaches(id, ({ stage }) => stage === 'done');
    const became = page.getByRole('region', { name: 'What became of it' });
    await became.getByText(outcome?.serverId ?? 'none', { exact: true }).waitFor();
    expect(await page.getByRole('listitem').filter({ hasText: /^Done/ }).count()).toBeGreaterThan(0);
    await proveFace(page, 'migration-done');
  });

  test('one that is cancelled leaves nothing, and says beforehand what goes', async () => {
    const { page } = lab.open;
    await lab.limit(SLOWEST);
    const id = await lab.move('files-01');
    await lab.reaches(
      id,
      ({ ledger, progress }) => ledger.length > 0 && progress.some(({ doneBytes }) => doneBytes > 0),
    );
    const before = lab.cloud.state().images.length;
    await goTo(`/migrations/${id}`);

    const hold = page.getByRole('button', { name: 'Hold files-01' });
    expect(await hold.getAttribute('aria-disabled')).toBe('true');
    expect(await hold.getAttribute('aria-description')).toContain('It runs already.');
    await page.getByRole('button', { name: 'Cancel and undo files-01' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Removed in the cloud').waitFor();
    expect(await dialog.innerText()).not.toContain('Nothing was made');
    await dialog.getByRole('button', { name: 'Keep it', exact: true }).waitFor();
    await proveFace(page, 'migration-cancel');
    await dialog.getByRole('button', { name: 'Cancel and undo files-01' }).click();

    await page.getByText('Cancelled').first().waitFor();
    await lab.reaches(id, ({ stage }) => stage === 'cancelled');
    const steps = page.getByRole('list', { name: 'Steps of the migration' });
    await steps
      .getByRole('listitem')
      .filter({ hasText: /^Copy\s*cancelled/ })
      .waitFor();
    await page.getByRole('button', { name: 'Plan it anew with other settings' }).waitFor();
    expect(lab.cloud.state().images.length).toBe(before - 1);
    expect(lab.vc.state().leases.filter(({ state }) => state === 'ready')).toEqual([]);
    await lab.limit(null);
  });

  test('one that fails says what, why and what to do, and Retry brings it there', async () => {
    const { page } = lab.open;
    await lab.limit(SLOWEST);
    const id = await lab.move('shop-01');
    await lab.reaches(id, ({ progress }) => progress.some(({ doneBytes }) => doneBytes > 0));
    const { instances } = lab.cloud.quotas;
    lab.cloud.quotas.instances = 0;
    await lab.limit(null);
    await goTo('/');

    await page.getByRole('link', { name: 'shop-01' }).waitFor();
    await page.getByRole('button', { name: 'Retry shop-01' }).waitFor();
    await proveFace(page, 'overview-needs-you');
    await page.getByRole('link', { name: 'shop-01' }).first().click();
    const alert = page.getByRole('alert');
    await alert.getByText('openstack.quota-exceeded').first().waitFor();
    expect(await alert.innerText()).toMatch(/shop-01 failed at “Starting the server”[^]*What to do:/);
    await proveFace(page, 'migration-failed');
    lab.cloud.quotas.instances = instances;
    await alert.getByRole('button', { name: 'Retry' }).click();
    await page.getByRole('link', { name: 'Connections' }).click();

    // For whoever looks elsewhere; it goes soon, but not from whoever points at it.
    await page.getByText('shop-01 is done').hover();
    expect(await lab.reaches(id, ({ stage }) => stage === 'done')).toMatchObject({ error: null });
    await page.getByText('shop-01: Done').waitFor({ state: 'attached' }); // for whoever hears it
    await page.getByRole('link', { name: 'See what became of it' }).click();
    await page.getByText('Server id').waitFor();
    expect(await page.getByRole('main').getByRole('alert').count()).toBe(0);
    // The try before is told where it belongs.
    await page.getByText('openstack.quota-exceeded').waitFor({ state: 'attached' });
  });

  test('what has happened is kept in the activity, newest first, and leads there', async () => {
    const { page } = lab.open;
    await goTo('/');

    await page.keyboard.press('Control+j');
    const drawer = page.getByRole('dialog', { name: 'Activity' });
    const first = drawer.getByRole('region', { name: 'What has happened' }).getByRole('listitem').first();
    await first.getByText('Done').waitFor();
    await proveFace(page, 'activity');
    await first.getByRole('link', { name: 'shop-01' }).click();

    await page.getByRole('heading', { name: 'shop-01', level: 1 }).waitFor();
    await drawer.waitFor({ state: 'detached' });
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});
