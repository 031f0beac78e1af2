/** Every way over the network that moves take: to the source's servers and hosts, and to the services of a cloud. */
import type { DestinationSignIn, HypervSignIn, SourceSignIn } from '../../../main/shared/connections.ts';
import { toErrorInfo } from '../../../main/shared/errors.ts';
import { winrmPlace } from '../../../main/shared/hyperv-address.ts';
import { CloudSession } from '../../destinations/openstack/cloud-session.ts';
import { HypervHosts, nodeAddress } from '../../sources/hyperv/hosts.ts';
import { vsphereDriver } from '../../sources/vsphere/driver.ts';
import { VsphereSession } from '../../sources/vsphere/session.ts';
import { hypervPlaces } from '../hyperv.ts';
import { cloudPlaces } from '../openstack.ts';
import { placeAt, type Place } from '../places.ts';
import { hostPlace, vcenterPlace } from '../vsphere.ts';

export interface Way {
  readonly to: string;
  readonly port: number;
  readonly what: string;
  readonly why: string;
}

export interface FoundWays {
  readonly ways: readonly Way[];
  readonly warnings: readonly string[];
}

export async function waysToSource(signIn: SourceSignIn, signal: AbortSignal): Promise<FoundWays> {
  const { connection, secret } = signIn;
  return connection.kind === 'hyperv'
    ? await waysToHyperv({ connection, secret }, signal)
    : await waysToVsphere(signIn, signal);
}

const SIGN_IN = 'signing in, the inventory, snapshots and power; reading disks by ranges and areas';
const LEASE = 'reading disks by a lease, which the host sends itself';

async function waysToVsphere(signIn: SourceSignIn, signal: AbortSignal): Promise<FoundWays> {
  const { name } = signIn.connection;
  const first = wayTo(vcenterPlace(signIn), SIGN_IN);
  return await found(name, [first], signal, async () => {
    const session = await VsphereSession.open(signIn, signal);
    await using driver = vsphereDriver(session, signIn);
    if (session.about.kind === 'esxi') return [];
    const ways: Way[] = [];
    for await (const { hosts } of driver.inventory(signal)) {
      for (const { ref } of hosts) {
        const place = await hostPlace(session, signIn, { type: 'HostSystem', id: ref }, signal);
        if (place !== null) ways.push(wayTo(place, LEASE));
      }
    }
    return ways;
  });
}

async function waysToHyperv(signIn: HypervSignIn, signal: AbortSignal): Promise<FoundWays> {
  const { host } = winrmPlace(signIn.connection);
  const waysOf = (node: string): Way[] => {
    const [winrm, shares] = hypervPlaces(signIn, node);
    return [
      ...(winrm === undefined ? [] : [wayTo(winrm, 'signing in, the inventory, checkpoints and power')]),
      ...(shares === undefined ? [] : [wayTo(shares, 'reading the files of disks')]),
    ];
  };
  return await found(signIn.connection.name, waysOf(host), signal, async () => {
    await using hosts = await HypervHosts.open(signIn, signal);
    const own = hosts.aboutHost.name.toLowerCase();
    const nodes = (hosts.aboutHost.cluster?.nodes ?? []).filter(({ name }) => name.toLowerCase() !== own);
    return nodes.flatMap(({ name }) => waysOf(nodeAddress(host, name)));
  });
}

export async function waysToCloud(signIn: DestinationSignIn, signal: AbortSignal): Promise<FoundWays> {
  const { authUrl, proxy, trust, name } = signIn.connection;
  const keystone = wayTo(placeAt(authUrl, { what: 'Keystone', proxy, trust }), 'signing in');
  return await found(name, [keystone], signal, async () => {
    await using session = await CloudSession.open(signIn, signal);
    const why = 'making ports, volumes and servers, and sending the disks’ images';
    return cloudPlaces(session, signIn).map((place) => wayTo(place, why));
  });
}

/** Through a proxy, the way that has to be open is the one to the proxy. */
function wayTo({ what, host, port, proxy }: Place, why: string): Way {
  if (proxy === null) return { to: host, port, what, why };
  const { hostname, port: proxyPort } = new URL(proxy);
  return {
    to: hostname.replaceAll(/^\[|\]$/g, ''),
    port: Number(proxyPort === '' ? 3128 : proxyPort),
    what: 'proxy',
    why: `${what} (${host} port ${port}) through it: ${why}`,
  };
}

/** What is known without asking, and what the other side tells; each once. */
async function found(
  name: string,
  known: readonly Way[],
  signal: AbortSignal,
  ask: () => Promise<readonly Way[]>,
): Promise<FoundWays> {
  let told: readonly Way[] = [];
  const warnings: string[] = [];
  try {
    told = await ask();
  } catch (error) {
    signal.throwIfAborted();
    warnings.push(`What is behind “${name}” could not be asked, so ways may be missing: ${toErrorInfo(error).message}`);
  }
  const ways = new Map<string, Way>();
  for (const way of [...known, ...told]) {
    const key = `${way.to} ${way.port}`;
    const before = ways.get(key);
    const isMore = before !== undefined && (before.what !== way.what || before.why !== way.why);
    if (before === undefined) ways.set(key, way);
    else if (isMore)
      ways.set(key, {
        ...before,
        what: together(before.what, way.what, ', '),
        why: together(before.why, way.why, '; '),
      });
  }
  return { ways: [...ways.values()], warnings };
}

const together = (a: string, b: string, by: string): string => [...new Set([...a.split(by), ...b.split(by)])].join(by);
