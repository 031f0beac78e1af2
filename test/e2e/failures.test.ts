/**
 * What goes wrong on the way, in the window: each failure says what, why and what to do, and its button leads to the good end.
 * Quitting while disks are copied is in desktop.test.ts, pausing, cancelling and a quota that ends during a copy in migrations.test.ts.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import * as path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { journalPath } from '../../worker/engine/journal-file.ts';
import type { ApiClient } from '../../main/shared/client/client.ts';
import { MigrationId } from '../../main/shared/migration.ts';
import type { ScheduledMigration } from '../../main/shared/schedule.ts';
import type { NovaServer } from '../lab/openstack/start.ts';
import { until } from '../support/until.ts';
import { newHome, openApp, type AppHome, type OpenApp } from './app.ts';
import {
  beginAtWelcome,
  cloudOf,
  connectCloud,
  discover,
  fillSource,
  goTo,
  mapMove,
  openStarted,
  pickMachine,
  press,
  reviewPlan,
  seeItDone,
  sourceOf,
  trustCertificate,
  type,
} from './main-story.ts';
import { proveFace } from './pictures.ts';
import { clientOf, copySlowly, limit, startMove, startTwoSides, type TwoSides } from './two-sides.ts';

let sides: TwoSides;
let home: AppHome;
let open: OpenApp;
let page: Page;
let client: ApiClient;

beforeAll(async () => {
  home = newHome();
  [sides, open] = await Promise.all([startTwoSides({ failsToBuild }), openApp({ home })]);
  ({ page } = open);
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await sides[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

/** No host of the cloud has room for the largest of its flavors. */
const failsToBuild = ({ flavor }: NovaServer): string | null =>
  flavor.name === 'm1.xlarge' ? 'No valid host was found. There are not enough hosts available.' : null;

/** The card of what is wrong with the migration that is shown. */
const trouble = (): Locator => page.getByRole('main').getByRole('alert');

/** Its words change as more becomes known. */
const saysOfTrouble = async (words: RegExp): Promise<void> =>
  await expect.poll(async () => await trouble().innerText()).toMatch(words);

async function show(id: MigrationId): Promise<void> {
  await page.evaluate((path) => void (location.hash = path), `/migrations/${id}`);
}

async function reaches(id: MigrationId, isThere: (one: ScheduledMigration) => boolean): Promise<ScheduledMigration> {
  return await until(async () => await client.call('migrations.show', { id }), isThere);
}

async function seeDone(id: MigrationId): Promise<void> {
  await page.getByRole('region', { name: 'What became of it' }).waitFor();
  const one = await reaches(id, ({ isRunning }) => !isRunning); // the outcome is there a moment before its end
  expect(one).toMatchObject({ stage: 'done', error: null, ledger: [] });
  expect(await trouble().count()).toBe(0);
}

/** So that something of it is there, and something is not. */
const isMidCopy = ({ stage, progress }: ScheduledMigration): boolean =>
  stage === 'copying' && progress.some(({ doneBytes }) => doneBytes > 0);

