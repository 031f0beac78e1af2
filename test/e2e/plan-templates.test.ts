/** Templates of plans in the real Electron: saved from a plan, listed, taken for a new one, deleted. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../../main/shared/client/client.ts';
import { newHome, openApp, type AppHome, type OpenApp } from './app.ts';
import { proveFace } from './pictures.ts';
import { stepButton, visit } from './plan-steps.ts';
import { clientOf, setUpSides, startTwoSides, type TwoSides } from './two-sides.ts';

const nights = { opens: '0 22 * * 1-5', minutes: 360, timeZone: 'Europe/Berlin' };
const saturdays = { opens: '0 8 * * 6', minutes: 600, timeZone: 'Europe/Berlin' };

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

async function saveAs(page: Page, name: string, button: string): Promise<void> {
  await page.getByRole('button', { name: 'Save as template…' }).click();
  await page.getByLabel('Name of the template').fill(name);
  await page.getByRole('dialog').getByRole('button', { name: button }).click();
  await page.getByText(`The template “${name}” is kept.`).first().waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

test('a plan becomes a template, and a new plan begins with all that it has', async () => {
  const { page } = open;
  const plan = await client.call('plans.create', {
    name: 'spring',
    source: 'vc1',
    destination: 'os1',
    options: { bootTimeoutSeconds: 60, consoleMarker: 'login:', accept: [] },
    window: nights,
    priority: 7,
    waves: [
      { number: 1, name: 'pilot', notBefore: '2090-05-01T06:00:00.000Z' },
      { number: 2, name: 'databases', window: saturdays },
    ],
    machines: [
      { vm: 'files-01', wave: 1 },
      { vm: 'shop-01', wave: 2 },
    ],
  });
  await visit(page, `/plans/${plan.id}`, 'spring');
  await saveAs(page, 'nightly', 'Save template');
  await page.getByRole('button', { name: 'Save as template…' }).click();
  await page.getByLabel('Name of the template').fill('Nightly');
  await page.getByText(/There is a template “nightly” already, saved .* It is replaced\./).waitFor();
  await proveFace(page, 'template-replace');
  await page.getByRole('button', { name: 'Replace template “nightly”' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  await visit(page, '/plans', 'Plans');
  await page.getByRole('gridcell', { name: /2090/ }).waitFor(); // the first wave that waits has a moment of its own
  const line = page.getByRole('table', { name: 'Templates' }).getByRole('row', { name: /Nightly/ });
  await line.getByText('vc1 → os1').waitFor();
  await line.getByText('Mon, Tue, Wed, Thu, Fri from 22:00 for 6 h (Europe/Berlin)').waitFor();
  await line.getByText('Wave 1 (pilot); Wave 2 (databases): Sat from 08:00 for 10 h (Europe/Berlin)').waitFor();
  await line.getByText(/^Priority 7, /).waitFor();
  await proveFace(page, 'plans-templates');

  await line.getByRole('button', { name: 'New plan from “Nightly”' }).click();
  await page.getByText('Begun with the template “Nightly”').waitFor();
  expect(await page.getByLabel('Name of the plan').inputValue()).toBe('Nightly');
  const filter = page.getByLabel('Filter “VMs of the source”');
  await filter.fill('files-01');
  await page.getByRole('checkbox', { name: 'Select files-01', exact: true }).click();
  await page.getByRole('button', { name: 'Put 1 VM into wave 2 (databases)' }).click();
  await page.getByText('1 VM in the plan: 1 in wave 2.').waitFor();
  await proveFace(page, 'wizard-template');
  await stepButton(page, 'Mapping').click();
  await page
    .getByLabel(/^Network of the cloud for/)
    .first()
    .selectOption('lan');
  await stepButton(page, 'Review').click();
  await page.getByText('Wave 2 (databases) has times of its own: Sat from 08:00').waitFor();
  await page.getByRole('button', { name: 'Save plan' }).click();
  await page.getByRole('heading', { name: 'Nightly' }).first().waitFor();
  await page.getByText('files-01').first().waitFor();

  expect(await client.call('plans.show', { plan: 'Nightly' })).toMatchObject({
    window: nights,
    priority: 7,
    notBefore: null,
    waves: [
      { number: 1, name: 'pilot', window: null, notBefore: null },
      { number: 2, name: 'databases', window: saturdays, notBefore: null },
    ],
    options: { bootTimeoutSeconds: 60, consoleMarker: 'login:' },
    machines: [{ vm: { name: 'files-01' }, wave: 2 }],
  });
});

test('an unsaved draft goes before a template, and a template is deleted once that is said', async () => {
  const { page } = open;
  await visit(page, '/plans/new', 'Machines');
  await page.getByLabel('Name of the plan').fill('autumn');
  await visit(page, '/plans/template/nightly', 'There is a draft that is not saved');
  await page.getByText('The new plan would begin with the template “Nightly”.').waitFor();
  await page.getByRole('button', { name: 'Discard the draft and begin anew' }).click();
  await page.getByText('Begun with the template “Nightly”').waitFor();

  await visit(page, '/plans', 'Plans');
  await page.getByRole('button', { name: 'Delete template “Nightly”' }).click();
  await page.getByText('Plans that were made by it stay as they are.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete template' }).click();
  await page.getByRole('table', { name: 'Templates' }).waitFor({ state: 'detached' });

  expect((await client.call('planTemplates.list', {})).templates).toEqual([]);
  expect((await client.call('plans.list', {})).plans.map(({ name }) => name)).toContain('Nightly');
  await visit(page, '/plans/template/nightly', 'There is no such template');
});
