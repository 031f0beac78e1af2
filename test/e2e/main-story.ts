/** The main story in the window, step by step and with the mouse, between whatever two sides there are: from the first start to the report. */
import type { Page } from 'playwright-core';
import type { OpenstackLab } from '../lab/openstack/start.ts';
import type { Vcenter } from '../lab/vcenter/vcenter.ts';
import { keepPicture } from './app.ts';

export interface StorySource {
  readonly name: string;
  readonly url: string;
  readonly userName: string;
  readonly password: string;
  /** As its administrator tells it. */
  readonly fingerprint: string;
}

export interface StoryCloud {
  readonly name: string;
  readonly authUrl: string;
  /** Null where its address is not encrypted. */
  readonly fingerprint: string | null;
  readonly signIn:
    | { readonly method: 'applicationCredential'; readonly id: string }
    | {
        readonly method: 'password';
        readonly userName: string;
        readonly userDomain: string;
        readonly project: string;
        readonly projectDomain: string;
      };
  readonly secret: string;
}

export interface Story {
  readonly source: StorySource;
  readonly cloud: StoryCloud;
  readonly vm: string;
  /** Where its network cards go; the cloud chooses their addresses. */
  readonly network: string;
  /** What its guest says on the console when it is up; any login prompt without it. */
  readonly consoleMarker?: string;
  /** Looks at a face that the story has come to. */
  readonly look?: (name: string) => Promise<void>;
}

export const sourceOf = ({ url, user, password, fingerprint }: Vcenter): StorySource => ({
  name: 'vc1',
  url,
  userName: user,
  password,
  fingerprint,
});

export const cloudOf = ({ authUrl, fingerprint, applicationCredential: { id, secret } }: OpenstackLab): StoryCloud => ({
  name: 'os1',
  authUrl,
  fingerprint,
  signIn: { method: 'applicationCredential', id },
  secret,
});

/**
 * From a Guts that knows nothing to the report of a machine that was moved, which is what the window shows in the end.
 * Where it does not come to that, there is a picture of where it stopped.
 */
export async function tellMainStory(page: Page, story: Story): Promise<void> {
  try {
    await tell(page, story);
  } catch (error) {
    await keepPicture(page, 'main-story-stopped');
    throw error;
  }
}

async function tell(page: Page, story: Story): Promise<void> {
  const { look = async () => {}, source, cloud } = story;
  await beginAtWelcome(page, look);
  await connectSource(page, source, look);
  await discover(page, source.name);
  await look('discovered');
  await goTo(page, 'Connections');
  await press(page, 'Add cloud');
  await connectCloud(page, cloud, look);
  await pickMachine(page, story.vm);
  await planMove(page, story, look);
  await press(page, 'Save and start');
  await seeItDone(page, story.vm, look);
  await press(page, 'Show the report');
  await page.getByText('Everything was proved').waitFor();
  await look('report');
}

type Look = (name: string) => Promise<void>;

/** What somebody sees who starts Guts for the first time, and the first of its three doors. */
export async function beginAtWelcome(page: Page, look: Look = async () => {}): Promise<void> {
  await page.getByRole('heading', { name: 'Move virtual machines to OpenStack' }).waitFor();
  await look('welcome');
  await page.getByRole('region', { name: 'Connect a source' }).getByRole('button', { name: 'Add source' }).click();
}

/** The form is open; afterwards the page of the source is. */
export async function connectSource(page: Page, source: StorySource, look: Look = async () => {}): Promise<void> {
  await fillSource(page, source);
  await press(page, 'Connect');
  await trustCertificate(page, source.fingerprint, look);
  await page.getByRole('heading', { name: source.name, exact: true, level: 1 }).waitFor();
}

export async function fillSource(page: Page, { name, url, userName, password }: StorySource): Promise<void> {
  await page.getByRole('form', { name: 'Add source' }).waitFor();
  await type(page, 'Name', name);
  await type(page, 'Address', url);
  await type(page, 'User', userName);
  await type(page, 'Password', password);
}

/** The form is open; afterwards the page of the cloud is. */
export async function connectCloud(page: Page, cloud: StoryCloud, look: Look = async () => {}): Promise<void> {
  await page.getByRole('form', { name: 'Add cloud' }).waitFor();
  await type(page, 'Name', cloud.name);
  await type(page, 'Address of Keystone (auth URL)', cloud.authUrl);
  await page.getByLabel('Signs in by').selectOption(cloud.signIn.method);
  if (cloud.signIn.method === 'password') {
    await type(page, 'User (name or id)', cloud.signIn.userName);
    await type(page, 'Domain of the user', cloud.signIn.userDomain);
    await type(page, 'Project (name or id)', cloud.signIn.project);
    await type(page, 'Domain of the project', cloud.signIn.projectDomain);
    await type(page, 'Password', cloud.secret);
  } else {
    await type(page, 'Id of the application credential', cloud.signIn.id);
    await type(page, 'Secret of the application credential', cloud.secret);
  }
  await press(page, 'Connect');
  if (cloud.fingerprint !== null) await trustCertificate(page, cloud.fingerprint, look);
  await page.getByRole('heading', { name: cloud.name, exact: true, level: 1 }).waitFor();
}

