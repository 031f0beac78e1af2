/** A plan is given to another daemon: what waits goes at once, what runs goes on there, and each is one side’s alone, always. */
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { limit, setUpSides } from '../e2e/two-sides.ts';
import { startVcenter } from '../lab/vcenter/vcenter.ts';
import { startGuts } from '../support/guts.ts';
import { until } from '../support/until.ts';
import { doneAt, leftovers, openWorld, over, ownerOf, peerBy, plannedOf, startedPlan } from './world.ts';

const MiB = 2 ** 20;

test('what runs is paused, goes on there, and copies nothing twice that was copied whole', async () => {
  await using world = await openWorld();
  const { desk, rack } = world;
  await desk.client.call('settings.change', {
    slots: { global: 1, perSource: 4, perHost: 4, perDatastore: 4, perDestination: 4 },
  });
  await limit(desk.client, MiB);
  const ids = await startedPlan(desk, ['large', 'one', 'two']);
  const large = ids.get('large') ?? ('' as never);
  const before = await until(
    async () => await desk.client.call('migrations.show', { id: large }),
    ({ disks, stage }) => disks.length === 1 && stage === 'copying',
  );
  await limit(desk.client, MiB / 8); // the other one takes minutes, if it is not given

  const look = await desk.client.call('handovers.look', { plan: 'spring', peer: peerBy(world), direction: 'give' });
  expect(look.obstacles).toEqual([]);
  // Whichever of them is planned first is first; a small one may be over by now.
  const stays = new Set(look.stays.map(({ id: one, says }) => (says === 'It is over.' ? one : says)));
  expect(look.goes.map((one) => one.id).toSorted()).toEqual(
    [...ids.values()].filter((one) => !stays.has(one)).toSorted(),
  );
  const goes = look.goes.map((one) => one.id);
  expect(goes).toContain(large);
  const { id } = await desk.client.call('handovers.give', { plan: 'spring', peer: peerBy(world) });
  const { parts } = await over(world, id);

  for (const one of goes) {
    expect(await ownerOf(world, one), JSON.stringify(parts)).toEqual(['rack']);
    expect(await desk.find(one)).toMatchObject({ stage: 'given', isQueued: false, given: { to: { name: 'rack' } } });
  }
  for (const one of goes) expect((await doneAt(rack, one)).error).toBeNull();
  const after = await rack.client.call('migrations.show', { id: large });
  expect(after.disks[0]).toEqual(before.disks[0]);
  expect(await leftovers(world)).toEqual({ found: [], servers: ['large', 'one', 'two'] });
  await expect(desk.client.call('plans.start', { plan: 'spring' })).rejects.toMatchObject({ code: 'plan.given' });
  expect((await rack.client.call('plans.show', { plan: 'spring' })).machines).toHaveLength(goes.length);
  for (const side of [desk, rack]) {
    const kept = readFileSync(path.join(side.files.dataDir, 'handovers.json'), 'utf8');
    expect(kept + side.log).not.toContain(rack.token);
  }
});

test('what it has made by then is left alone by the one that gave it', async () => {
  await using world = await openWorld();
  const { desk, rack } = world;
  await limit(desk.client, MiB);
  const large = (await startedPlan(desk, ['large'])).get('large') ?? ('' as never);
  const before = await until(
    async () => await desk.client.call('migrations.show', { id: large }),
    ({ disks }) => disks.length === 1,
  );
  await rack.client.call('settings.change', { isPaused: true });
  const { id } = await desk.client.call('handovers.give', { plan: 'spring', peer: peerBy(world) });
  await over(world, id);

  const { leftovers: left } = await desk.client.call('tidy.run', { remove: true, alsoUnknown: true });

  expect(left.map(({ item }) => item.kind)).toContain('image');
  for (const one of left)
    expect(one).toMatchObject({ migration: large, state: 'inUse', says: expect.stringContaining('is at “rack”') });
  await rack.client.call('settings.change', { isPaused: false });
  const after = await doneAt(rack, large);
  expect(after.error).toBeNull();
  expect(after.disks[0]).toEqual(before.disks[0]);
});

