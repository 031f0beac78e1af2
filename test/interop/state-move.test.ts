/** `guts state migrate`: a state goes from files into PostgreSQL or MariaDB and back, the same to the last byte; a downgrade is refused. */
import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataFile } from '../../main/store/data-files.ts';
import { guts, type Outcome } from '../support/guts.ts';
import { SharedWorld } from '../support/shared-world.ts';
import { until } from '../support/until.ts';
import { PASSWORD, statePeers, type StatePeer } from './state-peers.ts';

/** By its name, what each file of the state is. */
function sums(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => (dataFile(name)?.isExported ?? 'never') !== 'never')
    .filter((name) => statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(
    names.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(path.join(folder, name)))
        .digest('hex'),
    ]),
  );
}

describe.each(Object.entries(statePeers))('a state that moves into %s', (_name, start) => {
  let peer: StatePeer;
  let world: SharedWorld;
  let before: Record<string, string>;
  let count = 0;
  beforeAll(async () => {
    [peer, world] = [await start(), await SharedWorld.make(3)];
    writeFileSync(world.file('password'), `${PASSWORD}\n`, { mode: 0o600 });
    const daemon = await world.serve('files', []);
    await world.setUp(daemon);
    await world.create(daemon, 'vm-0');
    await world.create(daemon, 'vm-1', false);
    const machines = [{ vm: 'vm-2' }];
    await daemon.client.call('plans.create', { name: 'Grüße ✓', source: 'from', destination: 'to', machines });
    await daemon.client.call('tokens.create', { name: 'ci', role: 'operator' });
    await daemon.client.call('settings.change', { preflights: 7 });
    await until(
      async () => await world.all(daemon),
      (all) => all.some(({ stage }) => stage === 'done'),
    );
    await daemon.stop();
    writeFileSync(world.file('files/policy.json'), '{ "schemaVersion": 1,\n  "rules": {} }'); // by hand, without an end of line
    writeFileSync(world.file('files/preflight.yaml'), '# nothing yet: äöü\n');
    // An older part of the audit log, as one that was rotated.
    const line = readFileSync(world.file('files/audit.jsonl'), 'utf8').split('\n')[0] ?? '';
    writeFileSync(world.file('files/audit-000000000001.jsonl'), `${line}\n`);
    before = sums(world.file('files'));
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
  });

  const password = (): string[] => ['--state-password-file', world.file('password')];
  const migrate = async (folder: string, ...flags: string[]): Promise<Outcome> =>
    await guts(world.file(folder), 'state', 'migrate', '--json', ...flags, ...password());

  test('and back is the same to the last byte; servers go on with it in between, in the same folder', async () => {
    const { url } = await peer.database(`move${++count}`);
    expect(Object.keys(before)).toEqual(expect.arrayContaining(['audit.jsonl', 'plans.json', 'policy.json', 'queue.jsonl', 'tokens.json'])); // prettier-ignore
    const busy = await world.serve('files', []);
    const refused = await migrate('files', '--to', url);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('store.held')]);
    await busy.stop();
    const files = sums(world.file('files'));
    // What a crash in the middle of a write leaves counts for nothing.
    appendFileSync(world.file('files/queue.jsonl'), 'a torn li');

    const there = await migrate('files', '--to', url);
    expect([there.code, there.stderr]).toEqual([0, '']);
    expect(sums(world.file('files'))).toEqual({});
    const again = await guts(
      world.file('empty'),
      'state',
      'migrate',
      '--from',
      url,
      '--to',
      world.file('back'),
      ...password(),
    );
    expect(again.code, again.stderr).toBe(0);
    expect(sums(world.file('back'))).toEqual(files);
    const inTheWay = await migrate('back', '--to', url);
    expect([inTheWay.code, inTheWay.stderr]).toEqual([1, expect.stringContaining('state.not-empty')]);
    expect(sums(world.file('back'))).toEqual(files);

    const daemon = await world.serve('files', ['--state', url, ...password()]);
    const all = await world.all(daemon);
    expect(all.map(({ stage }) => stage).toSorted()).toEqual(['done', 'planned']);
    expect((await daemon.client.call('plans.list', {})).plans.map(({ name }) => name)).toEqual(['Grüße ✓']);
    const inUse = await guts(
      world.file('empty'),
      'state',
      'migrate',
      '--from',
      url,
      '--to',
      world.file('other'),
      ...password(),
    );
    expect([inUse.code, inUse.stderr]).toEqual([1, expect.stringContaining('state.in-use')]);
    const id = await world.create(daemon, 'vm-2');
    await until(
      async () => await daemon.client.call('migrations.show', { id }),
      ({ stage, isRunning, isQueued }) => stage === 'done' && !isRunning && !isQueued,
    );
    const told = await world.all(daemon);
    await daemon.stop();

    // Back into the folder whose vault has the secrets; what lies there are copies.
    const home = await migrate('files', '--from', url, '--to', world.file('files'));
    expect([home.code, home.stderr]).toEqual([0, '']);
    const last = await world.serve('files', []);
    expect(await world.all(last)).toEqual(told);
    expect(await world.complaints(last, [id])).toEqual([]);
    await last.stop();
  });

  test('is not taken from a database that a newer Guts has laid out, and the word for it is clear', async () => {
    const { url } = await peer.database(`move${++count}`);
    const first = await guts(world.file('x'), 'state', 'layout', '--state', url, ...password());
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining('layout 0')]);
    const daemon = await world.serve('y', ['--state', url, ...password()]);
    await daemon.stop();
    const down = await guts(world.file('x'), 'state', 'layout', '--state', url, '--set', '1', ...password());
    expect([down.code, down.stdout]).toEqual([0, expect.stringContaining('have 1 now')]);
    const name = new URL(url).pathname.slice(1);
    await peer.say(`insert into guts_layouts (name, timestamp) values ('7-later', '2030')`, name);

    for (const words of [
      ['serve', '--port', '0', '--state', url],
      ['state', 'migrate', '--from', url, '--to', world.file('z')],
    ]) {
      const { code, stderr } = await guts(world.file('x'), ...words, ...password());
      expect(code).toBe(1);
      expect(stderr).toContain('state.too-new');
      expect(stderr).toContain('a downgrade is refused');
      expect(stderr).toContain('Use the newer Guts');
      expect(stderr).not.toContain(PASSWORD);
    }
  });

  test('has its policy and rules put and got by hand', async () => {
    const { url } = await peer.database(`move${++count}`);
    writeFileSync(world.file('policy.json'), '{"schemaVersion":1,"rules":{}}');
    writeFileSync(world.file('wrong.json'), '{"schemaVersion":1,"rulez":[{}],"rules":7}');
    const call = async (...words: string[]): Promise<Outcome> => await guts(world.file('x'), 'state', ...words, '--state', url, ...password()); // prettier-ignore

    expect((await call('put', 'policy.json', world.file('wrong.json'))).stderr).toContain('policy.damaged');
    expect((await call('put', 'policy.json', world.file('policy.json'))).code).toBe(0);
    expect((await call('get', 'policy.json', '-o', world.file('got.json'))).code).toBe(0);
    expect(readFileSync(world.file('got.json'), 'utf8')).toBe(readFileSync(world.file('policy.json'), 'utf8'));
    expect((await call('get', 'preflight.yaml', '-o', world.file('none.yaml'))).stderr).toContain('state.no-such-text');
  });

  test('is refused with a password in its address, and without TLS to another machine', async () => {
    const inUrl = await guts(world.file('x'), 'serve', '--state', 'postgresql://guts:secret@localhost/guts');
    expect([inUrl.code, inUrl.stderr]).toEqual([1, expect.stringContaining('state.password-in-url')]);
    expect(inUrl.stderr).not.toContain('secret@');
    const noFile = await guts(world.file('x'), 'serve', '--state', 'postgresql://guts@localhost/guts');
    expect([noFile.code, noFile.stderr]).toEqual([2, expect.stringContaining('--state-password-file')]);
  });
});
