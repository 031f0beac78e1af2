/** Knowing before moving, in the window: an RVTools file is dropped, a plan is rehearsed, the way is looked at. */
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../../main/shared/client/client.ts';
import { defaultNetworks } from '../lab/openstack/default-world.ts';
import { CloudClient } from '../support/cloud-client.ts';
import { rvtoolsSheets, type MadeEstate, type MadeMachine } from '../support/rvtools.ts';
import { workbookBytes } from '../support/workbook.ts';
import { openApp, type OpenApp } from './app.ts';
import { downloaded } from './downloads.ts';
import { proveFace } from './pictures.ts';
import { clientOf, setUpSides, startTwoSides, type TwoSides } from './two-sides.ts';

let sides: TwoSides;
let open: OpenApp;
let page: Page;
let client: ApiClient;

beforeAll(async () => {
  [sides, open] = await Promise.all([startTwoSides({ quotas: { cores: 1 }, networks }), openApp()]);
  page = open.page;
  await page.locator('[data-engine]').waitFor();
  client = clientOf(open.home);
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await sides[Symbol.asyncDispose]();
});

/** One of them is shared by another project. */
const networks = defaultNetworks.map((one) => (one.isShared === true ? { ...one, ownedBy: 'other' } : one));
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const goTo = async (place: string): Promise<void> => await page.evaluate((to) => void (location.hash = to), place);

const web: MadeMachine = {
  name: 'web-01',
  number: 1,
  cpus: 4,
  memoryMib: 8192,
  os: 'Ubuntu Linux (64-bit)',
  disks: [{ gib: 40, thin: true }],
  nics: [{ network: 'Prod', mac: '00:50:56:aa:00:01', ips: ['192.0.2.10'] }],
};
const estate: MadeEstate = {
  machines: [
    web,
    {
      name: 'san-01',
      number: 2,
      os: 'Red Hat Enterprise Linux 8 (64-bit)',
      disks: [{ gib: 100, raw: 'physicalMode' }],
      nics: [{ network: 'Prod', mac: '00:50:56:aa:00:02' }],
    },
  ],
  networks: [{ name: 'Prod', vlan: '120', kind: 'distributed' }],
};

test('an RVTools file alone becomes an assessment: what can move, what cannot and why, and what it takes', async () => {
  await goTo('/welcome');
  await page.getByRole('region', { name: 'Only look first' }).getByRole('button').click();
  await page.getByText('Nothing was assessed yet').waitFor();
  await proveFace(page, 'assessments-empty');

  await assess('export.xlsx', estate);
  const rules = page.getByRole('table', { name: 'What was found' });
  expect(await rules.getByRole('row').filter({ hasText: 'DSK-04' }).innerText()).toContain('Blocks');
  const machines = page.getByRole('grid', { name: 'VMs one by one' });
  expect(await machines.getByRole('row').filter({ hasText: 'san-01' }).innerText()).toContain('Not ready');
  await page.getByRole('heading', { name: 'Flavors' }).waitFor();
  await page.getByText('1 of 2 VMs can move', { exact: true }).waitFor();
  await page.getByText('2 VMs: 1 moves (1 ready), 1 does not yet (1 by DSK-04).', { exact: true }).waitFor();
  const proviso = await page.getByText(/^None could be judged by/).innerText();
  expect(proviso).toMatch(/DSK-15, DEV-02a and DEV-03, which block: RVTools has no column for encrypted machines/);
  const sums = page.getByRole('table', { name: 'How the VMs add up' });
  expect(await sums.getByRole('row').filter({ hasText: '= judged' }).innerText()).toMatch(/2\s+140 GiB/);
  const missing = page.getByRole('table', { name: 'What is not told' }).getByRole('row');
  expect(await missing.filter({ hasText: 'encrypted' }).innerText()).toContain('Not held for it: DSK-15 (Blocks)');
  expect(await missing.filter({ hasText: 'encrypted' }).count(), 'is said once').toBe(1);
  await proveFace(page, 'assessment');

  await goTo('/assessments');
  await page.getByRole('link', { name: 'export.xlsx' }).waitFor();
  await proveFace(page, 'assessments');
});

async function assess(name: string, of: MadeEstate): Promise<void> {
  const buffer = workbookBytes(rvtoolsSheets(of, '4.7'));
  const mimeType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  await page.locator('input[type=file]').setInputFiles({ name, mimeType, buffer });
  await page.getByText(`1 file: ${name}`).waitFor();
  await button('Assess').click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
}

