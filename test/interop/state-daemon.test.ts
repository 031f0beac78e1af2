/** `guts serve --state` on PostgreSQL and MariaDB: whole migrations, and what happens when daemon or database die in the middle. */
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HandoverId } from '../../main/shared/handover.ts';
import { makeCertificate, type Certificate } from '../lab/certificate.ts';
import { guts } from '../support/guts.ts';
import type { Daemon } from '../support/daemon.ts';
import { SharedWorld } from '../support/shared-world.ts';
import { until } from '../support/until.ts';
import { PASSWORD, statePeers, type StatePeer } from './state-peers.ts';

describe.each(Object.entries(statePeers))('a daemon with its state in %s', (_name, start) => {
  let peer: StatePeer;
  let count = 0;
  beforeAll(async () => {
    peer = await start();
  });
  afterAll(async () => await peer[Symbol.asyncDispose]());

  async function flagsFor(world: SharedWorld): Promise<string[]> {
    const { url } = await peer.database(`daemon${++count}`);
    writeFileSync(world.file('password'), `${PASSWORD}\n`, { mode: 0o600 });
    return ['--state', url, '--state-password-file', world.file('password')];
  }

  /** Over TLS, to a server whose certificate that authority signed. */
  async function trusting({ pem }: Pick<Certificate, 'pem'>, world: SharedWorld): Promise<string[]> {
    writeFileSync(world.file('authority.pem'), pem);
    const flags = (await flagsFor(world)).map((word) => word.replace('@127.0.0.1:', '@localhost:')); // as its certificate
    return [...flags, '--state-ca-file', world.file('authority.pem')];
  }

  test('does not start where another authority vouches for the database', async () => {
    await using world = await SharedWorld.make(1);
    const another = await makeCertificate('localhost');

    await expect(world.serve('one', await trusting(another, world))).rejects.toThrow(/state\.untrusted/);
  });

  test('moves machines as with files, and is there again in another data folder with nothing but secrets', async () => {
    await using world = await SharedWorld.make(3);
    const flags = await trusting(peer.certificate, world);
    const daemon = await world.serve('one', flags);
    await world.setUp(daemon);
    const ids = [await world.create(daemon, 'vm-0'), await world.create(daemon, 'vm-1')];
    await world.whenOver(daemon);
    expect(await world.complaints(daemon, ids)).toEqual([]);
    const told = await world.all(daemon);
    expect(await daemon.stop()).toBe(0);

    const other = await world.serve('other', flags);
    await world.giveSecrets(other);

    expect(await world.all(other)).toEqual(told);
    const third = await world.create(other, 'vm-2');
    await world.whenOver(other);
    expect(await world.complaints(other, [...ids, third])).toEqual([]);
    // Where no daemon runs, nobody takes the copies for the state.
    const refused = await guts(world.file('one'), 'list');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('state.elsewhere')]);
  });

  test('is given the plan of a desktop with its migrations, and gives it back', async () => {
    await using world = await SharedWorld.make(2);
    const rack = await world.serve('one', await flagsFor(world));
    const desk = await world.serve('desk', []);
    for (const side of [rack, desk]) {
      await world.setUp(side);
      await side.client.call('settings.change', { isPaused: true });
    }
    const options = { networks: [{ from: null, to: 'lan', ip: 'auto' as const }], keepMac: false, mayPullPlug: true, bootTimeoutSeconds: 0 }; // prettier-ignore
    const machines = ['vm-0', 'vm-1'].map((vm) => ({ vm }));
    await desk.client.call('plans.create', { name: 'spring', source: 'from', destination: 'to', options, machines });
    const { plan } = await desk.client.call('plans.start', { plan: 'spring' });
    const ids = plan.machines.flatMap(({ migration }) => migration ?? []);
    const stagesAt = async ({ client }: Daemon): Promise<string[]> =>
      (await client.call('migrations.list', { limit: 10 })).migrations.map(({ stage }) => stage);
    const isOver = async (handover: HandoverId): Promise<void> => {
      for (const { client } of [desk, rack])
        // the other one knows of it a moment later
        await until(
          async () => await client.call('handovers.show', { handover }),
          ({ state }) => state === 'done',
        );
    };
    const peer = { name: 'rack', url: rack.url, token: rack.token };

    await isOver((await desk.client.call('handovers.give', { plan: 'spring', peer })).id);
    expect([await stagesAt(desk), await stagesAt(rack)]).toEqual([
      ['given', 'given'],
      ['planned', 'planned'],
    ]);
    await isOver((await desk.client.call('handovers.take', { plan: 'spring', peer })).id);
    expect([await stagesAt(desk), await stagesAt(rack)]).toEqual([
      ['planned', 'planned'],
      ['given', 'given'],
    ]);

    await desk.client.call('settings.change', { isPaused: false });
    await world.whenOver(desk);
    expect(await world.complaints(desk, ids)).toEqual([]);
  });

  test('that is killed again and again, and its database as well, loses nothing and does nothing twice', async () => {
    await using world = await SharedWorld.make(8, 4);
    const flags = await flagsFor(world);
    let daemon = await world.serve('one', flags);
    await world.setUp(daemon);
    const ids = [];
    for (let i = 0; i < 8; i++) ids.push(await world.create(daemon, `vm-${i}`));

    for (let round = 0; round < 3; round++) {
      await pause(400 + 700 * Math.random());
      await peer.kill();
      await pause(200);
      const refused = await daemon.client.call('sources.list', {}).then(
        () => null,
        (error: unknown) => error,
      );
      expect(refused).toMatchObject({ code: 'state.unreachable', remedy: expect.stringContaining('goes on trying') });
      await peer.up();
      await pause(300 + 700 * Math.random());
      await daemon.kill();
      daemon = await world.serve('one', flags);
    }

    await world.whenOver(daemon);
    expect(await world.complaints(daemon, ids)).toEqual([]);
    expect(await daemon.stop()).toBe(0);
  });
});
