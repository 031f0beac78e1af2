/** Finds machines of a wave that would have the same MAC, address or name, and what of those the cloud has already. */
import type { CloudFacts } from '../../main/shared/cloud.ts';
import { tagOf } from '../../main/shared/migration.ts';
import type { Twin } from '../../main/shared/rehearsal.ts';
import type { Demand } from './demand.ts';

interface Wanted {
  readonly kind: Twin['kind'];
  readonly value: string;
  readonly network: { readonly id: string; readonly name: string } | null;
  readonly demand: Demand;
}

export function twinsOf(demands: readonly Demand[], cloud: CloudFacts): Twin[] {
  const groups = new Map<string, Wanted[]>();
  for (const wanted of demands.flatMap(wantedBy)) {
    const key = JSON.stringify([wanted.kind, wanted.value.toLowerCase(), wanted.network?.id]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [wanted]);
    else group.push(wanted);
  }
  const holders = holdersIn(cloud);
  return [...groups.values()].flatMap((group) => {
    const [{ kind, value, network }] = group as [Wanted, ...Wanted[]]; // none was begun without one
    const taken = holders(group);
    if (group.length < 2 && taken.length === 0) return [];
    const machines = group.map(({ demand }) => demand.name);
    return [{ kind, value, network: network?.name ?? null, machines, taken }];
  });
}

function wantedBy(demand: Demand): Wanted[] {
  return [
    { kind: 'name', value: demand.targetName, network: null, demand },
    ...demand.ports.flatMap(({ networkId: id, networkName: name, mac, fixedIps }): Wanted[] => {
      const network = { id, name };
      return [
        ...(mac === null ? [] : [{ kind: 'mac', value: mac, network, demand } as const]),
        ...fixedIps.map(({ address: value }) => ({ kind: 'address', value, network, demand }) as const),
      ];
    }),
  ];
}

/** What a migration has made for itself is nobody else’s. */
function holdersIn(cloud: CloudFacts): (group: readonly Wanted[]) => string[] {
  const servers = new Set(cloud.serverNames);
  const ports = new Map<string, CloudFacts['ports']>();
  const enter = (key: string, port: CloudFacts['ports'][number]): void =>
    void ports.set(key, [...(ports.get(key) ?? []), port]);
  for (const port of cloud.ports) {
    enter(`${port.network} mac ${port.mac.toLowerCase()}`, port);
    for (const address of port.addresses) enter(`${port.network} address ${address}`, port);
  }
  return (group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { kind, value, network } = first;
    const own = group.flatMap(({ demand }) => demand.looked.machine.migration ?? []).map(tagOf);
    if (kind === 'name') {
      const isOwn = group.every(({ demand }) => demand.looked.machine.made.includes('server'));
      return servers.has(value) && !isOwn ? [`the server “${value}”`] : [];
    }
    const found = ports.get(`${network?.id ?? ''} ${kind} ${value.toLowerCase()}`) ?? [];
    return found
      .filter(({ name = '' }) => !own.some((tag) => name.startsWith(tag)))
      .map(({ id, name = '' }) => `the port ${name === '' ? id : `“${name}” (${id})`}`);
  };
}
