/** Plans and their editor in the real Electron, between a simulated vCenter and a simulated cloud. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../../main/shared/client/client.ts';
import type { Plan } from '../../main/shared/plans.ts';
import { newHome, openApp, type AppHome, type OpenApp } from './app.ts';
import { tabTo } from './keys.ts';
import { proveFace } from './pictures.ts';
import { stepButton, visit } from './plan-steps.ts';
import { clientOf, setUpSides, startTwoSides, type TwoSides } from './two-sides.ts';

let sides: TwoSides;
let home: AppHome;
let open: OpenApp;
let client: ApiClient;

beforeAll(async () => {
  home = newHome();
  [sides, open] = await Promise.all([startTwoSides(), openApp({ home })]);
  await open.page.locator('[data-engine]').waitFor();
  client = clientOf(home);
  await setUpSides(client, sides);
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await sides[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

/** Of many rows only those that are seen are in the page, so each is filtered for. */
async function choose(page: Page, ...names: string[]): Promise<void> {
  const filter = page.getByLabel('Filter “VMs of the source”');
  for (const name of names) {
    await filter.fill(name);
    await page.getByRole('checkbox', { name: `Select ${name}`, exact: true }).click();
  }
  await filter.fill('');
}

async function next(page: Page, step: string): Promise<void> {
  await page.getByRole('button', { name: `Next: ${step}` }).click();
  await page.getByRole('heading', { name: step, exact: true }).waitFor();
}

const planCalled = async (name: string): Promise<Plan> => await client.call('plans.show', { plan: name });

