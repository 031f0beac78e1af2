/** What the disks become: volumes of which type, by the datastores on which they lie. */
import type { AssessedDatastore, AssessmentOptions } from '../../main/shared/assessment.ts';
import type { CloudFacts } from '../../main/shared/cloud.ts';
import type { Estate } from '../../main/shared/estate.ts';
import type { InventoryDisk, InventoryVm } from '../../main/shared/inventory.ts';
import { bootDiskOf, diskCountOf, sizeGiBOf } from '../../main/shared/proposals/disks.ts';

type VolumeTypes = CloudFacts['volumeTypes'];

interface Choice {
  readonly to: string | null;
  readonly why: string;
}

interface Place extends Choice {
  readonly name: string;
  readonly kind: string | null;
  readonly refs: Set<string>;
  disks: number;
  gib: number;
}

export class Storage {
  readonly #options: AssessmentOptions;
  readonly #types: VolumeTypes;
  readonly #hasCloud: boolean;
  readonly #known: ReadonlyMap<string, Estate['datastores'][number]>;
  readonly #places = new Map<string, Place>();

  constructor(
    datastores: Estate['datastores'],
    cloud: Pick<CloudFacts, 'volumeTypes'> | null,
    options: AssessmentOptions,
  ) {
    this.#options = options;
    this.#types = cloud?.volumeTypes ?? [];
    this.#hasCloud = cloud !== null;
    this.#known = new Map(datastores.map((one) => [one.ref, one]));
  }

  /** Of the disk that it boots from; where only the sum of several is told, an equal part of it. */
  bootGiBOf(vm: InventoryVm): number {
    const disk = bootDiskOf(vm);
    return disk === undefined ? 0 : this.grownGiBOf({ sizeBytes: disk.sizeBytes / diskCountOf([disk]) });
  }

  /** Disks that become volumes, by their type. */
  volumesOf(vm: InventoryVm): { type: string | null; volumes: number; gib: number }[] {
    const bootDisk = this.#options.boot === 'image' ? bootDiskOf(vm) : undefined;
    const found = new Map<string | null, { type: string | null; volumes: number; gib: number }>();
    for (const disk of vm.disks) {
      const place = this.#placeOf(disk);
      const [count, gib] = [diskCountOf([disk]), this.grownGiBOf(disk)];
      place.refs.add(vm.ref);
      place.disks += count;
      place.gib += gib;
      const volumes = disk === bootDisk ? count - 1 : count;
      if (volumes === 0) continue;
      const sum = found.get(place.to) ?? { type: place.to, volumes: 0, gib: 0 };
      sum.volumes += volumes;
      sum.gib += disk === bootDisk ? Math.max(volumes, gib - this.bootGiBOf(vm)) : gib;
      found.set(place.to, sum);
    }
    return [...found.values()];
  }

  /** With the growth that was asked for. */
  grownGiBOf({ sizeBytes }: Pick<InventoryDisk, 'sizeBytes'>): number {
    return sizeGiBOf({ sizeBytes: sizeBytes * (1 + this.#options.growthPercent / 100) });
  }

  told(): AssessedDatastore[] {
    return [...this.#places.values()]
      .map(({ refs, ...place }) => ({ ...place, machines: refs.size }))
      .sort((a, b) => b.gib - a.gib);
  }

  #placeOf({ datastore, file }: InventoryDisk): Place {
    const known = datastore === null ? undefined : this.#known.get(datastore);
    const name = known?.name ?? placeIn({ datastore, file }) ?? 'not told';
    const key = datastore ?? name;
    const before = this.#places.get(key);
    if (before !== undefined) return before;
    const place: Place = {
      name,
      kind: known?.kind ?? null,
      ...this.#typeFor(name),
      refs: new Set(),
      disks: 0,
      gib: 0,
    };
    this.#places.set(key, place);
    return place;
  }

  #typeFor(datastore: string): Choice {
    const chosen = this.#options.volumeTypes[datastore];
    if (chosen !== undefined) return { to: chosen, why: 'You chose it.' };
    if (!this.#hasCloud) return { to: null, why: 'The cloud’s default, as no cloud was asked.' };
    const words = wordsOf(datastore);
    const named = this.#types.filter(({ name }) => [...wordsOf(name)].some((word) => words.has(word)));
    const [only] = named;
    if (only !== undefined && named.length === 1) return { to: only.name, why: 'Their names have a word in common.' };
    const usual = this.#types.find(({ isDefault }) => isDefault);
    if (usual !== undefined) return { to: usual.name, why: 'The cloud’s default.' };
    return { to: null, why: 'The cloud’s default, which it does not tell.' };
  }
}

/** What a datastore is called of which nothing else is told. */
export const placeIn = ({ datastore, file }: Pick<InventoryDisk, 'datastore' | 'file'>): string | null =>
  datastore ?? /^\[([^\]]+)\]/.exec(file ?? '')?.[1] ?? null;

/** Words of three letters or more that tell something. */
const wordsOf = (name: string): ReadonlySet<string> =>
  new Set(
    name
      .toLowerCase()
      .split(/[^a-z]+/)
      .filter((word) => word.length >= 3 && !/^(datastore|store|volume|vmfs|nfs|san|lun|type|default|the)$/.test(word)),
  );
