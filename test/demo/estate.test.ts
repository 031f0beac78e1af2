/** What the window's demo explores, without its window: the branch office's Hyper-V host beside the vCenter, and a move from it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEMO_DESTINATION_NAME, DEMO_HOST_NAME, setUpDemo } from '../../main/demo-set-up.ts';
import { DemoWorld } from '../../main/demo-world.ts';
import { Daemon } from '../support/daemon.ts';
import { scratch } from '../support/disks.ts';
import { until } from '../support/until.ts';

const temp = scratch();
let world: DemoWorld;
let daemon: Daemon;
beforeAll(async () => {
  mkdirSync(temp.file('data'));
  writeFileSync(temp.file('passphrase'), 'of a demo\n', { mode: 0o600 });
  world = await DemoWorld.start({ uploads: temp.file('uploads') });
  daemon = await Daemon.start({ dataDir: temp.file('data'), passphraseFile: temp.file('passphrase') });
  const { url, token } = daemon;
  const signed = async (request: Request): Promise<Response> =>
    await fetch(request.url.replace('http://localhost', url), {
      method: request.method,
      headers: [...request.headers, ['authorization', `Bearer ${token}`]],
      body: request.method === 'GET' ? null : await request.text(),
    });
  await setUpDemo(signed, world.facts, AbortSignal.timeout(170_000));
});
afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
  temp[Symbol.dispose]();
});

const at = { source: DEMO_HOST_NAME, destination: DEMO_DESTINATION_NAME };

test('ten machines of a Hyper-V host are there, of either generation, in any state', async () => {
  const { instances } = await daemon.client.call('instances.list', { limit: 1000 });
  const found = instances.filter(({ hyperv }) => hyperv !== undefined);

  expect(found).toHaveLength(10);
  expect(new Set(found.map(({ hyperv }) => hyperv?.generation))).toEqual(new Set([1, 2]));
  expect(new Set(found.map(({ power }) => power))).toEqual(new Set(['on', 'off', 'suspended']));
  expect(found.flatMap(({ name, snapshots }) => (snapshots.length > 0 ? [name] : []))).toEqual(['ham-build-01']);
  expect(instances).toHaveLength(210);
});

test.each(['ham-time-01', 'ham-door-01', 'ham-build-01', 'ham-camera-01'])('%s moves to its end', async (vm) => {
  const { request } = await daemon.client.call('migrations.create', { ...at, vm, start: true });

  const { stage, error, outcome } = await until(
    async () => await daemon.client.call('migrations.show', { id: request.id }),
    (shown) => shown.stage === 'done' || shown.waitsFor?.reason === 'trouble' || shown.error !== null,
  );

  expect(error).toBeNull();
  expect(stage).toBe('done');
  expect(outcome?.boot.verdict).toBe('running');
});

test.each([
  ['ham-store-01', 'DSK-06'],
  ['ham-kiosk-01', 'VM-07'],
  ['ham-ledger-01', 'HV-01'],
])('%s is refused before anything happens, by %s', async (vm, id) => {
  const { findings } = await daemon.client.call('checks.run', { ...at, vm });

  expect(findings.map((finding) => finding.id)).toContain(id);
});