test('waves have the names of their VMs and how long those are off, and smaller ones are had where one is far too large', async () => {
  const machines = Array.from({ length: 54 }, (_, at): MadeMachine => ({
    name: `node-${at}`,
    number: at + 1,
    disks: [{ gib: 40 }],
    nics: [],
  }));
  await assess('nodes.xlsx', { machines });
  const waves = page.getByRole('region', { name: 'Waves' });
  const told =
    'Wave 2 has 49 of the 54 VMs that move. For smaller waves, assess again with “VMs in one wave, at most” at 15.';
  await waves.getByText(told).waitFor();
  await waves.getByText(/^Off are VMs that run, .* \(assumed: 5 %/).waitFor();
  const second = waves.getByRole('table', { name: 'VMs of each wave' }).getByRole('row').last();
  expect(await second.innerText()).not.toContain('node-53');
  await second.getByRole('button', { name: 'Show all 49 VMs of wave 2' }).click();
  expect(await second.innerText()).toContain('node-53');
  await waves.scrollIntoViewIfNeeded();
  await proveFace(page, 'assessment-waves');

  await goTo('/assessments');
  await page.getByLabel('VMs in one wave, at most').fill('15');
  await assess('nodes.xlsx', { machines });
  await waves.getByRole('table', { name: 'Waves', exact: true }).getByRole('row', { name: /^5 / }).waitFor();
  expect(await waves.getByText(/For smaller waves/).count()).toBe(0);
  await goTo('/assessments');
});

test('the data centre is saved without names, and it is said what is still in it', async () => {
  await page.getByRole('link', { name: 'export.xlsx' }).click();
  await button('Save anonymised…').click();
  const dialog = page.getByRole('dialog', { name: 'Save without names' });
  await dialog.getByText('Still in it').waitFor();
  await proveFace(page, 'assessment-anonymous');

  const saved = await downloaded(open.app, path.join(open.home.dataDir, 'anonymous.json'), async () => {
    await dialog.getByRole('button', { name: 'Save the file' }).click();
  });
  expect(saved.name).toBe('guts-estate-anonymous.json');
  expect(saved.bytes.toString('utf8')).not.toMatch(/web-01|san-01|Prod|192\.0\.2|export\.xlsx/);

  await goTo('/assessments');
  const { name, bytes: buffer } = saved;
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/json', buffer });
  await button('Assess').click();
  await page.getByRole('heading', { name }).waitFor();
  const machines = page.getByRole('grid', { name: 'VMs one by one' });
  // The one with the raw device, whatever it is called now.
  expect(await machines.getByRole('row').filter({ hasText: 'Not ready' }).innerText()).not.toContain('san-01');
  await goTo('/assessments');
});

test('two assessments are compared: what came, what went, what has changed, and all of it as a report', async () => {
  const fresh: MadeMachine = { ...web, name: 'mail-01', number: 3, nics: [] };
  const grown: MadeMachine = { ...web, cpus: 8, disks: [{ gib: 40, raw: 'physicalMode' }] };
  await assess('later.xlsx', { ...estate, machines: [grown, fresh] });
  await button('Compare with…').click();
  const dialog = page.getByRole('dialog', { name: 'Compare with another assessment' });
  const before = await dialog.getByRole('option', { name: /^export/ }).getAttribute('value');
  await dialog.getByLabel('Assessment').selectOption(before);
  await proveFace(page, 'assessment-compare-with');
  await dialog.getByRole('button', { name: 'Compare' }).click();

  await page.getByRole('heading', { name: 'later.xlsx since export.xlsx' }).waitFor();
  const machines = page.getByRole('grid', { name: 'VMs that came, went or changed' });
  const rowOf = async (name: string): Promise<string> =>
    await machines.getByRole('row').filter({ hasText: name }).innerText();
  expect(await rowOf('mail-01')).toContain('Came');
  expect(await rowOf('san-01')).toContain('Went');
  expect(await rowOf('web-01')).toContain('vCPU 4 → 8');
  const sums = page.getByRole('table', { name: 'Sums before and now' });
  expect(await sums.getByRole('row').filter({ hasText: 'vCPU' }).innerText()).toContain('+');
  await proveFace(page, 'assessments-compared');

  const report = await downloaded(open.app, path.join(open.home.dataDir, 'compared.html'), async () => {
    await button('Save HTML').click();
  });
  expect(report.bytes.toString('utf8')).toContain('1 added, 1 gone, 1 changed, 0 as they were');

  await goTo('/assessments');
  for (const name of ['later.xlsx', 'export.xlsx'])
    await page.getByRole('checkbox', { name: `Select ${name}` }).click();
  await button('Compare 2 assessments').click();
  await page.getByRole('heading', { name: 'later.xlsx since export.xlsx' }).waitFor();
});

test('what is no export is refused with what to do', async () => {
  await goTo('/assessments');
  const buffer = Buffer.from('no export at all');
  await page.locator('input[type=file]').setInputFiles({ name: 'letter.xlsx', mimeType: 'text/plain', buffer });
  await button('Assess').click();

  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await alert.innerText()).toContain('letter.xlsx');
});

