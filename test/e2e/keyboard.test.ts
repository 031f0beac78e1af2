/** The whole way with the keyboard alone: from the first start to a machine that runs in the cloud and the report of it. */
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp, type OpenApp } from './app.ts';
import { connectByKeys, moveByKeys, planByKeys } from './keyboard-story.ts';
import { startTwoSides, type TwoSides } from './two-sides.ts';

let sides: TwoSides;
let open: OpenApp;

beforeAll(async () => {
  [sides, open] = await Promise.all([startTwoSides(), openApp()]);
  await open.page.locator('[data-engine]').waitFor();
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await sides[Symbol.asyncDispose]();
});

test('both sides are connected from the first screen on', async () => {
  await connectByKeys(open.page, sides);

  expect(await open.page.getByRole('heading', { name: 'west', exact: true }).count()).toBeGreaterThan(0);
});

test('a machine is chosen in the inventory, and planned step by step', async () => {
  await planByKeys(open.page);

  expect(sides.cloud.state().servers).toEqual([]);
});

test('it is started, watched, and its report is saved', async () => {
  const { name, bytes } = await moveByKeys(open.app, open.page, path.join(open.home.profile, 'report'));

  expect(name).toBe('guts-report-files-01.html');
  expect(bytes.toString('utf8')).toContain('files-01');
  expect(sides.cloud.state().servers.map((one) => [one.name, one.status])).toEqual([['files-01', 'ACTIVE']]);
});
