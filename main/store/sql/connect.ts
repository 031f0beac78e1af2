/** One lot of connections to the database: PostgreSQL, MySQL and MariaDB, or SQLite. Alone knows the drivers. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import * as path from 'node:path';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import {
  Kysely,
  MysqlDialect,
  PostgresDialect,
  SqliteDialect,
  type Dialect,
  type MysqlPool,
  type MysqlPoolConnection,
} from 'kysely';
import type { Client as PgClient } from 'pg';
import type { Trust } from '../../shared/trust.ts';
import { FILE_MODE } from '../durable-file.ts';
import { refused } from '../errors.ts';
import { giveToOwnerSync } from '../owner.ts';
import type { FileAddress, ServerAddress, StateAddress } from './address.ts';
import { securityOf, type Security } from './certificate.ts';
import { NoSqliteError } from './errors.ts';
import type { Tables } from './tables.ts';

export interface ConnectOptions {
  readonly address: StateAddress;
  /** What makes a server trusted; null where nothing is encrypted. */
  readonly trust: Trust | null;
  /** Asked at each connection. */
  readonly password: () => Promise<string>;
}

export interface Connections {
  readonly db: Kysely<Tables>;
  /** At once, also where the other end does not answer. */
  close(): void;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Of one question; a database that is silent for longer is taken for gone. */
const QUERY_TIMEOUT_MS = 20_000;
/** A transaction that its server has left alone, because its machine is gone, keeps nobody waiting for longer. */
const IDLE_TIMEOUT_MS = 10_000;
const MOST_CONNECTIONS = 4;

/** @throws GutsError, and what drivers throw */
export async function connect({ address, trust, password }: ConnectOptions): Promise<Connections> {
  if (address.kind === 'sqlite') return await sqlite(address);
  const security = await securityOf(address, trust);
  return address.kind === 'postgresql'
    ? await postgresql(address, security, password)
    : await mysql(address, security, await password());
}

const opened = (dialect: Dialect, close: () => void): Connections => ({ db: new Kysely<Tables>({ dialect }), close });

/** As the driver’s types have it. */
type Connected = ((error: Error) => void) | ((error: null, client: PgClient) => void);

async function postgresql(
  address: ServerAddress,
  security: Security | null,
  password: () => Promise<string>,
): Promise<Connections> {
  const { default: pg } = await import('pg');
  // A connection that fails before it is there, for want of a password for example, the driver leaves open: until the server
  // hangs up, this process would not end.
  class Client extends pg.Client {
    override connect(): Promise<PgClient>;
    override connect(tell: Connected): void;
    override connect(tell?: Connected): Promise<PgClient> | void {
      if (tell === undefined) return super.connect();
      super.connect((error: Error | null) => {
        if (error !== null) this.end(() => {});
        (tell as (error: Error | null, client: PgClient) => void)(error, this); // both are called so
      });
    }
  }
  const pool = new pg.Pool({
    Client,
    host: address.host,
    port: address.port,
    user: address.user,
    database: address.database,
    password,
    ssl: security === null ? false : tlsOf(security),
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    statement_timeout: QUERY_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'guts serve',
  });
  // Whoever asks next is told; nobody else hears of those that stand idle, nor of those that are asked nothing right now.
  pool.on('error', () => {});
  pool.on('connect', (client) => void client.on('error', () => {}));
  return opened(new PostgresDialect({ pool }), () => void pool.end().catch(() => {}));
}

function tlsOf({ isNamed, ...security }: Security): tls.ConnectionOptions {
  return isNamed ? security : { ...security, checkServerIdentity: () => undefined };
}

async function mysql(address: ServerAddress, security: Security | null, password: string): Promise<Connections> {
  const { createPool } = await import('mysql2');
  const pool = createPool({
    host: address.host,
    port: address.port,
    user: address.user,
    database: address.database,
    password,
    ...(security === null ? {} : { ssl: mysqlTls(security) }),
    charset: 'utf8mb4',
    connectionLimit: MOST_CONNECTIONS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableKeepAlive: true,
    supportBigNumbers: true,
  });
  const all = new Set<{ destroy(): void }>();
  pool.on('connection', (connection) => {
    all.add(connection);
    connection.on('end', () => all.delete(connection));
    connection.on('error', () => all.delete(connection));
    // What each knows and the other does not is no mistake: MariaDB ends what stands idle in a transaction.
    connection.query(`set session idle_transaction_timeout = ${IDLE_TIMEOUT_MS / 1000}`, () => {});
    connection.query('set session innodb_lock_wait_timeout = 15', () => {});
    connection.query("set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'", () => {});
    connection.query('set session transaction isolation level read committed', () => {});
  });
  const guarded: MysqlPool = {
    getConnection: (tell) =>
      pool.getConnection((error, connection) => {
        if (error === null) tell(null, answering(connection as unknown as RawMysql)); // as the driver's own code has it
        else tell(error, undefined as unknown as MysqlPoolConnection); // Kysely looks at the error first
      }),
    end: (tell) => pool.end(tell),
  };
  return opened(new MysqlDialect({ pool: guarded }), () => {
    for (const connection of all) connection.destroy();
    pool.end(() => {});
  });
}

interface RawMysql extends MysqlPoolConnection {
  readonly stream: Duplex;
}
const guards = new WeakMap<RawMysql, MysqlPoolConnection>();

/** The driver forgets to answer some questions when the connection breaks off: here each is answered. */
function answering(raw: RawMysql): MysqlPoolConnection {
  const known = guards.get(raw);
  if (known !== undefined) return known;
  const query = (
    text: string,
    values: readonly unknown[],
    tell?: (error: unknown, result: unknown) => void,
  ): unknown => {
    if (tell === undefined) return raw.query(text, values as unknown[]) as unknown;
    const lost = (): void => void setImmediate(() => answer(new LostError('the connection broke off'), undefined));
    let isAnswered = false;
    const answer = (error: unknown, result: unknown): void => {
      if (isAnswered) return;
      isAnswered = true;
      raw.stream.off('close', lost);
      tell(error, result);
    };
    raw.stream.once('close', lost);
    if (raw.stream.destroyed) lost();
    raw.query(text, values as unknown[], answer);
    return undefined;
  };
  const guard = { query: query as MysqlPoolConnection['query'], release: () => raw.release() };
  guards.set(raw, guard);
  return guard;
}

class LostError extends Error {
  readonly code = 'PROTOCOL_CONNECTION_LOST';
  readonly fatal = true;
}

/** The driver looks at the machine's own authorities only where none are given. */
function mysqlTls({ ca, isNamed, minVersion }: Security): object {
  return {
    ca: ca ?? [...tls.rootCertificates],
    rejectUnauthorized: true,
    verifyIdentity: isNamed,
    minVersion,
  };
}

async function sqlite({ file }: FileAddress): Promise<Connections> {
  const { DatabaseSync } = await import('node:sqlite').catch((cause: unknown) => {
    throw new NoSqliteError({ cause });
  });
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', FILE_MODE));
    chmodSync(file, FILE_MODE);
    giveToOwnerSync(file); // what SQLite makes beside it gets the same owner from SQLite
  } catch (error) {
    throw refused(
      'written',
      file,
      error,
      'Check the path behind “sqlite:”: whether its folder can be had, who owns it, and whether its file system can be written and has room.',
    );
  }
  const database = new DatabaseSync(file);
  // Who waits for long waits in `Database`: SQLite would keep the whole thread waiting, and with it whoever has the lock.
  database.exec('pragma busy_timeout = 20; pragma journal_mode = wal; pragma synchronous = full');
  const statements = {
    prepare: (text: string) => {
      const statement = database.prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (values: readonly unknown[]) => statement.all(...(values as string[])), // texts and numbers
        run: (values: readonly unknown[]) => statement.run(...(values as string[])),
        iterate: (values: readonly unknown[]) => statement.iterate(...(values as string[])),
      };
    },
    close: () => database.close(),
  };
  return opened(new SqliteDialect({ database: statements }), () => {
    if (database.isOpen) database.close();
  });
}