describe('a plan', () => {
  test('goes from choosing machines to servers that run, with one choice overridden and a blocked machine left out', async () => {
    const { page } = open;
    await visit(page, '/plans', 'No plan is written down');
    await proveFace(page, 'plans-empty');
    await page.getByRole('button', { name: 'New plan' }).click();
    await page.getByLabel('Name of the plan').fill('spring');

    await choose(page, 'shop-01', 'odd-rdm-physical');
    await page.getByRole('button', { name: 'Put 2 VMs into wave 1' }).click();
    await choose(page, 'files-01');
    await page.getByRole('button', { name: 'Put 1 VM into a new wave 2' }).click();
    await page.getByText('3 VMs in the plan: 2 in wave 1, 1 in wave 2.').waitFor();
    await proveFace(page, 'wizard-machines');

    await next(page, 'Destination');
    await page.getByRole('row', { name: /^Servers 20 0 3 17$/ }).waitFor();
    await proveFace(page, 'wizard-destination');

    await next(page, 'Mapping');
    await page.getByText('its subnet has the guests’ addresses (192.0.2.10)').waitFor();
    await page.getByText('Choose a network for “VM Network”.').first().waitFor();
    await page.getByLabel('Network of the cloud for “VM Network”').selectOption('servers-120');
    await page.getByLabel('Addresses on “dv-web-100”').selectOption('auto');
    await page.getByRole('gridcell', { name: 'm1.medium: 2 GiB unused' }).first().waitFor();
    await page.getByRole('gridcell', { name: 'shop-01', exact: true }).dblclick();
    const settings = page.getByRole('dialog', { name: 'Settings of shop-01' });
    await settings.getByLabel('Flavor').selectOption('m1.large');
    await settings.getByLabel('Name of the server').fill('shop-in-the-cloud');
    await proveFace(page, 'wizard-own');
    await settings.getByRole('button', { name: 'Done' }).click();
    await page.getByText('● own').first().waitFor();
    await page.getByRole('gridcell', { name: /m1\.large: 2 vCPU, 6 GiB unused/ }).waitFor();
    await proveFace(page, 'wizard-mapping');

    await next(page, 'Options');
    await page.getByLabel('Watch the console for').fill('60');
    await proveFace(page, 'wizard-options');

    await next(page, 'Check');
    await page.getByRole('button', { name: 'Check 3 VMs' }).click();
    const blocked = page.getByRole('article', { name: /device of the storage or the host/ });
    await blocked.waitFor();
    await page.getByRole('button', { name: 'Check 3 VMs again' }).waitFor();
    await proveFace(page, 'wizard-check');
    await blocked.getByRole('button', { name: 'Leave out this VM' }).click();
    await page.getByText('1 VM was left out: odd-rdm-physical').waitFor();
    for (const warning of await page.getByRole('checkbox', { name: /^Accept / }).all()) await warning.check();
    await expect.poll(async () => await stepButton(page, 'Check').textContent()).not.toContain('problem');

    await next(page, 'Review');
    await page.getByText('When all before are over, wave 2 goes: files-01.').waitFor();
    await page.getByText('1 running VM is shut down when its turn comes, and stays off afterwards: shop-01.').waitFor();
    await page.getByText('How long it takes is not known').waitFor();
    await page
      .getByText('Network “dv-web-100” becomes “lan”: the cloud chooses another address for 1 VM (now 192.0.2.10).')
      .waitFor();
    await page.getByText('Flavor “m1.large”: 1 VM.').waitFor();
    await page.getByText(/^2 VMs with .* of disks become servers with (\d+ volumes? and )?2 ports\.$/).waitFor();
    await proveFace(page, 'wizard-review');
    await page.evaluate(() => scrollTo(0, 0));
    const start = page.getByRole('button', { name: 'Save and start' });
    expect(await start.evaluate((button) => button.getBoundingClientRect().bottom <= innerHeight)).toBe(true);
    await start.click();

    await page.getByText('Done: 2 of 2').waitFor();
    await proveFace(page, 'plan-done');
    await page.getByRole('link', { name: 'Report of this plan' }).click();
    await page.getByRole('gridcell', { name: 'shop-01', exact: true }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Plan' }).locator('option:checked').textContent()).toBe('spring');
    const { machines } = await planCalled('spring');
    const migrations = await Promise.all(
      machines.flatMap(({ migration }) =>
        migration === null ? [] : [client.call('migrations.show', { id: migration })],
      ),
    );
    expect(migrations.map(({ request, stage, schedule }) => [request.vm.name, stage, schedule?.wave])).toEqual([
      ['shop-01', 'done', 1],
      ['files-01', 'done', 2],
    ]);
    expect(migrations[0]?.request.options).toMatchObject({
      flavor: 'm1.large',
      bootTimeoutSeconds: 60,
      networks: expect.arrayContaining([{ from: 'dv-web-100', to: 'lan', ip: 'auto' }]),
    });
    expect(migrations[1]?.plan?.ports).toMatchObject([{ networkName: 'servers-120' }]);
    const servers = sides.cloud.state().servers.map(({ name, status }) => [name, status]);
    expect(servers.sort()).toEqual([
      ['files-01', 'ACTIVE'],
      ['shop-in-the-cloud', 'ACTIVE'],
    ]);
  });

  test('is listed, duplicated, edited and handed out as a file; what has a migration stays as it is', async () => {
    const { page, app } = open;
    await visit(page, '/plans', 'Plans');
    await page.getByRole('gridcell', { name: 'spring', exact: true }).click();
    await proveFace(page, 'plans');
    await page.getByRole('button', { name: 'Duplicate plan' }).click();
    await page.getByRole('gridcell', { name: 'spring (copy)', exact: true }).dblclick();
    await page.getByText('Ready').first().waitFor();

    await page.getByRole('button', { name: 'Edit plan' }).click();
    await page.getByLabel('Name of the plan').fill('summer');
    await stepButton(page, 'Options').click();
    await page.getByLabel('Only start within a window of time').check();
    await page.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Nowhere');
    await page.getByText('There is no such time zone').first().waitFor();
    await page.getByLabel('Priority').focus();
    await page.getByRole('button', { name: /There is no such time zone/ }).click();
    await expect
      .poll(
        async () =>
          await page.getByRole('combobox', { name: 'Time zone' }).evaluate((one) => one === document.activeElement),
      )
      .toBe(true);
    await page.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Berlin');
    await page.getByText(/Mon, Tue, Wed, Thu, Fri from 22:00 for 6 h \(Europe\/Berlin\)/).waitFor();
    await stepButton(page, 'Review').click();
    await page.getByText(/About .*the newest 2 migrations/).waitFor();
    await page.getByRole('button', { name: 'Save plan' }).click();
    await page.getByRole('heading', { name: 'summer' }).waitFor();
    const listening = await app.evaluateHandle(({ session }) => ({
      named: new Promise<string>((done) => {
        session.defaultSession.once('will-download', (_event, item) =>
          done(`${item.getURL().slice(0, 5)} ${item.getFilename()}`),
        );
      }),
    }));
    await page.getByRole('button', { name: 'Export plan' }).click();

    expect(await listening.evaluate(async ({ named }) => await named)).toBe('blob: summer.guts-plan.json');
    expect(await planCalled('summer')).toMatchObject({
      window: { opens: '0 22 * * 1-5', minutes: 360, timeZone: 'Europe/Berlin' },
      machines: [
        { vm: { name: 'shop-01' }, options: { flavor: 'm1.large' } },
        { vm: { name: 'files-01' }, wave: 2 },
      ],
    });
    await visit(page, `/plans/${(await planCalled('spring')).id}/edit`, 'Machines');
    expect(await page.getByRole('combobox', { name: 'Source' }).isDisabled()).toBe(true);
    await page.getByLabel('Filter “VMs of the source”').fill('shop-01');
    await page.getByRole('checkbox', { name: 'Select shop-01', exact: true }).click();
    expect(await page.getByRole('button', { name: 'Take 1 VM out of the plan' }).getAttribute('aria-disabled')).toBe(
      'true',
    );
  });

  test('is written down by the keyboard alone', async () => {
    const { page } = open;
    await visit(page, '/', 'Overview');

    await page.keyboard.press('Control+3');
    await page.getByRole('heading', { name: 'Plans', exact: true }).waitFor();
    await tabTo(page, 'button', 'New plan');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Machines', exact: true }).waitFor();
    await tabTo(page, 'textbox', 'Name of the plan');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('by hand');
    await page.getByLabel('Filter “VMs of the source”').waitFor();
    await page.keyboard.press('Control+F');
    await page.keyboard.type('files-01');
    await page.getByRole('row', { name: /files-01/ }).waitFor();
    await tabTo(page, 'gridcell', 'files-01');
    await page.keyboard.press('Space');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'Destination', exact: true }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'Mapping', exact: true }).waitFor();
    await page.getByLabel('Network of the cloud for “VM Network”').waitFor();
    await tabTo(page, 'combobox', 'Network of the cloud for “VM Network”');
    await page.keyboard.type('lan');
    await page.getByText('Your choice.').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'Check', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Check 1 VM' }).waitFor();
    await tabTo(page, 'button', 'Check 1 VM');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Check 1 VM again' }).waitFor();
    for (let left = await page.getByRole('checkbox', { name: /^Accept /, checked: false }).count(); left > 0; left--) {
      await tabTo(page, 'checkbox', /^Accept /);
      await page.keyboard.press('Space');
    }
    await page.keyboard.press('Control+Enter');
    await tabTo(page, 'button', 'Save plan');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'by hand' }).waitFor();

    expect(await planCalled('by hand')).toMatchObject({
      options: { networks: [{ from: 'VM Network', to: 'lan', ip: 'keep' }] },
      machines: [{ vm: { name: 'files-01' }, wave: 1 }],
    });
  });

  test('that is not saved is offered after a restart, as far as it was written', async () => {
    {
      const { page } = open;
      await visit(page, '/plans/new', 'Machines');
      await page.getByLabel('Name of the plan').fill('autumn');
      await choose(page, 'ledger-01', 'db-10');
      await page.getByRole('button', { name: 'Put 2 VMs into wave 1' }).click();
      await stepButton(page, 'Options').click();
      await page.getByLabel('Text on the console').fill('ready for you');
    }
    await open[Symbol.asyncDispose]();
    open = await openApp({ home });
    const { page } = open;
    await page.locator('[data-engine]').waitFor();
    client = clientOf(home);

    await visit(page, '/plans', 'Plans');
    await page.getByRole('button', { name: 'Go on with it' }).click();
    await page.getByText('2 VMs; last changed').waitFor();
    await proveFace(page, 'wizard-offer');
    await page.getByRole('button', { name: /^Go on with the draft of / }).click();

    await page.getByRole('heading', { name: 'Options', exact: true }).waitFor();
    expect(await page.getByLabel('Text on the console').inputValue()).toBe('ready for you');
    await page.getByRole('row', { name: /ledger-01/ }).waitFor();
    await visit(page, '/plans', 'Plans');
    await page.getByRole('button', { name: 'Go on with it' }).click();
    await page.getByRole('button', { name: 'Discard the draft and begin anew' }).click();
    await page.getByText('No VM is in the plan yet: choose some and put them into a wave.').waitFor();
    await visit(page, '/plans', 'Plans');
    expect(await page.getByRole('button', { name: 'Go on with it' }).count()).toBe(0);
  });

  test('takes machines that another screen hands over', async () => {
    const { page } = open;
    const { instances } = await client.call('instances.list', { name: 'shop-01' });
    const handed = instances.map(({ ref, name }) => ({ source: 'vc1', ref, name }));
    await page.evaluate((machines) => sessionStorage.setItem('guts.draft.machines', JSON.stringify(machines)), handed);

    await visit(page, '/plans/new', 'Machines');

    await page.getByText('1 VM in the plan: 1 in wave 1.').waitFor();
    const [first, second] = await page.getByRole('gridcell', { name: /^(shop-01|files-01)$/ }).allTextContents();
    expect([first, second], 'what is in the plan stands first').toEqual(['shop-01', 'files-01']);
    expect(await stepButton(page, 'Machines').textContent()).toBe('Machinesok');
    expect(await page.evaluate(() => sessionStorage.getItem('guts.draft.machines'))).toBeNull();
  });
});
