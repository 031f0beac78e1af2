/** Which networks this machine has of its own, and whether one of them swallows the way to a host elsewhere. */
import { readFile } from 'node:fs/promises';
import * as net from 'node:net';
import { networkInterfaces } from 'node:os';

export interface LocalNetwork {
  readonly device: string;
  /** `172.17.0.0` */
  readonly address: string;
  readonly prefixLength: number;
}

/** Bridges and tunnels of containers and virtual machines: what lies behind them is on this machine, and nowhere else. */
const OVERLAY =
  /^(docker|br-|virbr|veth|cni|flannel|cali|vxlan|lxc|lxd|podman|kube|weave|vmnet|vboxnet|cilium|vEthernet|VMware Network Adapter|VirtualBox)/i;

/** Of the interfaces, and on Linux also the routes. */
export async function localNetworks(): Promise<LocalNetwork[]> {
  const own = Object.entries(networkInterfaces()).flatMap(([device, addresses]) =>
    (addresses ?? []).flatMap(({ cidr }): LocalNetwork[] => {
      const [address = '', prefix = ''] = cidr?.split('/') ?? [];
      return prefix === '' ? [] : [{ device, address, prefixLength: Number(prefix) }];
    }),
  );
  return [...own, ...(await routes())];
}

/** IPv4 alone; the default route, which is there for everything else, is left out. */
async function routes(): Promise<LocalNetwork[]> {
  const text = await readFile('/proc/net/route', 'latin1').catch(() => ''); // other systems have none
  return routesIn(text);
}

export function routesIn(text: string): LocalNetwork[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line): LocalNetwork[] => {
      const [device, destination, , , , , , mask] = line.split('\t');
      if (device === undefined || destination === undefined || mask === undefined) return [];
      const prefixLength = Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length;
      return prefixLength === 0 ? [] : [{ device, address: dotted(destination), prefixLength }];
    });
}

/** The kernel writes addresses as numbers of a little-endian machine. */
const dotted = (hex: string): string => [...Buffer.from(hex, 'hex')].reverse().join('.');

/** The network of containers or virtual machines that this machine would look for the address in; null where none is. */
export function swallowing(address: string, networks: readonly LocalNetwork[]): LocalNetwork | null {
  const [nearest] = networks
    .filter((network) => isWithin(address, network))
    .toSorted((a, b) => b.prefixLength - a.prefixLength);
  return nearest !== undefined && OVERLAY.test(nearest.device) ? nearest : null;
}

function isWithin(address: string, network: LocalNetwork): boolean {
  const family = net.isIP(address);
  if (family === 0 || family !== net.isIP(network.address)) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const list = new net.BlockList();
  list.addSubnet(network.address, network.prefixLength, kind);
  return list.check(address, kind);
}

/** Addresses by which others see this machine. */
export function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? [])
      .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
      .map(({ address }) => address),
  );
}
