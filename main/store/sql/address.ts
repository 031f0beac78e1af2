/** Where a shared state is: the URL of a database without a password, or a file of SQLite. */
import * as net from 'node:net';
import * as path from 'node:path';
import { isLoopback } from '../../shared/server-address.ts';
import { PasswordInStateUrlError, StateNeedsTlsError, StateUrlError } from './errors.ts';

export interface ServerAddress {
  readonly kind: 'postgresql' | 'mysql';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** The way stays on this machine. */
  readonly isLoopback: boolean;
}
export interface FileAddress {
  readonly kind: 'sqlite';
  readonly file: string;
}
export type StateAddress = ServerAddress | FileAddress;

const kinds: Readonly<Record<string, { readonly kind: ServerAddress['kind']; readonly port: number }>> = {
  postgresql: { kind: 'postgresql', port: 5432 },
  postgres: { kind: 'postgresql', port: 5432 },
  mysql: { kind: 'mysql', port: 3306 },
  mariadb: { kind: 'mysql', port: 3306 },
};

/** Whether this names a database, and no folder. */
export const isStateUrl = (text: string): boolean => /^(?:sqlite:|[a-z]+:\/\/)/i.test(text) && !/^file:/i.test(text);

/** @throws StateUrlError, PasswordInStateUrlError */
export function stateAddress(url: string): StateAddress {
  if (/^sqlite:/i.test(url)) {
    const file = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
    if (file === '') throw new StateUrlError('It names no file.');
    return { kind: 'sqlite', file: path.resolve(file) };
  }
  const scheme = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase() ?? '';
  const known = Object.hasOwn(kinds, scheme) ? kinds[scheme] : undefined;
  if (known === undefined)
    throw new StateUrlError('It begins with none of “postgresql://”, “mysql://”, “mariadb://” and “sqlite:”.');
  const parts = URL.canParse(url) ? new URL(url) : null;
  if (parts === null) throw new StateUrlError('It is no URL.');
  if (parts.password !== '') throw new PasswordInStateUrlError();
  const host = parts.hostname.replaceAll(/^\[|\]$/g, '');
  if (host === '') throw new StateUrlError('It names no host.');
  if (parts.username === '') throw new StateUrlError('It names no user.');
  if (parts.search !== '' || parts.hash !== '') throw new StateUrlError('It has something behind the database.');
  const database = decoded(parts.pathname.replace(/^\//, ''));
  if (database === '' || database.includes('/')) throw new StateUrlError('It names no database.');
  return {
    kind: known.kind,
    host,
    port: parts.port === '' ? known.port : Number(parts.port),
    user: decoded(parts.username),
    database,
    isLoopback: isLoopback(parts),
  };
}

/** A way that is not encrypted is for this machine alone. @param isTls whether something vouches for the server @throws StateNeedsTlsError */
export function demandSafe(address: StateAddress, isTls: boolean): void {
  if (address.kind !== 'sqlite' && !address.isLoopback && !isTls) throw new StateNeedsTlsError(address.host);
}

/** For people and logs. */
export function placeOf(address: StateAddress): string {
  if (address.kind === 'sqlite') return address.file;
  const { host, port, database } = address;
  return `${net.isIPv6(host) ? `[${host}]` : host}:${port}/${database}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new StateUrlError('It has a “%” that two digits should follow.');
  }
}
