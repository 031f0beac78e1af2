/** PostgreSQL and MariaDB for stories about a shared state: each started fresh on free ports, killed, brought back, and removed. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ConnectOptions } from '../../main/store/sql/connect.ts';
import { makeCertificate, type Certificate } from '../lab/certificate.ts';
import { freePorts } from './free-ports.ts';

const run = promisify(execFile);
const UP_TIMEOUT_MS = 120_000;
export const PASSWORD = 'a password of a story';

export interface StatePeer extends AsyncDisposable {
  readonly port: number;
  readonly certificate: Certificate;
  /** Where its data are. */
  readonly folder: string;
  /** A fresh database of its own user, as `--state` takes it. */
  database(name: string): Promise<{ readonly url: string; readonly options: ConnectOptions }>;
  /** What an administrator says there. */
  say(sql: string, database?: string): Promise<string>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Starts it where it does not run. */
  up(): Promise<void>;
  freeze(): void;
  thaw(): void;
}

/** Another computer than this one. */
export interface StatePlace {
  /** They stand before commands there. */
  readonly words: readonly string[];
  /** By which others reach it, over TLS alone. */
  readonly address: string;
  /** For its data, on a disk of its own that goes with the computer. */
  readonly folder: string;
  /** A file there as this computer sees it. */
  readonly file: (inside: string) => string;
}

/** Runs a command as the database’s user, where the database is. */
type Ask = (...words: readonly string[]) => Promise<string>;

interface Kind {
  readonly kind: 'postgresql' | 'mysql';
  readonly user: string;
  install(folder: string, ask: Ask): Promise<void>;
  command(folder: string, port: number, address: string): readonly string[];
  say(folder: string, port: number, ask: Ask, sql: string, database?: string): Promise<string>;
  readonly make: (name: string) => readonly string[];
}

