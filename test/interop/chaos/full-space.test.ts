/** The conversion space of a worker fills up in the middle of a copy that holds back what cannot be sent yet. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MiB, scratch } from '../../support/disks.ts';
import { fill, NO_ROOM } from './faults.ts';
import { everythingHolds } from './invariants.ts';
import { Scene } from './scene.ts';

const folder = scratch();
let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open({ folder: folder.dir, machines: 1, large: 1, lostAfterSeconds: 15, state: 'files' });
});
afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

test('the disk is sent anew without holding anything back; nothing half-written stays, and the journal tells why', async () => {
  const { fleet, estate } = scene;
  estate.vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 6 * MiB, delayMs: 8000 });
  const ids = await scene.begin(1, true);
  const node = await scene.copiesLarge();
  if (node === null) throw new Error('nothing was copied');

  const filler = `${node}-space/filler`;
  const empty = fill(fleet.file(node, filler));
  await scene.finish(ids);

  const [record] = await scene.records(ids);
  expect(record?.disks).toMatchObject([
    { setbacks: [{ error: { code: 'destination.full', message: expect.stringMatching(NO_ROOM) } }] },
  ]);
  expect(readdirSync(fleet.file(node, `${node}-space`))).toEqual(['filler']);
  empty();
  await everythingHolds(scene, ids, 'a full conversion space');
});