test('how ready a VM is can be read whole in its row, and a flavor tells of no disk that it does not have', async () => {
  await assess('old.xlsx', { ...estate, machines: [{ ...web, os: 'Ubuntu Linux 18.04 (64-bit)' }] });

  const chip = page.getByRole('grid', { name: 'VMs one by one' }).getByText('Ready with conditions');
  const room = await chip.evaluate((span) => [
    span.clientWidth - span.scrollWidth,
    span.querySelector('svg')?.clientWidth,
  ]);
  expect(room).toEqual([0, 14]);
  await proveFace(page, 'assessment-conditions');
  const flavors = page.getByRole('table', { name: 'Flavors' });
  expect(await flavors.getByRole('row').filter({ hasText: 'guts.4c.8g' }).innerText()).not.toContain('disk');
});

test('a plan is rehearsed: what is missing in the cloud is told, with a request for it', async () => {
  await setUpSides(client, sides);
  const plan = await client.call('plans.create', {
    name: 'spring',
    source: 'vc1',
    destination: 'os1',
    options: { networks: [{ from: null, to: 'lan', ip: 'auto' }], keepMac: false },
    machines: [{ vm: 'ledger-01' }, { vm: 'shop-01', wave: 2 }],
  });
  await goTo(`/plans/${plan.id}`);
  await button('Rehearse').click();

  await page.getByText('No go: this would fail on the way').waitFor();
  const quotas = page.getByRole('table', { name: 'Quotas of the project' });
  expect(await quotas.getByRole('row').filter({ hasText: 'vCPU' }).innerText()).toContain('too few');
  expect(await page.getByRole('region', { name: 'What is missing' }).innerText()).toContain('cores');
  await proveFace(page, 'rehearsal');

  await page.getByLabel('Wave').selectOption({ label: 'Wave 1' });
  await page.getByText('1 VM was rehearsed. Nothing was made.').waitFor();
  expect(sides.cloud.state()).toMatchObject({ servers: [], ports: [], images: [] });
});