test('by commands: said beforehand, given, and taken back', async () => {
  await using world = await openWorld({ crowd: 2 });
  const { desk, rack, way } = world;
  for (const side of [desk, rack]) await side.client.call('settings.change', { isPaused: true });
  await startedPlan(desk, ['one', 'two']);
  writeFileSync(world.file('rack-token'), `${rack.token}\n`, { mode: 0o600 });
  const guts = async (...words: string[]) =>
    await startGuts(desk.files.dataDir, 'plan', ...words, '--peer-token-file', world.file('rack-token')).outcome;

  const there = new URL(way.url).host;
  const dry = await guts('give', 'spring', '--to', way.url, '--dry-run');
  expect(dry).toMatchObject({ code: 0 });
  expect(dry.stdout).toMatch(/one +goes: At once\.\n +two +goes/);
  const plain = await guts('give', 'spring', '--to', 'http://guts.example.net:7000');
  expect(plain).toMatchObject({ code: 2, stderr: expect.stringContaining('http:// is for this computer alone') });
  expect(await guts('give', 'spring', '--to', way.url)).toMatchObject({
    code: 0,
    stdout: `“spring” is given to ${there}, with 2 migrations.\n`,
  });
  const listed = await startGuts(desk.files.dataDir, 'plan', 'list').outcome;
  expect(listed.stdout).toContain(`given to ${there}`);
  const again = await guts('give', 'spring', '--to', way.url, '--json');
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('plan.given') });
  expect(await guts('take', 'spring', '--from', way.url)).toMatchObject({
    code: 0,
    stdout: `“spring” is taken from ${there}, with 2 migrations.\n`,
  });
  expect((await desk.client.call('plans.show', { plan: 'spring' })).given).toBeUndefined();

  await startedPlan(desk, { 'm-0': 1, 'm-1': 2 }, 'autumn');
  const wave = await guts('give', 'autumn', '--to', way.url, '--wave', '2', '--dry-run');
  expect(wave.stdout).toBe('  m-1  goes: At once. It starts there once wave 1 is over.\n');
  expect(await guts('give', 'autumn', '--to', way.url, '--wave', '2')).toMatchObject({
    code: 0,
    stdout: `Wave 2 of “autumn” is given to ${there}, with 1 migration.\n`,
  });
  const shown = await startGuts(desk.files.dataDir, 'plan', 'show', 'autumn').outcome;
  expect(shown.stdout).toMatch(/2 +127\.0\.0\.1:\d+ \(.+\) +not over/);
  expect(await guts('take', 'autumn', '--from', way.url, '--wave', '7')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has no machines in wave 7'),
  });
  expect(await guts('take', 'autumn', '--from', way.url, '--wave', '2')).toMatchObject({
    code: 0,
    stdout: `Wave 2 of “autumn” is taken from ${there}, with 1 migration.\n`,
  });
  expect((await desk.client.call('plans.show', { plan: 'autumn' })).elsewhere).toBeUndefined();
});

describe('is refused before anything has changed', () => {
  test('where the other side lacks a connection; with consent it goes along, with its password', async () => {
    await using world = await openWorld({ hasSides: false });
    const { desk, rack } = world;
    await desk.client.call('settings.change', { isPaused: true });
    const ids = await startedPlan(desk, ['one']);
    const wish = { plan: 'spring', peer: peerBy(world) };

    const look = await desk.client.call('handovers.look', { ...wish, direction: 'give' });
    expect(look.obstacles).toMatchObject([{ code: 'handover.no-connection' }]);
    writeFileSync(world.file('rack-token'), `${rack.token}\n`, { mode: 0o600 });
    const dryRun = async (...more: string[]) =>
      await startGuts(desk.files.dataDir, 'plan', 'give', 'spring', '--to', world.way.url, '--dry-run', '--peer-token-file', world.file('rack-token'), ...more).outcome; // prettier-ignore
    expect(await dryRun()).toMatchObject({ code: 1, stderr: expect.stringContaining('--with-secrets') });
    const sent = '“vc1” is missing there, and is sent along with its password.\n“os1” is missing there,';
    expect(await dryRun('--with-secrets')).toMatchObject({ code: 0, stdout: expect.stringContaining(sent) });
    await expect(desk.client.call('handovers.give', wish)).rejects.toMatchObject({ code: 'handover.no-connection' });
    expect((await rack.client.call('handovers.list', {})).handovers).toEqual([]);
    expect((await desk.client.call('handovers.list', {})).handovers).toEqual([]);

    const { id } = await desk.client.call('handovers.give', { ...wish, withSecrets: true });
    await over(world, id);
    for (const one of ids.values()) expect((await doneAt(rack, one)).error).toBeNull();
    const said = readFileSync(path.join(rack.files.dataDir, 'audit.jsonl'), 'utf8') + rack.log + desk.log;
    expect(said).not.toContain(world.vc.password);
    expect(said).not.toContain(world.cloud.applicationCredential.secret);
  });

  test('where it has another plan of that name; no password was sent, though it lacks a connection', async () => {
    await using world = await openWorld({ hasSides: false });
    const { desk, rack, cloud } = world;
    await using vc = await startVcenter();
    await setUpSides(rack.client, { vc, cloud } as never);
    await plannedOf(rack, [vc.state().machines[0]?.name ?? '']);
    await desk.client.call('settings.change', { isPaused: true });
    await startedPlan(desk, ['one']);
    const before = await rack.client.call('sources.list', {});
    const wish = { plan: 'spring', peer: peerBy(world), withSecrets: true };

    const look = await desk.client.call('handovers.look', { ...wish, direction: 'give' });
    expect(look).toMatchObject({ obstacles: [{ code: 'handover.name-taken' }], sends: [] });
    await expect(desk.client.call('handovers.give', wish)).rejects.toMatchObject({ code: 'handover.name-taken' });
    expect(await rack.client.call('sources.list', {})).toEqual(before);
  });
});
