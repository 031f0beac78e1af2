/** The main story between the built-in simulators: from the first start of the window to the report of a machine that was moved. */
import { expect, test } from 'vitest';
import { openApp } from './app.ts';
import { cloudOf, sourceOf, tellMainStory } from './main-story.ts';
import { proveFace } from './pictures.ts';
import { startTwoSides } from './two-sides.ts';

test('somebody who starts Guts for the first time moves a machine and reads its report', async () => {
  await using sides = await startTwoSides();
  await using open = await openApp();

  await tellMainStory(open.page, {
    source: sourceOf(sides.vc),
    cloud: cloudOf(sides.cloud),
    vm: 'files-01',
    network: 'lan',
    look: async (name) => await proveFace(open.page, `main-${name}`),
  });

  const [server] = sides.cloud.state().servers;
  expect(server).toMatchObject({ name: 'files-01', status: 'ACTIVE', metadata: { guts_source_vm: 'files-01' } });
  expect(sides.vc.state().leases.filter(({ state }) => state === 'ready')).toEqual([]);
  expect(open.said.filter((line) => line.includes('Content Security Policy'))).toEqual([]);
});