const asUser = (user: string, ...words: readonly string[]): [string, string[]] =>
  process.getuid?.() === 0
    ? ['setpriv', [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', ...words]]
    : [words[0] ?? '', words.slice(1)];

async function asked(before: readonly string[], user: string, words: readonly string[]): Promise<string> {
  const [command = '', ...rest] = [...before, ...asUser(user, ...words).flat()];
  return (await run(command, rest, { timeout: UP_TIMEOUT_MS, env: { ...process.env, LC_ALL: 'C' }, cwd: '/' })).stdout;
}

function postgresBin(): string {
  const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
  return `/usr/lib/postgresql/${versions[0] ?? ''}/bin`;
}

const postgresql: Kind = {
  kind: 'postgresql',
  user: 'postgres',
  install: async (folder, ask) => {
    await ask(`${postgresBin()}/initdb`, '-D', `${folder}/data`, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--auth-local=trust', '--auth-host=scram-sha-256', '-N'); // prettier-ignore
  },
  command: (folder, port, address) => [
    `${postgresBin()}/postgres`,
    '-D',
    `${folder}/data`,
    '-p',
    `${port}`,
    '-k',
    folder,
    '-h',
    address,
    '--ssl=on',
    `--ssl_cert_file=${folder}/server.pem`,
    `--ssl_key_file=${folder}/server.key`,
    ...['min_wal_size=32MB', 'max_wal_size=64MB'].flatMap((setting) => ['-c', setting]), // its disk may be small
  ],
  say: async (folder, port, ask, sql, database = 'postgres') =>
    await ask(`${postgresBin()}/psql`, '-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', folder, '-p', `${port}`, '-U', 'postgres', '-d', database, '-c', sql), // prettier-ignore
  make: (name) => [
    `create role ${name} login password '${PASSWORD}'`,
    `create database ${name} owner ${name} encoding 'UTF8' template template0`,
  ],
};

const mariadb: Kind = {
  kind: 'mysql',
  user: 'mysql',
  install: async (folder, ask) => {
    await ask('mariadb-install-db', '--no-defaults', `--datadir=${folder}/data`, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'); // prettier-ignore
  },
  command: (folder, port, address) => [
    'mariadbd',
    '--no-defaults',
    `--datadir=${folder}/data`,
    `--port=${port}`,
    `--bind-address=${address}`,
    `--socket=${folder}/socket`,
    `--ssl-cert=${folder}/server.pem`,
    `--ssl-key=${folder}/server.key`,
    `--pid-file=${folder}/pid`,
    '--innodb-buffer-pool-size=64M',
  ],
  say: async (folder, _port, ask, sql, database = 'mysql') =>
    await ask('mariadb', '--no-defaults', `--socket=${folder}/socket`, '-u', 'root', '-N', '-B', '-D', database, '-e', sql), // prettier-ignore
  make: (name) => [
    `create database ${name} character set utf8mb4 collate utf8mb4_bin`,
    `create user '${name}'@'%' identified by '${PASSWORD}'`,
    `grant select, insert, update, delete, create, drop, alter, index on ${name}.* to '${name}'@'%'`,
  ],
};

export const statePeers = { PostgreSQL: async () => await peerOf(postgresql), MariaDB: async () => await peerOf(mariadb) }; // prettier-ignore

/** On another computer than this one. */
export const postgresqlOn = async (place: StatePlace): Promise<StatePeer> => await peerOf(postgresql, place);

const here = (): StatePlace => ({
  words: [],
  address: '127.0.0.1',
  folder: mkdtempSync(path.join(tmpdir(), 'guts-state-')),
  file: (inside) => inside,
});
/** Of a server that was killed some processes may be there for a moment still, and keep the next one out; room may come. */
const MAY_PASS = /shared memory block.*still in use|lock file .* already exists|No space left on device/;

async function peerOf(kind: Kind, elsewhere?: StatePlace): Promise<StatePeer> {
  const isHere = elsewhere === undefined;
  const { words: before, address, folder, file } = elsewhere ?? here();
  const seen = file(folder);
  const ask: Ask = async (...words) => await asked(before, kind.user, words);
  const [port = 0] = await freePorts();
  const certificate = await makeCertificate('localhost');
  let child: ChildProcess | undefined;
  let says = '';
  const isUp = async (): Promise<boolean> =>
    await kind.say(folder, port, ask, 'select 1').then(
      () => true,
      () => false,
    );
  const hasEnded = (): boolean => child === undefined || child.exitCode !== null || child.signalCode !== null;
  const up = async (): Promise<void> => {
    const deadline = Date.now() + UP_TIMEOUT_MS;
    if (hasEnded()) child = start();
    while (!(await isUp())) {
      const isOver = hasEnded();
      if (Date.now() > deadline || (isOver && !MAY_PASS.test(says)))
        throw new Error(`the database does not come up:\n${says}`);
      await pause(100);
      if (isOver) child = start();
    }
  };
  const start = (): ChildProcess => {
    const own = kind.command(folder, port, address);
    const [command = '', ...words] = [...before, ...asUser(kind.user, ...own).flat()];
    says = '';
    const started = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
    for (const stream of [started.stdout, started.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (says = `${says}${text}`.slice(-10_000)));
    return started;
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const over = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    await over;
    child = undefined;
  };
  const remove = async (): Promise<void> => {
    await end('SIGKILL');
    await pause(500); // its children see that it is gone
    if (isHere) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  };
  try {
    mkdirSync(`${seen}/data`, { mode: 0o700 });
    writeFileSync(`${seen}/server.pem`, certificate.pem);
    writeFileSync(`${seen}/server.key`, certificate.key, { mode: 0o600 });
    if (process.getuid?.() === 0) {
      const id = async (flag: string) => Number((await run('id', [flag, kind.user])).stdout);
      const [uid, gid] = [await id('-u'), await id('-g')];
      for (const one of ['', '/data', '/server.pem', '/server.key']) chownSync(`${seen}${one}`, uid, gid);
    }
    chmodSync(seen, 0o755);
    await kind.install(folder, ask);
    if (!isHere) appendFileSync(`${seen}/data/pg_hba.conf`, 'hostssl all all 0.0.0.0/0 scram-sha-256\n');
    await up();
    return {
      port,
      certificate,
      folder,
      database: async (name) => {
        for (const sql of kind.make(name)) await kind.say(folder, port, ask, sql);
        const scheme = kind.kind === 'mysql' ? 'mariadb' : 'postgresql';
        return {
          url: `${scheme}://${name}@${address}:${port}/${name}`,
          options: {
            address: { kind: kind.kind, host: address, port, user: name, database: name, isLoopback: isHere },
            trust: isHere ? null : { kind: 'pinned', sha256: certificate.sha256 },
            password: async () => await Promise.resolve(PASSWORD),
          },
        };
      },
      say: async (sql, database) => await kind.say(folder, port, ask, sql, database),
      kill: async () => {
        await end('SIGKILL');
      },
      up,
      freeze: () => void child?.kill('SIGSTOP'),
      thaw: () => void child?.kill('SIGCONT'),
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