/** Compares what is shown with what somebody was told. */
export async function trustCertificate(page: Page, told: string, look: Look = async () => {}): Promise<void> {
  const card = page.getByRole('region', { name: 'Certificate to compare' });
  await card.waitFor();
  await type(page, 'Fingerprint that you were told (optional)', told);
  await card.getByText('The same: this is the server that you mean').waitFor();
  await look('certificate');
  await press(page, 'It is the right one: trust it');
}

/** Reads the inventory of the source whose page is open. */
export async function discover(page: Page, source: string): Promise<void> {
  await press(page, 'Refresh inventory');
  const dialog = page.getByRole('dialog', { name: `Inventory of “${source}”` });
  await dialog.getByText(/^Read in/).waitFor();
  await dialog.getByText('Close', { exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
}

/** From the inventory into the plan's editor. */
export async function pickMachine(page: Page, vm: string): Promise<void> {
  await goTo(page, 'Inventory');
  await type(page, 'Filter “Virtual machines”', vm);
  await page.getByRole('checkbox', { name: `Select ${vm}`, exact: true }).click();
  await press(page, 'Move 1 VM');
}

/** All six steps of the editor, up to what only has to be started. */
export async function planMove(page: Page, story: Planned, look: Look = async () => {}): Promise<void> {
  await mapMove(page, story, look);
  await press(page, 'Check 1 VM');
  await page.getByRole('button', { name: 'Check 1 VM again' }).waitFor();
  await look('check');
  await reviewPlan(page);
  await look('review');
}

/** From the fifth step to the last, with the warnings accepted that there are. */
export async function reviewPlan(page: Page): Promise<void> {
  for (const warning of await page.getByRole('checkbox', { name: /^Accept / }).all())
    if (await warning.isEnabled()) await warning.check();
  await nextStep(page, 'Review');
  await page.getByRole('heading', { name: 'What will happen' }).waitFor();
}

type Planned = Pick<Story, 'vm' | 'network' | 'consoleMarker'>;

/** The first four steps; the fifth, which checks, is open afterwards. */
export async function mapMove(
  page: Page,
  { vm, network, consoleMarker }: Planned,
  look: Look = async () => {},
): Promise<void> {
  await atStep(page, 'Machines');
  await page.getByText('1 VM in the plan: 1 in wave 1.').waitFor();
  await type(page, 'Name of the plan', `Move ${vm}`);
  await look('machines');

  await nextStep(page, 'Destination');
  await page.getByRole('table', { name: 'Quotas of the project' }).waitFor();
  await look('destination');

  await nextStep(page, 'Mapping');
  const networks = page.getByRole('combobox', { name: /^Network of the cloud for/ });
  await networks.first().waitFor();
  for (const one of await networks.all()) await one.selectOption(network);
  for (const one of await page.getByRole('combobox', { name: /^Addresses on/ }).all()) await one.selectOption('auto');
  await look('mapping');

  await nextStep(page, 'Options');
  if (consoleMarker !== undefined) await type(page, 'Text on the console', consoleMarker);
  await look('options');
  await nextStep(page, 'Check');
}

/** From the page of the plan to that of the migration, until it is done. */
export async function seeItDone(page: Page, vm: string, look: Look = async () => {}): Promise<void> {
  await page.getByRole('heading', { name: `Move ${vm}`, exact: true, level: 1 }).waitFor();
  await openStarted(page, vm);
  await look('running');
  await page.getByRole('button', { name: 'Show the report' }).waitFor({ timeout: MOVE_PATIENCE_MS });
  await page.getByRole('region', { name: 'What became of it' }).waitFor();
  await look('done');
}

/** From the page of a plan to that of one of its migrations. The plan is shown before it is started: until then nothing opens. */
export async function openStarted(page: Page, vm: string): Promise<void> {
  const cell = page.getByRole('gridcell', { name: vm, exact: true });
  await page.getByRole('row').filter({ has: cell, hasNotText: 'Not started' }).waitFor();
  await cell.dblclick();
  await page.getByRole('heading', { name: vm, exact: true, level: 1 }).waitFor();
}

/** An emulated guest needs minutes to start on a busy computer. */
const MOVE_PATIENCE_MS = 300_000;

export async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click();
}

export async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).first().click();
}

/** Into a field that the mouse has chosen, key by key, in place of what stands there. */
export async function type(page: Page, label: string, text: string): Promise<void> {
  const required = page.getByLabel(`${label} *`, { exact: true });
  const field = page.getByLabel(label, { exact: true }).or(required);
  await field.click({ clickCount: 3 });
  await field.pressSequentially(text);
}

async function nextStep(page: Page, step: string): Promise<void> {
  await page.getByRole('button', { name: `Next: ${step}` }).click();
  await atStep(page, step);
}

const atStep = async (page: Page, step: string): Promise<void> =>
  await page.getByRole('heading', { name: step, exact: true, level: 2 }).waitFor();
