/**
 * The main story with the keyboard alone, told by the keys that somebody presses: from the first start to the saved report of a
 * machine that was moved. The window and the package tell the same one.
 */
import type { ElectronApplication, Page } from 'playwright-core';
import { expect } from 'vitest';
import { downloaded, type Download } from './downloads.ts';
import { press, proveFocus, tabTo } from './keys.ts';
import type { TwoSides } from './two-sides.ts';

const heading = async (page: Page, name: string): Promise<void> =>
  await page.getByRole('heading', { name, exact: true }).first().waitFor();

/** Goes to a field by Tab, and types into it. */
async function fill(page: Page, name: string, text: string): Promise<void> {
  await tabTo(page, 'textbox', name);
  await page.keyboard.type(text);
}

/** Compares the certificate, and trusts it. */
async function trust(page: Page, fingerprint: string): Promise<void> {
  await proveFocus(page, 'heading', /^The certificate of /);
  await fill(page, 'Fingerprint that you were told (optional)', fingerprint);
  await page.getByText('The same: this is the server that you mean').waitFor();
  await tabTo(page, 'button', 'It is the right one: trust it');
  await press(page, 'Enter');
}

/** Both sides are connected from the first screen on. */
export async function connectByKeys(page: Page, { vc, cloud }: TwoSides): Promise<void> {
  await heading(page, 'Move virtual machines to OpenStack');
  await page.keyboard.press('Tab');
  await proveFocus(page, 'link', 'Go to the content');
  await press(page, 'Enter');
  await tabTo(page, 'button', 'Add source');
  await press(page, 'Enter');

  await proveFocus(page, 'textbox', 'Name');
  await page.keyboard.type('vc1');
  await fill(page, 'Address', vc.url);
  await fill(page, 'User', vc.user);
  await page.keyboard.press('Tab');
  await page.keyboard.type(vc.password);
  await press(page, 'Enter');
  await trust(page, vc.fingerprint);
  await heading(page, 'vc1');
  await tabTo(page, 'button', 'Refresh inventory');
  await press(page, 'Enter');
  await page
    .getByRole('dialog')
    .getByText(/^Read in/)
    .waitFor();
  await press(page, 'Escape');
  await proveFocus(page, 'button', 'Refresh inventory');

  await press(page, 'Control+5');
  await heading(page, 'Connections');
  await tabTo(page, 'button', 'Add cloud');
  await press(page, 'Enter');
  await proveFocus(page, 'textbox', 'Name');
  await page.keyboard.type('west');
  await fill(page, 'Address of Keystone (auth URL)', cloud.authUrl);
  await fill(page, 'Id of the application credential', cloud.applicationCredential.id);
  await page.keyboard.press('Tab');
  await page.keyboard.type(cloud.applicationCredential.secret);
  await press(page, 'Enter');
  await trust(page, cloud.fingerprint);
  await heading(page, 'west');
}

/** “files-01” is chosen in the inventory, and planned step by step. */
export async function planByKeys(page: Page): Promise<void> {
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

  await heading(page, 'Machines');
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
}

/** The plan is started and watched, and its report is saved. @param saveTo a file */
export async function moveByKeys(app: ElectronApplication, page: Page, saveTo: string): Promise<Download> {
  await tabTo(page, 'button', 'Save and start');
  await press(page, 'Enter');
  await page.getByText('Done: 1 of 1').waitFor();
  await tabTo(page, 'gridcell', 'files-01');
  await press(page, 'Enter');

  await heading(page, 'files-01');
  await page.getByText('Server id').waitFor();
  await tabTo(page, 'button', 'Show the report');
  await press(page, 'Enter');
  await page.getByText('Everything was proved').waitFor();
  await tabTo(page, 'button', 'Save HTML');
  return await downloaded(app, saveTo, async () => {
    await press(page, 'Enter');
  });
}
