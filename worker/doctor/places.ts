/** Looks at servers from here: whether their names resolve, their ports answer, their certificates hold, their clocks agree. */
import * as dns from 'node:dns/promises';
import * as net from 'node:net';
import type { PeerTrust } from '../net/tls.ts';
import { certificateSeen } from './certificates.ts';
import { clockSeen } from './clocks.ts';
import { type LocalNetwork, localNetworks, swallowing } from './local-networks.ts';
import { portSeen } from './ports.ts';
import type { Seen, Steps } from './steps.ts';

/** A server and a port of it that a move would use. */
export interface Place {
  /** What it is: `vCenter`, `ESXi host`, `Keystone and Glance`. */
  readonly what: string;
  readonly host: string;
  readonly port: number;
  /** Null goes straight. */
  readonly proxy: string | null;
  /** How its certificate is known; null where it speaks no TLS. */
  readonly trust: PeerTrust | null;
  /** Its clock is that by which sessions and tokens end, and HTTP tells it. */
  readonly tellsTime: boolean;
  /** Only some moves go there: what is wrong with it is `poor`, and says this. */
  readonly onlyFor?: string;
}

export const nameOf = ({ host, port }: Pick<Place, 'host' | 'port'>): string =>
  net.isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;

/** Of an address on the web. */
export function placeAt(
  url: string,
  { what, proxy, trust }: { readonly what: string; readonly proxy: string | null; readonly trust: PeerTrust },
): Place {
  const { hostname, port, protocol } = new URL(url);
  const isTls = protocol === 'https:';
  return {
    what,
    host: hostname.replaceAll(/^\[|\]$/g, ''),
    port: Number(port === '' ? (isTls ? 443 : 80) : port),
    proxy,
    trust: isTls ? trust : null,
    tellsTime: false,
  };
}

/** Each thing once, side by side, in the order of the groups. */
export async function lookAtPlaces(places: readonly Place[], steps: Steps, signal: AbortSignal): Promise<void> {
  const networks = await localNetworks();
  const isNew = new Set<string>();
  const own = places.filter((place) => {
    const name = nameOf(place);
    if (isNew.has(name) || steps.has('ports', name)) return false;
    isNew.add(name);
    return true;
  });
  const hosts = own.filter((one, at) => own.findIndex(({ host }) => host === one.host) === at);
  await Promise.all(
    hosts
      .filter(({ host }) => !steps.has('names', host))
      .map(
        async (place) =>
          await steps.look('names', place.host, async () => softened(await nameSeen(place, networks), place)),
      ),
  );
  const answering: Place[] = [];
  await Promise.all(
    own.map(
      async (place) =>
        await steps.look('ports', nameOf(place), async () => {
          const seen = await portSeen(place, signal);
          if (seen.verdict === 'good' || seen.verdict === 'poor') answering.push(place);
          return softened(seen, place);
        }),
    ),
  );
  const kept = own.filter((place) => answering.includes(place));
  await Promise.all(
    kept.map(async (place) => {
      const { trust } = place;
      const peer = trust === null ? null : { ...place, trust };
      const isTrusted =
        peer === null ||
        (
          await steps.look('certificates', nameOf(place), async () =>
            softened(await certificateSeen(place.what, peer, signal), place),
          )
        ).verdict !== 'bad';
      if (!place.tellsTime) return;
      if (isTrusted) await steps.look('clocks', nameOf(place), async () => await clockSeen(place, signal));
      else
        steps.add('clocks', nameOf(place), {
          verdict: 'notTried',
          says: `${place.what} is not who it should be, so its clock was not asked.`,
        });
    }),
  );
}

/** What is wrong with a server that only some moves need is a nuisance. */
const softened = (seen: Seen, { onlyFor }: Place): Seen =>
  onlyFor === undefined || seen.verdict !== 'bad'
    ? seen
    : { ...seen, verdict: 'poor', says: `${seen.says} ${onlyFor}` };

const NAME_REMEDY =
  'Have the name added to the DNS that this machine asks, or to its hosts file. vCenter gives the names of ESXi hosts in the addresses of disks, so an address in the connection alone does not help.';

async function nameSeen({ what, host, proxy }: Place, networks: readonly LocalNetwork[]): Promise<Seen> {
  if (net.isIP(host) !== 0)
    return waySeen(host, [host], `${what}: ${host} is an address, and needs no name.`, networks);
  if (proxy !== null)
    return { verdict: 'notTried', says: `${what}: the proxy resolves ${host}, not this machine.`, evidence: [proxy] };
  try {
    const addresses = (await dns.lookup(host, { all: true })).map(({ address }) => address);
    return waySeen(host, addresses, `${what}: ${host} is ${addresses.join(', ')}.`, networks);
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException; // whatever the system's resolver says
    return {
      verdict: 'bad',
      says: `${what}: the name ${host} does not resolve on this machine (${code}).`,
      remedy: NAME_REMEDY,
      evidence: [code],
    };
  }
}

/** Whether what was resolved leads out of this machine. */
function waySeen(host: string, addresses: readonly string[], says: string, networks: readonly LocalNetwork[]): Seen {
  for (const address of addresses) {
    const network = swallowing(address, networks);
    if (network === null) continue;
    const range = `${network.address}/${network.prefixLength}`;
    return {
      verdict: 'bad',
      says: `${says} This machine looks for ${address} in its own ${network.device} (${range}), where containers or virtual machines of its own are.`,
      remedy: `Give ${network.device} another range (of Docker: “default-address-pools” in /etc/docker/daemon.json), or add a route to ${address} that goes out of this machine.`,
      evidence: [address, `${network.device} ${range}`],
    };
  }
  const isMeantHere = net.isIP(host) !== 0 || /^localhost\.?$|\.localhost\.?$/i.test(host);
  const isHere = addresses.every((address) => address === '::1' || address.startsWith('127.'));
  if (!isMeantHere && isHere)
    return {
      verdict: 'bad',
      says: `${says} That is this machine itself.`,
      remedy: `Look for ${host} in the hosts file of this machine, and take the line out or right it.`,
      evidence: addresses,
    };
  return { verdict: 'good', says, evidence: addresses };
}
