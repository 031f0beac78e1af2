/** Both sides are set up, tested and taken away again in the window, against servers that nobody vouches for. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { openApp, type OpenApp } from './app.ts';
import { proveFocus } from './keys.ts';
import { fillSource, sourceOf, trustCertificate } from './main-story.ts';
import { proveFace } from './pictures.ts';

let vc: Vcenter;
let cloud: OpenstackLab;
let open: OpenApp;
let page: Page;

beforeAll(async () => {
  [vc, cloud, open] = await Promise.all([startVcenter(), startOpenstack(), openApp()]);
  page = open.page;
  await page.locator('[data-engine]').waitFor();
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await Promise.all([vc[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
});

const keepBoth = async (name: string): Promise<void> => await proveFace(page, name);

/** The fingerprint on the screen, as people read it. */
const shownFingerprint = async (): Promise<string | null> =>
  await page.getByRole('region', { name: 'Certificate to compare' }).getByLabel('SHA-256 fingerprint').textContent();

const button = (name: string) => page.getByRole('button', { name, exact: true });
const fact = async (name: string): Promise<string> =>
  (await page.locator('dl > div', { has: page.locator('dt', { hasText: name }) }).innerText()).split('\n').at(-1) ?? '';

describe('connections', () => {
  test('begin empty, with what fills them', async () => {
    await page.getByRole('link', { name: 'Connections' }).click();

    await page.getByRole('heading', { name: 'No source and no cloud yet' }).waitFor();
    expect(await button('Add cloud').count()).toBe(2);
    await keepBoth('connections-empty');
  });

  test('a source is added by keyboard alone, after its certificate was compared', async () => {
    await page.keyboard.press('Control+K');
    await proveFocus(page, 'textbox', 'Go to, or do …');
    await page.keyboard.type('Connections');
    await page.keyboard.press('Enter');
    await button('Add source').first().focus();
    await page.keyboard.press('Enter');
    await proveFocus(page, 'textbox', 'Name');

    await page.keyboard.press('Enter'); // the form says what is missing, and goes to the first of it
    await page.getByText('Give it a name.').waitFor();
    await keepBoth('connections-source-missing');
    await page.keyboard.type('vc1');
    await page.keyboard.press('Tab');
    await page.keyboard.type(`${vc.url}/ui/`);
    await page.keyboard.press('Tab');
    await page.keyboard.type(vc.user);
    await page.keyboard.press('Tab');
    await page.keyboard.type(vc.password);
    await page.keyboard.press('Enter');

    await page.getByRole('region', { name: 'Certificate to compare' }).waitFor();
    expect(await shownFingerprint()).toBe(vc.fingerprint);
    await proveFocus(page, 'heading', /^The certificate of /);
    const heading = page.getByRole('region', { name: 'Certificate to compare' }).getByRole('heading');
    const top = await heading.evaluate((one) => one.getBoundingClientRect().top / innerHeight);
    expect(top, 'it is scrolled into view, with what follows it').toBeLessThan(0.5);
    await page.keyboard.press('Tab'); // copy
    await page.keyboard.press('Tab');
    await page.keyboard.type(`sha256 Fingerprint=${vc.fingerprint.toLowerCase()}`);
    await page.getByText('The same: this is the server that you mean').waitFor();
    await keepBoth('connections-certificate');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'vc1', level: 1 }).waitFor();
    await page.getByText(/^Read in/).waitFor(); // by itself
    await expect.poll(async () => await fact('Inventory')).toMatch(/\d:\d\d/);
    expect(await fact('Certificate')).toBe(vc.fingerprint);
    expect(await fact('Password kept')).toBe('In the sealed file');
    expect(await page.getByText('All that Guts needs').count()).toBe(1);
    await keepBoth('connections-source');
  });

  test('its inventory is read, and what was found is said', async () => {
    vc.faults.add({ where: 'soap', kind: 'delay', match: 'Login', delayMs: 1500 });
    await button('Refresh inventory').click();
    await page.getByText('Reading the inventory of “vc1”').first().waitFor();
    await keepBoth('connections-reading');

    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^Read in/).waitFor();
    await keepBoth('connections-read');
    expect(await dialog.innerText()).toMatch(new RegExp(`Machines\\s+${vc.state().machines.length}\\s`));
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await fact('Inventory')).toMatch(/\d:\d\d/);
  });

  test('a cloud is filled in from clouds.yaml; a wrong secret is said with the form still filled', async () => {
    const { id, secret } = cloud.applicationCredential;
    const credential = `application_credential_id: ${id}, application_credential_secret: not-the-${secret}`;
    const files = `clouds:
  west: {auth_type: v3applicationcredential, auth: {auth_url: "${cloud.authUrl}", ${credential}}, region_name: ${cloud.region}}
  east: {auth: {auth_url: "https://east.example/v3", username: u, project_name: p, password: x}}
`;
    await page.getByRole('link', { name: 'Connections' }).first().click();
    await button('Add cloud').click();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'clouds.yaml', mimeType: 'text/plain', buffer: Buffer.from(files) });
    await page.getByLabel('Cloud in clouds.yaml').selectOption('west');
    await page.getByText('The fields are as clouds.yaml says.').waitFor();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('west');
    await keepBoth('connections-cloud-form');

    await button('Connect').click();
    await page.getByRole('region', { name: 'Certificate to compare' }).waitFor();
    expect(await shownFingerprint()).toBe(cloud.fingerprint);
    await button('It is the right one: trust it').click();

    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/Keystone refuses the sign-in.*What to do.*openstack\.sign-in-refused/);
    const field = page.getByLabel('Secret of the application credential', { exact: true });
    await proveFocus(page, 'textbox', 'Secret of the application credential');
    expect(await page.getByLabel('Id of the application credential').inputValue()).toBe(id);
    expect(await page.getByLabel('Address of Keystone (auth URL)').inputValue()).toBe(cloud.authUrl);
    await keepBoth('connections-refused');

    await field.fill(secret);
    await page.keyboard.press('Enter'); // the certificate was compared already
    await page.getByRole('heading', { name: 'west', level: 1 }).waitFor();
    expect(await fact('Certificate')).toBe(cloud.fingerprint);
    await keepBoth('connections-cloud');
  });

  test('a name that is taken is said beside its field', async () => {
    await page.getByRole('link', { name: 'Connections' }).first().click();
    await button('Add source').click();
    await page.getByLabel('Name', { exact: true }).fill('VC1');
    await page.getByLabel('Address', { exact: true }).fill(new URL(vc.url).host);
    await page.getByLabel('User', { exact: true }).fill(vc.user);
    await page.getByLabel('Password', { exact: true }).fill('whatever');
    await button('Connect').click();
    await button('It is the right one: trust it').click();

    await page.getByText('There is a source “vc1” already.').waitFor();
    await proveFocus(page, 'textbox', 'Name');
    expect(await page.getByText('What to do').count()).toBe(0);
    await button('Cancel').click();
  });

  test('a Hyper-V host is asked for what it needs, by keyboard, and Basic never goes in the clear', async () => {
    await button('Add source').click();
    await proveFocus(page, 'textbox', 'Name');
    await page.keyboard.press('Shift+Tab'); // from the name back to what comes first
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('radio', { name: 'Hyper-V' }).isChecked()).toBe(true);
    await page.getByLabel('Name', { exact: true }).fill('hv1');
    await page.getByLabel('Address', { exact: true }).fill('ftp://hv1');
    await page.getByLabel('User', { exact: true }).fill('CORP\\mover');
    await page.getByLabel('Password', { exact: true }).fill('whatever');
    await page.getByLabel('WinRM through').selectOption('http');
    await keepBoth('connections-hyperv');
    await page.getByText('How disks are reached').click();
    await page.getByLabel('SMB port').fill('0');
    await page.getByLabel('Folders of the host').fill('D:\\Hyper-V = /mnt/hyper-v\n/mnt/vms');
    await button('Connect').click();

    await page.getByText('Give it as host, https://host:5986 or http://host:5985').waitFor();
    await page.getByText('Give a port from 1 to 65535.').waitFor();
    await page.getByText('This is no folder of the host and its place here: /mnt/vms').waitFor();
    await page.getByLabel('Signs in by').selectOption('basic');
    await page.getByLabel('Address', { exact: true }).fill('hv1');
    await page.getByText('Basic sends the password in the clear').waitFor();
    await keepBoth('connections-hyperv-refused');

    await page.getByLabel('WinRM through').selectOption('https');
    await page.getByLabel('Address', { exact: true }).fill(new URL(vc.url).host); // any server that shows a certificate
    await page.getByLabel('SMB port').fill('445');
    await page.getByLabel('Folders of the host').fill('D:\\Hyper-V = /mnt/hyper-v');
    await button('Connect').click();
    await page.getByRole('region', { name: 'Certificate to compare' }).waitFor();
    expect(await shownFingerprint()).toBe(vc.fingerprint);
    await button('Do not trust it').click();
    await page.getByText('vSphere', { exact: true }).click();
    expect(await page.getByLabel('WinRM through').count()).toBe(0);
    await button('Cancel').click();
  });

  test('both stand in one table', async () => {
    const table = page.getByRole('table', { name: 'Connections' }).or(page.getByRole('grid', { name: 'Connections' }));
    const words = async (): Promise<string> => await table.innerText(); // its rows come after its head

    await expect.poll(words).toMatch(/vc1[^]*VMware vCenter Server 8[^]*Works/);
    expect(await words()).toMatch(/west[^]*Cloud: OpenStack/);
    await keepBoth('connections');
  });

  test('a certificate that has changed stops a test, and is compared before it is trusted', async () => {
    const before = vc.fingerprint;
    await vc.rotateCertificate();
    await page.getByRole('link', { name: 'vc1' }).click();
    await button('Test').click();

    const dialog = page.getByRole('dialog');
    await dialog.getByText('net.certificate-changed', { exact: true }).waitFor();
    await keepBoth('connections-changed');
    await dialog.getByRole('button', { name: 'Replace certificate' }).click();
    await dialog.getByText('Another certificate than the one that is trusted').waitFor();
    expect(await dialog.innerText()).toContain(before);
    const shown = await shownFingerprint();
    expect(shown).not.toBe(before);
    await keepBoth('connections-replace');
    await dialog.getByRole('button', { name: 'Trust this certificate' }).click();

    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('Signed in, and everything is there').waitFor();
    await expect.poll(async () => await fact('Certificate')).toBe(shown);
  });

  test('a password is given anew, and tried at once', async () => {
    await button('Give the password anew').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Password', { exact: true }).fill('a wrong one');
    await button('Keep and test').click();
    await dialog.getByText('vsphere.login-refused', { exact: true }).waitFor();
    await keepBoth('connections-secret');
    await dialog.getByLabel('Password', { exact: true }).fill(vc.password);
    await button('Keep and test').click();

    await dialog.waitFor({ state: 'hidden' });
    expect(await page.getByText('Signed in, and everything is there').count()).toBe(1);
  });

  test('who goes elsewhere while it signs in is told, and stays there', async () => {
    vc.faults.add({ where: 'soap', kind: 'delay', match: 'Login', delayMs: 1500 });
    await page.getByRole('link', { name: 'Connections' }).first().click();
    await button('Add source').click();
    await fillSource(page, { ...sourceOf(vc), name: 'vc2' });
    await button('Connect').click();
    await trustCertificate(page, vc.fingerprint);
    await page.getByRole('link', { name: 'Reports' }).click();

    await page.getByText('“vc2” is connected.').waitFor();
    expect(await page.evaluate(() => location.hash)).toBe('#/reports');
    await page.getByRole('link', { name: 'Connections' }).first().click();
    await page.getByRole('link', { name: 'vc1' }).click();
  });

  test('what is removed says before what stays', async () => {
    await button('Remove').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('In vSphere nothing changes: every machine stays as it is.').waitFor();
    await keepBoth('connections-remove');
    await dialog.getByRole('button', { name: 'Remove source' }).click();

    await page.getByRole('link', { name: 'west' }).waitFor();
    await expect.poll(async () => await page.getByRole('link', { name: 'vc1' }).count()).toBe(0);
  });
});
