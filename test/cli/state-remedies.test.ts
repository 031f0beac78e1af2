/** What a command advises where a database or a broker is not what was meant: what fits, and nothing that was done already. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConnectionStore } from '../../main/store/connections.ts';
import { makeCertificate, type Certificate } from '../lab/certificate.ts';
import { openDoor } from '../support/database-door.ts';
import { scratch } from '../support/disks.ts';
import { gutsWithOn, type Outcome } from '../support/guts.ts';
import { source } from '../store/samples.ts';

const tmp = scratch();
let certificate: Certificate;
let folders = 0;

beforeAll(async () => {
  certificate = await makeCertificate('db.example.net', 90, ['db.example.net', 'db2.example.net']);
  writeFileSync(tmp.file('ca.pem'), certificate.pem);
  writeFileSync(tmp.file('password'), 'a password of a story\n', { mode: 0o600 });
  writeFileSync(tmp.file('join-key'), Buffer.alloc(32, 1).toString('base64'), { mode: 0o600 });
});
afterAll(() => tmp[Symbol.dispose]());

const inFolder = async (folder: string, ...words: string[]): Promise<Outcome> =>
  await gutsWithOn(process.execPath, { GUTS_DATA_DIR: folder, GUTS_VAULT: 'memory' }, '', ...words);
const guts = async (...words: string[]): Promise<Outcome> => await inFolder(tmp.file(`data-${++folders}`), ...words);
const serve = async (url: string, ...flags: string[]): Promise<Outcome> =>
  await guts('serve', '--port', '0', '--state', url, '--state-password-file', tmp.file('password'), ...flags);

describe('a certificate for another name', () => {
  test.each(['postgresql', 'mysql'] as const)('of a database: its names are told (%s)', async (kind) => {
    await using door = await openDoor({ kind, certificate });

    const { code, stderr } = await serve(`${kind}://guts@localhost:${door.port}/guts`, '--state-ca-file', tmp.file('ca.pem')); // prettier-ignore

    expect([code, stderr]).toEqual([1, expect.stringMatching(/state\.untrusted.*another name\.\n.*a name that is in the certificate \(db\.example\.net, db2\.example\.net\)/)]); // prettier-ignore
    expect(stderr).not.toContain('--state-ca-file');
  });

  test('of a broker: its names are told', async () => {
    const broker = tls.createServer({ key: certificate.key, cert: certificate.pem }).on('tlsClientError', () => {});
    broker.listen(0, '127.0.0.1');
    await once(broker, 'listening');
    const address = broker.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;

    const { code, stderr } = await guts('worker', '--broker', `amqps://guts@localhost:${port}/guts`, '--broker-password-file', tmp.file('password'), '--ca-file', tmp.file('ca.pem'), '--join-key-file', tmp.file('join-key')); // prettier-ignore
    broker.close();

    expect([code, stderr]).toEqual([1, expect.stringMatching(/broker\.untrusted.*another name\.\n.*\(db\.example\.net, db2\.example\.net\)/)]); // prettier-ignore
    expect(stderr).not.toContain('--ca-file');
  });
});

describe('another kind of database than the address says', () => {
  test.each([
    ['mysql', 'postgresql', /state\.other-kind: At \S+ PostgreSQL answers[^]*postgresql:\/\//],
    ['postgresql', 'mysql', /state\.other-kind: At \S+ MySQL or MariaDB answers[^]*mysql:\/\//],
  ] as const)('is told: %s:// and %s', async (scheme, kind, says) => {
    await using door = await openDoor({ kind });

    const ended = await serve(`${scheme}://guts@localhost:${door.port}/guts`);

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(says) });
  });
});

describe('a state', () => {
  test('whose database is away: a daemon that ends does not say that it goes on trying', async () => {
    const { code, stderr } = await serve('postgresql://guts@localhost:9/guts');

    expect([code, stderr]).toEqual([1, expect.stringContaining('state.unreachable')]);
    expect(stderr).not.toContain('goes on trying');
  });

  test('in a file that cannot be made: the path is what counts', async () => {
    const { code, stderr } = await serve(`sqlite:${tmp.file('password')}/guts.db`);

    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/store\.refused.*(?:EEXIST|ENOTDIR).*\n.*behind “sqlite:”/),
    ]);
    expect(stderr).not.toContain('GUTS_DATA_DIR');
  });

  test('moved into a database that has one already: another database is asked for', async () => {
    const to = `sqlite:${tmp.file('guts.db')}`;
    const results = [];
    for (const name of ['one', 'two']) {
      await new ConnectionStore(tmp.file(name)).put('source', source('vc1'));
      results.push(await inFolder(tmp.file(name), 'state', 'migrate', '--to', to));
    }
    const [moved, refused] = results;

    expect(moved).toMatchObject({ code: 0 });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/state\.not-empty: The database at/) });
    expect(refused?.stderr).not.toContain('GUTS_DATA_DIR');
  });
});
