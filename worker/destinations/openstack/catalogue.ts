/** Where the services of a cloud are: its catalogue, by region and interface, with the version in every address. */
import { z } from 'zod';
import { RegionError, ServiceMissingError } from './errors.ts';

export type Service = 'identity' | 'compute' | 'image' | 'network' | 'volume' | 'placement';
export type Interface = 'public' | 'internal' | 'admin';

export const CatalogueEntries = z.array(
  z.object({
    type: z.string(),
    endpoints: z.array(
      z.object({
        interface: z.string(),
        region: z.string().nullish(),
        region_id: z.string().nullish(),
        url: z.string(),
      }),
    ),
  }),
);
export type CatalogueEntries = z.infer<typeof CatalogueEntries>;

/** What a service is called in catalogues, the best name first. */
const TYPES: Readonly<Record<Exclude<Service, 'identity'>, readonly string[]>> = {
  compute: ['compute'],
  image: ['image'],
  network: ['network'],
  volume: ['block-storage', 'volumev3', 'block-store', 'volume'],
  placement: ['placement'],
};
const VERSIONS = { compute: 'v2.1', image: 'v2', network: 'v2.0', volume: 'v3' } as const;

export class Catalogue {
  readonly region: string;
  readonly #side: Interface;
  readonly #endpoints: ReadonlyMap<Service, string>;

  /**
   * @param identity Keystone's address, as it answered the sign-in; the catalogue's own is not asked
   * @param region null takes the only one
   * @throws RegionError
   */
  constructor(
    entries: CatalogueEntries,
    where: {
      readonly identity: string;
      readonly region: string | null;
      readonly interface: Interface;
      readonly projectId: string;
    },
  ) {
    this.#side = where.interface;
    this.region = chosenRegion(entries, where);
    const found = new Map<Service, string>([['identity', where.identity]]);
    for (const service of ['compute', 'image', 'network', 'volume', 'placement'] as const) {
      const url = urlOf(entries, TYPES[service], where.interface, this.region);
      if (url !== null) found.set(service, versioned(service, url, where.projectId));
    }
    this.#endpoints = found;
  }

  has(service: Service): boolean {
    return this.#endpoints.has(service);
  }

  /** Without trailing slash, with the version in its path. @throws ServiceMissingError */
  endpoint(service: Service): string {
    const url = this.#endpoints.get(service);
    if (url === undefined) throw new ServiceMissingError(service, this.region, this.#side);
    return url;
  }
}

const regionOf = (endpoint: CatalogueEntries[number]['endpoints'][number]): string =>
  endpoint.region_id ?? endpoint.region ?? '';

function chosenRegion(
  entries: CatalogueEntries,
  { region, interface: side }: { readonly region: string | null; readonly interface: Interface },
): string {
  const regionsOf = (types: readonly string[] | null): string[] => [
    ...new Set(
      entries
        .filter(({ type }) => types === null || types.includes(type))
        .flatMap(({ endpoints }) => endpoints.filter((endpoint) => endpoint.interface === side).map(regionOf)),
    ),
  ];
  const withServers = regionsOf(TYPES.compute); // Keystone alone may live in a region of its own
  const known = (withServers.length > 0 ? withServers : regionsOf(null)).sort();
  if (region !== null) {
    if (known.includes(region)) return region;
    throw new RegionError(region, known, side);
  }
  const [only, ...others] = known;
  if (only !== undefined && others.length === 0) return only;
  throw new RegionError(only === undefined ? '' : null, known, side);
}

function urlOf(entries: CatalogueEntries, types: readonly string[], side: Interface, region: string): string | null {
  for (const wanted of types) {
    for (const { type, endpoints } of entries) {
      const found = endpoints.find((endpoint) => endpoint.interface === side && regionOf(endpoint) === region);
      if (type === wanted && found !== undefined && isWeb(found.url)) return found.url;
    }
  }
  return null;
}

function isWeb(url: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** Catalogues give some services with their version and some without; an old version in it is replaced by ours. Placement has none. */
function versioned(service: Exclude<Service, 'identity'>, address: string, projectId: string): string {
  const bare = address.replace(/[?#].*$/, '').replace(/\/+$/, '');
  if (service === 'placement') return bare;
  const version = VERSIONS[service];
  const inPath = /\/v\d+(\.\d+)?(?=\/|$)/.exec(bare);
  if (inPath === null) return `${bare}/${version}${service === 'volume' ? `/${projectId}` : ''}`;
  return `${bare.slice(0, inPath.index)}/${version}${bare.slice(inPath.index + inPath[0].length)}`;
}
