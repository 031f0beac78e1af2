/** The fleet in the window: how workers join, what they are at, and how one is drained, given work again and forgotten. */
import { writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rabbitmqPeer, type RabbitmqPeer } from '../interop/rabbitmq-peer.ts';
import { Daemon } from '../support/daemon.ts';
import { scratch } from '../support/disks.ts';
import { guts } from '../support/guts.ts';
import { until } from '../support/until.ts';
import { WorkerProcess } from '../support/worker.ts';
import { openBrowser, type OpenBrowser } from './browser.ts';
import { prefer, visit } from './look.ts';
import { proveFace } from './pictures.ts';

const folder = scratch();
const passphraseFile = folder.file('passphrase');
const joinKeyFile = folder.file('join.key');
const workers: WorkerProcess[] = [];
let rabbit: RabbitmqPeer;
let daemon: Daemon;
let open: OpenBrowser;
let page: Page;

async function startWorker(name: string): Promise<WorkerProcess> {
  const { amqp: broker, passwordFile: brokerPasswordFile } = rabbit;
  const dataDir = folder.file(name);
  const flags = ['--tags', 'rack1'];
  const worker = await WorkerProcess.start({
    name,
    dataDir,
    passphraseFile,
    broker,
    brokerPasswordFile,
    joinKeyFile,
    flags,
  });
  workers.push(worker);
  return worker;
}

const row = (name: string) => page.getByRole('row').filter({ hasText: name });

async function choose(node: string, deed: string): Promise<void> {
  await row(node)
    .getByRole('button', { name: new RegExp(node) })
    .click();
  await page.getByRole('menuitem', { name: deed }).click();
}

beforeAll(async () => {
  writeFileSync(passphraseFile, 'a passphrase for tests\n', { mode: 0o600 });
  rabbit = await rabbitmqPeer();
  const dataDir = folder.file('daemon');
  const flags = ['--node', 'desk', '--broker', rabbit.amqp, '--broker-password-file', rabbit.passwordFile];
  daemon = await Daemon.start({ dataDir, passphraseFile, flags });
  process.env['GUTS_VAULT_PASSPHRASE_FILE'] = passphraseFile;
  process.env['GUTS_VAULT'] = 'file';
  const key = await guts(dataDir, 'node', 'key', '-o', joinKeyFile);
  if (key.code !== 0) throw new Error(key.stderr);
  open = await openBrowser(`${daemon.url}/`);
  page = open.page;
  await page.getByLabel('Token').fill(daemon.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Health' }).waitFor();
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  for (const worker of workers) await worker[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  await rabbit[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

test('says how workers join, as long as there is none', async () => {
  await page.getByRole('link', { name: 'Health' }).click();
  await page.getByRole('tab', { name: 'Fleet' }).click();

  await page.getByText('Migrations run on this machine alone').waitFor();
  await row('desk').getByText('Here', { exact: true }).waitFor();
  await proveFace(page, 'fleet-none');
});

test('shows workers as they come, drains one and gives it work again', async () => {
  const [, w2] = await Promise.all(['w1', 'w2'].map(startWorker));
  await row('w1').getByText('Up', { exact: true }).waitFor();
  await row('w2').getByText('0 of 2').waitFor();
  expect(await page.getByText('Migrations run on this machine alone').count()).toBe(0);
  await w2?.kill();

  await choose('w1', 'Drain the node');
  await page.getByRole('dialog').getByText('It is given nothing new.').waitFor();
  await proveFace(page, 'fleet-drain');
  await page.getByRole('dialog').getByRole('button', { name: 'Drain the node' }).click();
  await row('w1').getByText('Drained', { exact: true }).waitFor();
  await proveFace(page, 'fleet-full');

  await choose('w1', 'Give it work again');
  await page.getByRole('dialog').getByRole('button', { name: 'Give it work again' }).click();
  await row('w1').getByText('Up', { exact: true }).waitFor();
});

test('forgets one that is down', async () => {
  await row('w2').getByText('Down').waitFor({ timeout: 120_000 });
  await choose('w2', 'Forget the node');
  await page.getByRole('dialog').getByText('its queue at the broker').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Forget the node' }).click();

  await row('w2').waitFor({ state: 'detached' });
  const { nodes } = await until(
    async () => await daemon.client.call('nodes.list', {}),
    ({ nodes: all }) => all.every(({ id }) => id !== 'w2'),
  );
  expect(nodes.map(({ id }) => id).sort()).toEqual(['desk', 'w1']);
});

test('speaks German', async () => {
  await prefer(page, { theme: 'auto', language: 'de' });
  await visit(page, { path: '/health/fleet' });
  await page.getByRole('tab', { name: 'Flotte' }).waitFor();
  await row('w1').getByText('Läuft').waitFor();
  await proveFace(page, 'fleet-german');
});