test('waves of a plan get a name and times, are proposed, and machines go from one to another', async () => {
  const { id } = await client.call('plans.show', { plan: 'spring' });
  await goTo(`/plans/${id}`);
  const waves = page.getByRole('table', { name: 'Waves', exact: true });
  await button('Change wave 2').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name of the wave').fill('databases');
  await dialog.getByLabel('Only start within a window of time').check();
  await dialog.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Berlin');
  await proveFace(page, 'plan-wave');
  await dialog.getByRole('button', { name: 'Save wave' }).click();
  const named = waves.getByRole('row').filter({ hasText: 'Wave 2 (databases)' });
  await named.getByText('of its own: Mon, Tue, Wed, Thu, Fri from 22:00 for 6 h (Europe/Berlin)').waitFor();

  await button('Propose waves').click();
  await dialog.getByLabel('VMs of the pilot').fill('0');
  await dialog.getByRole('table', { name: 'Proposed waves' }).getByText('shop-01, ledger-01').waitFor();
  await proveFace(page, 'plan-waves-proposed');
  await dialog.getByRole('button', { name: 'Take this wave' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('checkbox', { name: 'Select ledger-01', exact: true }).click();
  await button('Put 1 VM into another wave').click();
  await dialog.getByLabel('Wave', { exact: true }).selectOption({ label: 'A new wave 3' });
  await dialog.getByRole('button', { name: 'Put 1 VM into wave 3' }).click();
  await dialog.waitFor({ state: 'detached' });
  await waves.getByRole('row').filter({ hasText: 'Wave 3' }).waitFor();
  await proveFace(page, 'plan-waves');

  const plan = await client.call('plans.show', { plan: 'spring' });
  expect(plan.machines.map(({ vm, wave }) => [vm.name, wave])).toEqual([
    ['ledger-01', 3],
    ['shop-01', 1],
  ]);
  const window = { opens: '0 22 * * 1-5', minutes: 360, timeZone: 'Europe/Berlin' };
  expect(plan.waves).toEqual([{ number: 2, name: 'databases', window, notBefore: null }]);
});

test('what Guts can do about a finding is a button beside it, and the machine is checked anew', async () => {
  const { plans } = await client.call('plans.list', {});
  const options = { networks: [{ from: null, to: 'lan', ip: 'auto' as const }] };
  const wish = { source: 'vc1', destination: 'os1', vm: 'ledger-01', options };
  const [planned] = (await client.call('checks.run', wish)).plan?.ports ?? [];
  await takeMac(planned?.networkId ?? '', planned?.mac ?? '');
  const [plan] = plans;
  await client.call('plans.change', { plan: plan?.id ?? '', options, machines: [{ vm: 'ledger-01' }] });
  // The editor begins with the plan as the window has heard of it last.
  await page.getByRole('gridcell', { name: 'shop-01', exact: true }).waitFor({ state: 'detached' });

  await goTo(`/plans/${plan?.id}/edit`);
  const steps = page.getByRole('navigation', { name: 'Steps of the plan' });
  await steps.getByRole('button', { name: /^Check/ }).click();
  await button('Check 1 VM').click();
  const finding = page.getByRole('article').filter({ hasText: 'NET-07' });
  await finding.waitFor();
  await proveFace(page, 'wizard-check-fix');
  await finding.getByRole('button', { name: /^Guts can: / }).click();
  await button('Check 1 VM').click();

  await button('Check 1 VM again').waitFor();
  expect(await finding.count()).toBe(0);
  const held = page.getByRole('region', { name: 'Rules held against 1 VM' });
  expect(await held.getByText(/^\d+ rules were held and found nothing$/).count()).toBe(1);
  expect(await held.getByRole('table').count(), 'is shown on request').toBe(0);
  await held.getByRole('button', { name: 'Show which, and why' }).click();
  const unheld = held.getByRole('table', { name: 'Rules that could not be held' }).getByRole('row');
  await unheld.filter({ hasText: 'OST-14' }).filter({ hasText: 'There is no key pair of this name.' }).waitFor();
  expect(await unheld.filter({ hasText: 'OST-14' }).innerText()).toContain('you named none');
  await unheld.last().scrollIntoViewIfNeeded();
  await proveFace(page, 'wizard-check-held');
});

test('what ports would drop stands beside each network, and port security is turned off there by one button', async () => {
  const steps = page.getByRole('navigation', { name: 'Steps of the plan' });
  await steps.getByRole('button', { name: /^Mapping/ }).click();
  const ports = page.getByRole('region', { name: 'What ports for “VM Network” drop' });
  await ports.getByText(/things? may be dropped$/).waitFor();
  await ports.getByRole('button', { name: 'Show what ports drop' }).click();
  const forged = ports.getByRole('listitem').filter({ hasText: 'forged transmits' });
  expect(await forged.innerText()).toContain('The port drops what comes from another MAC or address.');
  await forged.scrollIntoViewIfNeeded();
  await proveFace(page, 'wizard-ports');

  const network = page.getByLabel('Network of the cloud for “VM Network”');
  await network.selectOption('servers-120');
  await ports.getByText(/^“servers-120” belongs to another project\..* may neither turn port security off/).waitFor();
  await forged.getByRole('button', { name: 'Turn port security off for the VM on “VM Network”' }).click();
  await ports.getByText('The cloud may refuse this').waitFor();
  await proveFace(page, 'wizard-ports-of-others');
  await network.selectOption('lan');
  await ports.getByText('Port security off', { exact: true }).waitFor();
  expect(await ports.getByText('The cloud may refuse this').count()).toBe(0);
  expect(await ports.getByText('forged transmits').count(), 'nothing is dropped any more').toBe(0);
  const mayBe = ports.getByRole('checkbox', { name: 'Ports for “VM Network” without port security' });
  expect(await mayBe.isChecked()).toBe(true);

  await steps.getByRole('button', { name: /^Review/ }).click();
  await page.getByText(/^On “lan”, 1 VM gets ports without port security/).waitFor();
  await button('Save plan').click();
  await page.getByRole('heading', { name: 'spring', exact: true }).waitFor();
  const { options } = await client.call('plans.show', { plan: 'spring' });
  expect(options.networks).toContainEqual({ from: 'VM Network', to: 'lan', ip: 'auto', portSecurity: false });
});

/** Somebody else’s port has it. */
async function takeMac(networkId: string, mac: string): Promise<void> {
  const { authUrl, certificate, users } = sides.cloud;
  const [user] = users;
  if (user === undefined) throw new Error('the lab has changed');
  const { name, password, defaultProject: project } = user;
  const asSomebody = await CloudClient.signIn({ authUrl, ca: certificate, user: name, password, project });
  const port = { name: 'a port of our own', network_id: networkId, mac_address: mac };
  await asSomebody.ask('network', 'POST', '/v2.0/ports', { body: { port } });
}

test('the way from here to both sides is looked at, and each way of reading measured', async () => {
  await goTo('/health');
  const card = page.getByRole('region', { name: 'Path doctor' });
  await card.getByLabel('VM to read from').fill('ledger-01');
  await card.getByRole('button', { name: 'Look at the way' }).click();

  await card.getByRole('table', { name: 'Ways of reading' }).waitFor();
  expect(await card.getByText(/^Best way: /).count()).toBe(1);
  await proveFace(page, 'health-doctor');
});
