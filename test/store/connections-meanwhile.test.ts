/** What happens to a connection while its server is still answering somebody. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RealWorld } from '../scheduler/real-world.ts';

const system = { kind: 'system' } as const;

test.each(['sources.test', 'sources.refresh'] as const)(
  '%s that is slow takes back nothing that was changed meanwhile, and brings nothing back',
  async (name) => {
    await using world = await RealWorld.make(1);
    world.vcenter.faults.add({ where: 'soap', kind: 'delay', match: 'Login', delayMs: 700 });
    const changing = world.ask(name, { source: 'lab' });
    await world.hasMet(world.vcenter.faults);
    await world.ask('sources.trust', { source: 'lab', trust: system });
    await changing;
    const { source } = await world.ask('sources.show', { source: 'lab' });
    expect(source).toMatchObject({ trust: system, about: { kind: 'vcenter' } });
  },
);

test.each(['sources.test', 'sources.refresh'] as const)(
  '%s that is slow does not bring a deleted source back',
  async (name) => {
    await using world = await RealWorld.make(1);
    world.vcenter.faults.add({ where: 'soap', kind: 'delay', match: 'Login', delayMs: 700 });
    const asking = world.ask(name, { source: 'lab' });
    await world.hasMet(world.vcenter.faults);
    await world.ask('sources.delete', { source: 'lab' });
    await asking;

    expect(await world.ask('sources.list', {})).toEqual({ sources: [] });
    expect(readdirSync(`${world.dataDir}/inventory`)).toEqual([]);
  },
);

test('destinations.test that is slow takes back nothing that was changed meanwhile', async () => {
  await using world = await RealWorld.make(1);
  world.cloud.faults.add({ where: 'identity', kind: 'delay', match: 'POST .*/auth/tokens', delayMs: 700 });
  const asking = world.ask('destinations.test', { destination: 'cloud' });
  await world.hasMet(world.cloud.faults);
  await world.ask('destinations.trust', { destination: 'cloud', trust: system });
  await asking;

  const { destination } = await world.ask('destinations.show', { destination: 'cloud' });
  expect(destination).toMatchObject({ trust: system, about: { project: { name: expect.any(String) } } });
});

test('an inventory that several read at the same time is read once', async () => {
  await using world = await RealWorld.make(2);
  world.vcenter.faults.add({ where: 'soap', kind: 'delay', match: 'Login', count: -1, delayMs: 200 });

  const results = await Promise.all(Array.from({ length: 4 }, () => world.ask('sources.refresh', { source: 'lab' })));

  expect(results.map(({ vms }) => vms)).toEqual([2, 2, 2, 2]);
  expect(world.vcenter.faults.rules.map(({ met }) => met)).toEqual([1]);
  expect(readdirSync(`${world.dataDir}/inventory`)).toHaveLength(1);
  expect((await world.ask('sources.refresh', { source: 'lab' })).vms).toBe(2);
});
