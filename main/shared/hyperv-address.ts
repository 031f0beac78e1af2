/** Where a Hyper-V host and its disks are, as people write it. */
import { DiskPlace, type SourceConnection } from './connections.ts';

/** What WinRM listens on by itself. */
const usualPorts: Readonly<Record<string, string>> = { 'https:': '5986', 'http:': '5985' };

/**
 * `https://host:5986` of `host`, with the usual port where none is given; only `http://host` and port 5985 mean the way without
 * TLS. The path of what somebody copied is cut. Null for what is no address, or names a user.
 */
export function winrmUrl(text: string): string | null {
  const isBare = !/^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const scheme = isBare ? (text.endsWith(':5985') ? 'http://' : 'https://') : '';
  let url: URL;
  try {
    url = new URL(scheme + text);
  } catch {
    return null;
  }
  if (url.username !== '' || url.password !== '' || url.hostname === '') return null;
  const usual = usualPorts[url.protocol];
  if (usual === undefined) return null;
  const [, given = usual] = /^[a-z]+:\/\/[^/?#]*?:(\d+)(?:[/?#]|$)/i.exec(scheme + text) ?? []; // URL forgets 443 and 80
  return `${url.protocol}//${url.hostname}:${Number(given)}`;
}

/** Where a host answers by WinRM; `host` is as sockets take it, without the brackets of an IPv6 address. */
export function winrmPlace(connection: { readonly url: string }): {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
} {
  const { hostname, port, protocol } = new URL(connection.url);
  return {
    host: hostname.replaceAll(/^\[|\]$/g, ''),
    port: Number(port === '' ? usualPorts[protocol] : port),
    isTls: protocol === 'https:',
  };
}

/** Nobody on the way can read it although it is not TLS: NTLM seals each message. */
export const isSealed = ({ kind, url }: Pick<SourceConnection, 'kind' | 'url'>): boolean =>
  kind === 'hyperv' && url.startsWith('http:');

/** `D:\Hyper-V = /mnt/hv`; null for what says no place. */
export function diskPlaceOf(text: string): DiskPlace | null {
  const [onHost = '', ...rest] = text.split('=');
  const found = DiskPlace.safeParse({ onHost: onHost.trim(), here: rest.join('=').trim() });
  return found.success ? found.data : null;
}
