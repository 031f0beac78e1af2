/** `guts serve --state` on PostgreSQL and MariaDB: whole migrations, and what happens when daemon or database die in the middle. */
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificate, type Certificate } from '../lab/certificate.ts';
import { guts } from '../support/guts.ts';
import { SharedWorld } from '../support/shared-world.ts';
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
    // Its journals are no one machine's own.
    const rack = { name: 'rack', url: daemon.url, token: daemon.token };
    await expect(
      daemon.client.call('handovers.look', { plan: 'any', peer: rack, direction: 'take' }),
    ).rejects.toMatchObject({
      code: 'handover.shared-state',
    });
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
