/** Where the broker is, and as whom: an AMQP URL without a password, encrypted unless it stays on this machine. */
import * as net from 'node:net';
import { isLoopback } from '../../shared/server-address.ts';
import { BrokerNeedsTlsError, BrokerUrlError, PasswordInBrokerUrlError } from './errors.ts';

export interface BrokerAddress {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** RabbitMQ's virtual host; “/” is the one that every broker has. */
  readonly virtualHost: string;
}

const PORT = 5672;
const TLS_PORT = 5671;
/** As a program to read URLs by: it knows the parts of “http:” only. */
const SCHEME = /^amqps?:\/\//i;

/** @throws BrokerUrlError, PasswordInBrokerUrlError, BrokerNeedsTlsError */
export function brokerAddress(url: string): BrokerAddress {
  if (!SCHEME.test(url)) throw new BrokerUrlError('It begins with neither “amqps://” nor “amqp://”.');
  const parts = URL.canParse(url) ? new URL(url) : null;
  if (parts === null) throw new BrokerUrlError('It is no URL.');
  if (parts.password !== '') throw new PasswordInBrokerUrlError();
  const host = parts.hostname.replaceAll(/^\[|\]$/g, '');
  if (host === '') throw new BrokerUrlError('It names no host.');
  if (parts.username === '') throw new BrokerUrlError('It names no user.');
  if (parts.search !== '' || parts.hash !== '') throw new BrokerUrlError('It has something behind the virtual host.');
  const isTls = parts.protocol === 'amqps:';
  if (!isTls && !isLoopback(parts)) throw new BrokerNeedsTlsError(host);
  const path = parts.pathname.replace(/^\//, '');
  if (path.includes('/')) throw new BrokerUrlError('The name of its virtual host has a “/”, which is written “%2F”.');
  return {
    isTls,
    host,
    port: parts.port === '' ? (isTls ? TLS_PORT : PORT) : Number(parts.port),
    user: decoded(parts.username),
    virtualHost: path === '' ? '/' : decoded(path),
  };
}

/** For people and logs. */
export const placeOf = ({ host, port }: Pick<BrokerAddress, 'host' | 'port'>): string =>
  net.isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new BrokerUrlError('It has a “%” that two digits should follow.');
  }
}
