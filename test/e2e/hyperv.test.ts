/** A Hyper-V host is added in the window by the mouse, and its machines are looked at, over real WinRM. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHyperv, type Hyperv } from '../lab/hyperv/hyperv.ts';
import { startVcenter } from '../lab/vcenter/vcenter.ts';
import { scratch } from '../support/disks.ts';
import { openApp, type OpenApp } from './app.ts';
import { fillSource, sourceOf, trustCertificate } from './main-story.ts';
import { proveFace } from './pictures.ts';

const folder = scratch();
let host: Hyperv;
let open: OpenApp;
let page: Page;

beforeAll(async () => {
  [host, open] = await Promise.all([startHyperv(), openApp()]);
  page = open.page;
  await page.locator('[data-engine]').waitFor();
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const field = (name: string) => page.getByLabel(name, { exact: true });
const heading = async (name: string): Promise<void> =>
  await page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
/** What a list of facts says, by its labels. */
const facts = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    await page
      .locator('dl > div')
      .evaluateAll((all) =>
        all.map((one) => [one.querySelector('dt')?.textContent ?? '', one.querySelector('dd')?.textContent ?? '']),
      ),
  );

async function fill(name: string, address: string, password: string): Promise<void> {
  await page.getByRole('link', { name: 'Connections' }).first().click();
  await button('Add source').first().click();
  await page.getByText('Hyper-V', { exact: true }).click();
  await field('Name').fill(name);
  await field('Address').fill(address);
  await field('User').fill(host.user);
  await field('Password').fill(password);
}

describe('a Hyper-V host', () => {
  test('is signed in to without TLS, sealed by NTLM; a wrong password is said with the form still filled', async () => {
    await fill('hv1', host.httpUrl, `not-${host.password}`);
    await page.getByText('How disks are reached').click();
    await page.getByLabel('Folders of the host').fill(`D:\\Hyper-V = ${folder.dir}`);
    await button('Connect').click();

    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('hyperv.login-refused');
    await expect.poll(async () => await field('Password').evaluate((one) => one === document.activeElement)).toBe(true);
    await field('Password').fill(host.password);
    await button('Connect').click();

    await heading('hv1');
    await page.getByText(/^Read in/).waitFor(); // by itself
    expect(await page.getByText('Signed in, and everything is there').count()).toBe(1);
    expect(await facts()).toMatchObject({
      Address: host.httpUrl,
      'Signs in by': 'NTLM',
      'How disks are reached': `Through SMB on port 445, encrypted; D:\\Hyper-V is ${folder.dir}`,
      Certificate: 'None: sealed by NTLM',
      Product: expect.stringContaining('Microsoft Hyper-V'),
    });
    await proveFace(page, 'hyperv-source');
  });

  test('shows its machines in the inventory, and what only they have on their pages', async () => {
    await page.getByRole('link', { name: 'Inventory' }).first().click();
    await page.getByText('hv-shop-01').first().dblclick();

    await heading('hv-shop-01');
    expect(await facts()).toMatchObject({
      Generation: '2',
      'Dynamic memory': expect.stringContaining('512 MiB to 4 GiB'),
      'Kind of checkpoints': 'Production',
      'Secure Boot template': 'MicrosoftUEFICertificateAuthority',
      'Host name': 'shop-01.example.test',
    });
    await page.getByRole('columnheader', { name: 'Virtual switch' }).waitFor();
    await page.getByText('LAN (VLAN 100)').waitFor();
    await page.getByRole('heading', { name: 'Checkpoints' }).waitFor();
    await proveFace(page, 'hyperv-machine');
  });

  test('is signed in to over HTTPS by Basic, after its certificate was compared', async () => {
    await fill('hv2', host.httpsUrl, host.password);
    await field('Signs in by').selectOption('basic');
    await button('Connect').click();
    await trustCertificate(page, host.fingerprint);

    await heading('hv2');
    expect(await facts()).toMatchObject({ 'Signs in by': 'Basic', Certificate: host.fingerprint });
    await page.getByRole('link', { name: 'Connections' }).first().click();
    const table = page.getByRole('table', { name: 'Connections' }).or(page.getByRole('grid', { name: 'Connections' }));
    await expect.poll(async () => await table.innerText()).toMatch(/hv1[^]*Source: Hyper-V[^]*hv2[^]*Source: Hyper-V/);
    await proveFace(page, 'hyperv-connections');
  });

  test('beside a vCenter, each machine says which hypervisor it comes from', async () => {
    await using vcenter = await startVcenter();
    await button('Add source').click();
    await fillSource(page, { ...sourceOf(vcenter), name: 'vc1' });
    await button('Connect').click();
    await trustCertificate(page, vcenter.fingerprint);
    await heading('vc1');
    await page.getByText(/^Read in/).waitFor();

    await page.getByRole('link', { name: 'Inventory' }).first().click();
    await page.getByRole('columnheader', { name: 'Hypervisor' }).waitFor();
    await page.getByLabel('Filter “Virtual machines”').fill('hypervisor:hyper-v source:hv1');
    await page.locator('[data-count]', { hasText: /^4 of / }).waitFor();
    await proveFace(page, 'hyperv-inventory');
  });
});
