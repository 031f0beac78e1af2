/** The whole way with the keyboard alone: from the first start to a machine that runs in the cloud and the report of it. */
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp, type OpenApp } from './app.ts';
import { downloaded } from './downloads.ts';
import { press, proveFocus, tabTo } from './keys.ts';
import { startTwoSides, type TwoSides } from './two-sides.ts';

let sides: TwoSides;
let open: OpenApp;
let page: Page;

beforeAll(async () => {
  [sides, open] = await Promise.all([startTwoSides(), openApp()]);
  page = open.page;
  await page.locator('[data-engine]').waitFor();
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await sides[Symbol.asyncDispose]();
});

const heading = async (name: string): Promise<void> =>
  await page.getByRole('heading', { name, exact: true }).first().waitFor();

/** Goes to a field by Tab, and types into it. */
async function fill(name: string, text: string): Promise<void> {
  await tabTo(page, 'textbox', name);
  await page.keyboard.type(text);
}

/** Compares the certificate, and trusts it. */
async function trust(fingerprint: string): Promise<void> {
  await proveFocus(page, 'heading', /^The certificate of /);
  await fill('Fingerprint that you were told (optional)', fingerprint);
  await page.getByText('The same: this is the server that you mean').waitFor();
  await tabTo(page, 'button', 'It is the right one: trust it');
  await press(page, 'Enter');
}

test('both sides are connected from the first screen on', async () => {
  const { vc, cloud } = sides;
  await heading('Move virtual machines to OpenStack');
  await page.keyboard.press('Tab');
  await proveFocus(page, 'link', 'Go to the content');
  await press(page, 'Enter');
  await tabTo(page, 'button', 'Add source');
  await press(page, 'Enter');

  await proveFocus(page, 'textbox', 'Name');
  await page.keyboard.type('vc1');
  await fill('Address', vc.url);
  await fill('User', vc.user);
  await page.keyboard.press('Tab');
  await page.keyboard.type(vc.password);
  await press(page, 'Enter');
  await trust(vc.fingerprint);
  await heading('vc1');
  await tabTo(page, 'button', 'Refresh inventory');
  await press(page, 'Enter');
  await page
    .getByRole('dialog')
    .getByText(/^Read in/)
    .waitFor();
  await press(page, 'Escape');
  await proveFocus(page, 'button', 'Refresh inventory');

  await press(page, 'Control+5');
  await heading('Connections');
  await tabTo(page, 'button', 'Add cloud');
  await press(page, 'Enter');
  await proveFocus(page, 'textbox', 'Name');
  await page.keyboard.type('west');
  await fill('Address of Keystone (auth URL)', cloud.authUrl);
  await fill('Id of the application credential', cloud.applicationCredential.id);
  await page.keyboard.press('Tab');
  await page.keyboard.type(cloud.applicationCredential.secret);
  await press(page, 'Enter');
  await trust(cloud.fingerprint);
  await heading('west');
});

test('a machine is chosen in the inventory, and planned step by step', async () => {
  await press(page, 'Control+2');
  await page.getByRole('grid', { name: 'Virtual machines' }).waitFor();
  await press(page, 'Control+F');
  await proveFocus(page, 'textbox', 'Filter “Virtual machines”');
  await page.keyboard.type('files-01');
  await page.getByText(/^1 of /).waitFor();
  await tabTo(page, 'gridcell', 'files-01');
  await press(page, 'Space');
  await tabTo(page, 'button', 'Move 1 VM');
  await press(page, 'Enter');

  await heading('Machines');
  await page.getByText('1 VM in the plan: 1 in wave 1.').waitFor();
  await tabTo(page, 'textbox', 'Name of the plan');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('by hand');
  await press(page, 'Control+Enter');
  await proveFocus(page, 'heading', 'Destination');
  await press(page, 'Control+Enter');
  await proveFocus(page, 'heading', 'Mapping');
  await tabTo(page, 'combobox', 'Network of the cloud for “VM Network”');
  await page.keyboard.type('lan');
  await page.getByText('Your choice.').waitFor();
  await press(page, 'Control+Enter');
  await proveFocus(page, 'heading', 'Options');
  await press(page, 'Control+Enter');
  await proveFocus(page, 'heading', 'Check');
  await tabTo(page, 'button', 'Check 1 VM');
  await press(page, 'Enter');
  await page.getByRole('button', { name: 'Check 1 VM again' }).waitFor();
  const open = page.getByRole('checkbox', { name: /^Accept /, checked: false });
  for (let left = await open.count(); left > 0; left--) {
    await tabTo(page, 'checkbox', /^Accept /);
    await press(page, 'Space');
  }
  expect(await open.count()).toBe(0);
  await press(page, 'Control+Enter');
  await proveFocus(page, 'heading', 'Review');
});

test('it is started, watched, and its report is saved', async () => {
  await tabTo(page, 'button', 'Save and start');
  await press(page, 'Enter');
  await page.getByText('Done: 1 of 1').waitFor();
  await tabTo(page, 'gridcell', 'Wave 1');
  await press(page, 'Enter');

  await heading('files-01');
  await page.getByText('Server id').waitFor();
  await tabTo(page, 'button', 'Show the report');
  await press(page, 'Enter');
  await page.getByText('Everything was proved').waitFor();
  await tabTo(page, 'button', 'Save HTML');
  const { name, bytes } = await downloaded(open.app, path.join(open.home.profile, 'report'), async () => {
    await press(page, 'Enter');
  });

  expect(name).toBe('guts-report-files-01.html');
  expect(bytes.toString('utf8')).toContain('files-01');
  expect(sides.cloud.state().servers.map((one) => [one.name, one.status])).toEqual([['files-01', 'ACTIVE']]);
});
