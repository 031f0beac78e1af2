/** The performance manager of the simulated vCenter: what hosts have counted, of which only latencies of datastores are told apart. */
import { uuidOf } from './machine.ts';
import { type ManagedObject, managedObject } from './managed-object.ts';
import type { Site } from './places.ts';
import { data, type Data, element, list, long, named, type Ref, subtype } from './values.ts';
import { type Arguments, invalidArgument, notFound } from './vim-fault.ts';
import type { World } from './world.ts';

const REAL_TIME_SECONDS = 20;
const READ_LATENCY = 180;

/** Group, name, rollup, unit: the one that is wanted among some that look like it. */
const COUNTERS: Readonly<Record<number, readonly [string, string, string, string]>> = {
  6: ['cpu', 'usagemhz', 'average', 'megaHertz'],
  133: ['disk', 'totalReadLatency', 'average', 'millisecond'],
  173: ['virtualDisk', 'totalReadLatency', 'average', 'millisecond'],
  178: ['datastore', 'numberReadAveraged', 'average', 'number'],
  [READ_LATENCY]: ['datastore', 'totalReadLatency', 'average', 'millisecond'],
  181: ['datastore', 'totalWriteLatency', 'average', 'millisecond'],
  182: ['datastore', 'maxTotalLatency', 'latest', 'millisecond'],
};

export class Performance {
  readonly #world: World;
  /** By ref of the datastore; null is no data. */
  readonly #readMs = new Map<string, number | null>();
  /** False tells of no counters about datastores. */
  hasLatency = true;

  constructor(world: World) {
    this.#world = world;
  }

  /** @throws RangeError */
  setReadLatency(datastore: string, milliseconds: number | null): void {
    const found = this.#world.sites.flatMap(({ datastores }) => datastores).find(({ name }) => name === datastore);
    if (found === undefined) throw new RangeError(`The simulated vCenter has no datastore “${datastore}”.`);
    this.#readMs.set(found.ref.id, milliseconds);
  }

  object(ref: Ref): ManagedObject {
    return managedObject(ref, { perfCounter: () => list('PerfCounterInfo', this.#counters()) });
  }

  /** @throws VimFault */
  query(args: Arguments): string {
    return args
      .all('querySpec')
      .map((spec, index) => {
        const entity = spec.ref('entity');
        if (entity === undefined) throw invalidArgument(`querySpec[${index}].entity`);
        if (this.#world.find(entity) === undefined) throw notFound(entity);
        const isRealTime = spec.integer('intervalId') === REAL_TIME_SECONDS;
        if (isRealTime && entity.type !== 'HostSystem' && entity.type !== 'VirtualMachine')
          throw invalidArgument(`querySpec[${index}].entity`);
        const series = spec.all('metricId').flatMap((metric) => this.#series(metric, entity, index));
        return element('returnval', this.#metric(entity, isRealTime ? series : []));
      })
      .join('');
  }

  #metric(entity: Ref, series: readonly Data[]): Data {
    const sample = data('PerfSampleInfo', { timestamp: new Date(), interval: REAL_TIME_SECONDS });
    return subtype('PerfEntityMetric', {
      entity,
      sampleInfo: series.length === 0 ? undefined : list('PerfSampleInfo', [sample]),
      value: list('PerfMetricSeries', series),
    });
  }

  /** None where nothing was counted: a host tells nothing of datastores that it does not have. */
  #series(metric: Arguments, entity: Ref, index: number): Data[] {
    const counterId = metric.integer('counterId') ?? 0;
    if (COUNTERS[counterId] === undefined) throw invalidArgument(`querySpec[${index}].metricId`);
    const instance = metric.need('instance');
    const site = this.#world.sites.find(({ hosts }) => hosts.some(({ ref }) => ref.id === entity.id));
    const counted = counterId === READ_LATENCY && this.hasLatency ? this.#readOn(site, instance) : null;
    if (counted === null) return [];
    const id = data('PerfMetricId', { counterId, instance });
    return [subtype('PerfMetricIntSeries', { id, value: list('Long', [long(counted)]) })];
  }

  #readOn(site: Site | undefined, instance: string): number | null {
    const datastore = site?.datastores.find(({ ref }) => uuidOf(ref.id) === instance);
    if (datastore === undefined) return null;
    return this.#readMs.has(datastore.ref.id) ? (this.#readMs.get(datastore.ref.id) ?? null) : 1;
  }

  #counters(): Data[] {
    return Object.entries(COUNTERS).flatMap(([key, [group, name, rollup, unit]]) => {
      if (!this.hasLatency && group === 'datastore') return [];
      const described = (word: string): Data => data('ElementDescription', { label: word, summary: word, key: word });
      return data('PerfCounterInfo', {
        key: Number(key),
        nameInfo: described(name),
        groupInfo: described(group),
        unitInfo: described(unit),
        rollupType: named('PerfSummaryType', rollup),
        statsType: named('PerfStatsType', 'absolute'),
        level: 1,
        perDeviceLevel: 3,
      });
    });
  }
}
