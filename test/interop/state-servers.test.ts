/** A state in PostgreSQL and in MariaDB: what it promises, and what happens when the database dies, or its answers do not come. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { QueueFile } from '../../main/scheduler/queue-file.ts';
import { ConnectionStore } from '../../main/store/connections.ts';
import { Database } from '../../main/store/sql/database.ts';
import { AuditLog } from '../../main/access/audit-log.ts';
import { mig } from '../scheduler/samples.ts';
import { sharedPlace } from '../store/shared-place.ts';
import { tellSharedQueueStories } from '../store/shared-queue-stories.ts';
import { tellSharedStories, type SharedPlace } from '../store/shared-stories.ts';
import { source } from '../store/samples.ts';
import { auditOf, entry, lead, scheduled, tellStateStories, wished } from '../store/state-stories.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { statePeers, type StatePeer } from './state-peers.ts';

describe.each(Object.entries(statePeers))('a state in %s', (_name, start) => {
  let peer: StatePeer;
  let count = 0;
  beforeAll(async () => {
    peer = await start();
  });
  afterAll(async () => await peer[Symbol.asyncDispose]());

  const make = async (): Promise<SharedPlace> => sharedPlace((await peer.database(`guts${++count}`)).options);
  /** The same database behind a proxy that breaks connections off. */
  async function behind(proxy: CuttingProxy): Promise<SharedPlace> {
    const { options } = await peer.database(`guts${++count}`);
    return sharedPlace({ ...options, address: { ...options.address, port: proxy.port } as typeof options.address });
  }

  tellStateStories(make);
  tellSharedStories(make);
  tellSharedQueueStories(make);

  test('an answer that is cut off anywhere leaves nothing undone, and nothing done twice', async () => {
    await using proxy = await CuttingProxy.open('127.0.0.1', peer.port);
    await using place = await behind(proxy);
    await using state = await place.open('a');
    await lead(state);
    await using queue = await QueueFile.open(state.queue);
    await using log = await AuditLog.open(state.audit);
    const connections = new ConnectionStore(state.documents);
    const rounds = 40;

    for (let i = 0; i < rounds; i++) {
      // The next connections break off somewhere in sign-in, transaction or the answer to its end.
      proxy.cut();
      proxy.cutAfter(200 + 37 * i, 330 + 61 * i, 500 + 97 * i);
      await Promise.all([
        queue.ask(scheduled(i), wished(i, i + 1)),
        log.write(entry(`sources.create-${i}`)),
        connections.put('source', source(`vc-${i}`)),
      ]);
    }

    expect(proxy.connections).toBeGreaterThan(rounds);
    expect((await auditOf(log)).map(({ what }) => what).toReversed()).toEqual(
      Array.from({ length: rounds }, (_, i) => `sources.create-${i}`),
    );
    expect(await connections.list('source')).toHaveLength(rounds);
    await using direct = await QueueFile.open(state.queue);
    expect([...direct.entries.values()].map(({ number }) => number)).toEqual(
      Array.from({ length: rounds }, (_, i) => i + 1),
    );
    expect([...queue.entries.keys()]).toEqual(Array.from({ length: rounds }, (_, i) => mig(i)));
    await using database = await Database.openAsItIs(place.options);
    const rows = await database.ask(
      async (db) => await db.selectFrom('guts_log').select('number').where('log', '=', 'queue').orderBy('number').execute(), // prettier-ignore
    );
    expect(rows.map(({ number }) => Number(number))).toEqual(Array.from({ length: 2 * rounds + 1 }, (_, i) => i));
  });

  test('a database that is killed with kill -9 has everything that was acknowledged, and what waits goes on by itself', async () => {
    await using place = await make();
    await using state = await place.open('a');
    await lead(state);
    await using queue = await QueueFile.open(state.queue);
    const kept = new Set<string>();
    const over = new AbortController();
    let number = 0;
    const write = async (): Promise<void> => {
      while (!over.signal.aborted) {
        number += 1;
        const id = mig(number);
        await queue.ask(scheduled(number)).then(
          () => kept.add(id),
          (error: unknown) => expect(error).toMatchObject({ code: 'state.unreachable', retryable: true }),
        );
      }
    };
    const writing = [write(), write(), write()];
    for (let kills = 0; kills < 3; kills++) {
      await expect.poll(() => number, { timeout: 120_000 }).toBeGreaterThan(30 * (kills + 1));
      await peer.kill();
      await peer.up();
    }
    over.abort();
    await Promise.all(writing);

    await using other = await place.open('b');
    await using found = await QueueFile.open(other.queue);
    for (const id of kept) expect([...found.entries.keys()]).toContain(id);
    expect(kept.size).toBeGreaterThan(30); // the others were told that it is away
  });

  test('a database that is away says so, with what to do, and is connected to again', async () => {
    await using place = await make();
    await using state = await place.open('a');
    const connections = new ConnectionStore(state.documents);
    await connections.put('source', source('vc1'));
    await peer.kill();

    await expect(connections.put('source', source('vc2'))).rejects.toMatchObject({
      code: 'state.unreachable',
      retryable: true,
      remedy: expect.stringContaining('look first whether what you asked for was done'),
    });
    expect(state.trouble?.()).toMatchObject({ code: 'state.unreachable' });
    await peer.up();

    await expect.poll(async () => (await connections.list('source').catch(() => [])).map(({ name }) => name)).toEqual(['vc1']); // prettier-ignore
    await connections.put('source', source('vc2'));
    expect(state.trouble?.()).toBeUndefined();
  });

  test('what goes over TLS is held to its authority, or to exactly one certificate', async () => {
    const { options } = await peer.database(`guts${++count}`);
    const address = { ...options.address, host: 'localhost' } as typeof options.address;
    const other = await statePeersCertificate();
    const open = async (trust: NonNullable<typeof options.trust>): Promise<void> => {
      await using _database = await Database.open({ ...options, address, trust });
    };

    await open({ kind: 'authorities', pem: peer.certificate.pem });
    await open({ kind: 'pinned', sha256: peer.certificate.sha256 as never });
    await expect(open({ kind: 'system' })).rejects.toMatchObject({
      code: 'state.untrusted',
      remedy: expect.stringContaining(peer.certificate.sha256),
    });
    await expect(open({ kind: 'authorities', pem: other })).rejects.toMatchObject({ code: 'state.untrusted' });
    await expect(open({ kind: 'pinned', sha256: 'AA:BB' as never })).rejects.toMatchObject({
      code: 'state.certificate-changed',
    });
  });

  test('a wrong password, a missing database and missing rights are each said', async () => {
    const { options } = await peer.database(`guts${++count}`);
    const open = async (change: object): Promise<void> => {
      await using _database = await Database.open({ ...options, ...change });
    };

    await expect(open({ password: async () => await Promise.resolve('wrong') })).rejects.toMatchObject({
      code: 'state.login',
    });
    const nowhere = { ...options.address, database: 'nowhere' };
    await expect(open({ address: nowhere })).rejects.toMatchObject({ code: 'state.login' });
  });
});

async function statePeersCertificate(): Promise<string> {
  const { makeCertificate } = await import('../lab/certificate.ts');
  return (await makeCertificate('localhost')).pem;
}