describe('a wrong password', () => {
  test('is said where it was typed, and the right one connects', async () => {
    const source = sourceOf(sides.vc);
    await beginAtWelcome(page);
    await fillSource(page, { ...source, password: 'not the one' });
    await press(page, 'Connect');
    await trustCertificate(page, source.fingerprint);

    const alert = page.getByRole('alert');
    await alert.getByText('vsphere.login-refused', { exact: true }).waitFor();
    expect(await alert.innerText()).toMatch(
      /does not let “administrator@vsphere\.local” sign in with this password\.\s+What to do: Check the user’s name and password/,
    );
    await proveFace(page, 'failure-password');
    await type(page, 'Password', source.password);
    await press(page, 'Connect'); // the certificate was compared already

    await page.getByRole('heading', { name: source.name, exact: true, level: 1 }).waitFor();
    await discover(page, source.name);
    await goTo(page, 'Connections');
    await press(page, 'Add cloud');
    await connectCloud(page, cloudOf(sides.cloud));
    client = clientOf(home);
  });

  test('that somebody has changed at the source stops a move, whose page takes the new one', async () => {
    sides.vc.faults.add({ where: 'soap', kind: 'fault', match: '^Login$', faultType: 'InvalidLogin', count: -1 });
    sides.vc.expireSessions();
    const id = await startMove(client, 'files-01', 'after-password');
    await show(id);

    await trouble().getByText('vsphere.login-refused', { exact: true }).waitFor();
    await saysOfTrouble(
      /^files-01 (failed at “Checking”|has failed)\s[^]*does not let[^]*What to do: Check the user’s name/,
    );
    await proveFace(page, 'failure-password-changed');
    await trouble().getByRole('button', { name: 'Give the password anew' }).click();
    const dialog = page.getByRole('dialog', { name: 'Password of “vc1”' });
    sides.vc.faults.clear();
    await dialog.getByLabel('Password', { exact: true }).pressSequentially(sides.vc.password);
    await dialog.getByRole('button', { name: 'Keep and test' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await trouble().getByRole('button', { name: 'Retry files-01' }).click();

    await seeDone(id);
  });
});

describe('another certificate than the one that was trusted', () => {
  test('stops a move before anything is sent; compared and trusted from its page, it goes on', async () => {
    await sides.vc.rotateCertificate();
    const id = await startMove(client, 'files-01', 'after-certificate');
    await show(id);

    await trouble().getByText('net.certificate-changed', { exact: true }).waitFor();
    await saysOfTrouble(
      /^files-01 (failed at “Checking”|has failed)\s[^]*shows another certificate than the one that was trusted[^]*What to do: Ask the server’s administrator/,
    );
    await proveFace(page, 'failure-certificate');
    await trouble().getByRole('button', { name: 'Replace certificate' }).click();
    const dialog = page.getByRole('dialog', { name: 'Certificate of “vc1”' });
    await dialog.getByText('Another certificate than the one that is trusted').waitFor();
    await type(page, 'Fingerprint that you were told (optional)', sides.vc.fingerprint);
    await dialog.getByText('The same: this is the server that you mean').waitFor();
    await dialog.getByRole('button', { name: 'Trust this certificate' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await trouble().getByRole('button', { name: 'Retry files-01' }).click();

    await seeDone(id);
  });
});

describe('a quota that is used up', () => {
  test('blocks a plan in its check; once it is raised the plan is checked again, and moves', async () => {
    const { quotas } = sides.cloud;
    const { instances } = quotas;
    quotas.instances = sides.cloud.state().servers.length;
    await pickMachine(page, 'ledger-01');
    await mapMove(page, { vm: 'ledger-01', network: 'lan' });
    await press(page, 'Check 1 VM');

    const found = page.getByRole('article').filter({ hasText: /quota/i });
    await found.getByText('Blocks').waitFor();
    expect(await found.innerText()).toMatch(/1 VM: [^]*What to do:/);
    await proveFace(page, 'failure-quota');
    await found.getByRole('button', { name: 'Go to “Destination”' }).click();
    await page.getByText('1 too few').waitFor();
    await proveFace(page, 'failure-quota-destination');
    quotas.instances = instances;
    await press(page, 'Ask the cloud anew');
    await page.getByText('1 too few').waitFor({ state: 'hidden' });
    await page
      .getByRole('navigation', { name: 'Steps of the plan' })
      .getByRole('button', { name: /^Check/ })
      .click();
    await press(page, 'Check 1 VM again');
    await found.waitFor({ state: 'hidden' });
    await reviewPlan(page);
    await press(page, 'Save and start');

    await seeItDone(page, 'ledger-01');
  });
});

describe('a flavor that no host of the cloud has room for', () => {
  test('fails a move; planned anew from its page with another flavor, the machine moves; a draft that is there is offered first', async () => {
    await page.evaluate(() => void (location.hash = '/plans/new'));
    await page.getByRole('heading', { name: 'Machines', exact: true, level: 2 }).waitFor();
    await type(page, 'Name of the plan', 'half written');
    const id = await startMove(client, 'files-01', 'after-no-host', 'm1.xlarge');
    await show(id);
    await trouble().getByText('openstack.server-failed', { exact: true }).waitFor();
    await saysOfTrouble(/The machine at the source (was started again at \d|was not stopped)/);
    await proveFace(page, 'failure-no-host');

    await trouble().getByRole('button', { name: 'Plan it anew with other settings' }).click();
    await page.getByText('half written').waitFor();
    await page.getByRole('button', { name: 'Discard the draft and begin anew' }).click();
    await page.getByRole('heading', { name: 'Mapping', exact: true, level: 2 }).waitFor();
    await proveFace(page, 'wizard-again');
    await page
      .getByRole('grid', { name: 'Servers' })
      .getByRole('gridcell', { name: 'files-01', exact: true })
      .dblclick();
    const dialog = page.getByRole('dialog', { name: 'Settings of files-01' });
    const flavor = dialog.getByLabel('Flavor', { exact: true });
    await expect.poll(async () => await flavor.inputValue()).toBe('m1.xlarge');
    await flavor.selectOption({ label: 'The smallest that fits' });
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page
      .getByRole('navigation', { name: 'Steps of the plan' })
      .getByRole('button', { name: /^Check/ })
      .click();
    await press(page, 'Check 1 VM');
    await page.getByRole('button', { name: 'Check 1 VM again' }).waitFor();
    await reviewPlan(page);
    await press(page, 'Save and start');

    await page.getByRole('heading', { name: 'files-01 again', exact: true, level: 1 }).waitFor();
    await openStarted(page, 'files-01');
    const again = MigrationId.parse(/mig_[0-9a-z]+/.exec(page.url())?.[0]);
    await seeDone(again);
    expect((await client.call('migrations.show', { id: again })).request.options).toMatchObject({
      targetName: 'after-no-host',
      flavor: null,
      keepMac: false,
    });
  });

  test('leaves a plan whose editor says that all its machines have a migration, and leads there', async () => {
    const { plans } = await client.call('plans.list', {});
    const { id = '' } = plans.find(({ name }) => name === 'files-01 again') ?? {};
    await page.evaluate((path) => void (location.hash = path), `/plans/${id}/edit`);
    const step = page.getByRole('navigation', { name: 'Steps of the plan' }).getByRole('button', { name: /^Review/ });
    await step.click();

    await page.getByText('The VM of this plan has a migration already').waitFor();
    await step.getByText('nothing to do').waitFor();
    await proveFace(page, 'wizard-all-moved');
    await page.getByRole('list', { name: 'Their migrations' }).getByRole('link', { name: 'files-01' }).click();
    await page.getByRole('region', { name: 'What became of it' }).waitFor();
  });
});

describe('a network that is lost while disks are copied', () => {
  test('and comes back needs nobody', async () => {
    await copySlowly(client, true);
    const id = await startMove(client, 'files-01', 'after-outage');
    await reaches(id, isMidCopy);
    await show(id);

    sides.vc.outage(1);
    sides.cloud.outage(1);
    await copySlowly(client, false);

    await seeDone(id);
    const { stages } = await client.call('migrations.show', { id });
    expect(stages.map(({ stage }) => stage)).not.toContain('waiting');
  });

  test('and stays away leaves the move waiting, in words, with a button that goes on at once', async () => {
    await copySlowly(client, true);
    const id = await startMove(client, 'ledger-01', 'after-long-outage');
    await reaches(id, isMidCopy);
    await show(id);
    await copySlowly(client, false);
    sides.vc.outage(100_000);

    await trouble()
      .getByText(/^net\./)
      .waitFor();
    await saysOfTrouble(/^ledger-01 waits; it stood at “Copying”\s[^]*What to do: Check/);
    await page.getByText(/Guts tries again by itself\. Next look at \d/).waitFor();
    await proveFace(page, 'failure-network');
    sides.vc.outage(0);
    await trouble().getByRole('button', { name: 'Resume ledger-01' }).click();

    await seeDone(id);
  });
});

describe('an upload that is cut off', () => {
  test('is begun anew, and page and report of the machine say of which disk, and why', async () => {
    sides.cloud.faults.add({ where: 'image', kind: 'cut', match: '^PUT .*/file', afterBytes: 100_000, count: 1 });
    const id = await startMove(client, 'files-01', 'after-cut');
    await show(id);

    await seeDone(id);
    const sentAnew = page.getByText(/Sent anew: .*(connection|cut|broke)/i);
    await sentAnew.waitFor();
    await proveFace(page, 'migration-sent-anew');
    await page.evaluate((path) => void (location.hash = path), `/reports/${id}`);
    await page.getByRole('heading', { name: 'files-01' }).first().waitFor();
    await sentAnew.waitFor();
    await sentAnew.scrollIntoViewIfNeeded();
    await proveFace(page, 'report-sent-anew');
  });
});

describe('a crash of the whole program', () => {
  test('while disks are copied: the next start goes on by itself, and copies no disk again that was whole', async () => {
    await limit(client, 384 * 1024);
    const id = await startMove(client, 'ledger-01', 'after-crash');
    const { disks: whole } = await reaches(id, ({ stage, disks }) => stage === 'copying' && disks.length === 1);
    await copySlowly(client, true); // the other one is not whole before the next start is looked at
    const child = open.app.process();
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;

    open = await openApp({ home });
    ({ page } = open);
    await page.locator('[data-engine]').waitFor();
    client = clientOf(home);
    await show(id);
    await reaches(id, isMidCopy);
    await proveFace(page, 'failure-crash');
    await copySlowly(client, false);

    await seeDone(id);
    const { disks } = await client.call('migrations.show', { id });
    expect(disks.filter(({ key }) => key === whole[0]?.key)).toEqual(whole);
  });

  test('whose journal is lost, too, leaves things that the health page finds, and removes when it is told to', async () => {
    const { images } = sides.cloud.state();
    await copySlowly(client, true);
    const id = await startMove(client, 'files-01', 'after-loss');
    await reaches(id, isMidCopy);
    const child = open.app.process();
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    rmSync(journalPath(path.join(home.dataDir, 'migrations'), id));
    open = await openApp({ home });
    ({ page } = open);
    await page.locator('[data-engine]').waitFor();
    await goTo(page, 'Health');
    const leftovers = page.getByRole('region', { name: 'Left over on either side' });

    await leftovers.getByRole('button', { name: 'Look for what is left over' }).click();
    const image = leftovers.getByRole('listitem').filter({ hasText: `image guts-${id}` });
    await image.waitFor();
    expect(await image.innerText()).toMatch(/Left over[^]*at os1[^]*another machine may be at work on it\. If none is/);
    expect(await image.innerText()).not.toContain('--unknown');
    await leftovers.getByRole('button', { name: 'Remove what is left over' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove what is left over' });
    await dialog.getByRole('button', { name: 'Remove 0 things that are left over' }).waitFor();
    await dialog.getByLabel(/^Also \d things? that no migration of this Guts made/).check();
    await proveFace(page, 'leftovers');
    await dialog.getByRole('button', { name: /^Remove [1-9]\d* things? that (is|are) left over$/ }).click();
    await dialog.waitFor({ state: 'hidden' });

    await image.getByText('Removed').waitFor();
    expect(sides.cloud.state().images).toEqual(images);
    await leftovers.getByRole('button', { name: 'Look again' }).click();
    await leftovers.getByText('Nothing is left over.').waitFor();
  });
});
