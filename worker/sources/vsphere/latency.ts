/** Reads how long reads from datastores take, as their hosts have counted over the last twenty seconds. */
import { z } from 'zod';
import type { ReadPlace } from '../../../main/shared/latency.ts';
import { StrangeAnswerError } from '../../net/errors.ts';
import type { LatencyReading } from '../../drivers.ts';
import { GoneError, MissingPrivilegeError, NotSupportedError, UnexpectedFaultError } from './errors.ts';
import type { Value } from './inventory/answers.ts';
import { objectsOf, propSet } from './inventory/collector.ts';
import type { VsphereSession } from './session.ts';
import { listOf, ManagedRefValue, refXml } from './values.ts';

/** Group, name and rollup. Numbers of counters differ from server to server. */
const COUNTER = ['datastore', 'totalReadLatency', 'average'] as const;
/** In which hosts count; what is older they hand on to vCenter’s own, coarser records. */
const REAL_TIME_SECONDS = 20;
/** Servers have been seen to tell of reads that take centuries, and say -1 where they know nothing. */
const MOST_MS = 3_600_000;

const Answer = listOf(
  z.object({
    entity: ManagedRefValue,
    value: listOf(z.object({ id: z.object({ instance: z.string().nullish() }), value: listOf(z.coerce.number()) })),
  }),
);

export class LatencyReader {
  readonly #session: VsphereSession;
  /** Null where the server has none; undefined until it was asked. */
  #counterId: number | null | undefined;
  /** What hosts call the datastores, by ref; null where nobody may know. */
  readonly #instances = new Map<string, string | null>();

  constructor(session: VsphereSession) {
    this.#session = session;
  }

  async read(places: readonly ReadPlace[], signal: AbortSignal): Promise<LatencyReading> {
    try {
      this.#counterId ??= await this.#findCounter(signal);
      if (this.#counterId === null) return never(`it has no counter ${COUNTER.join('.')}`);
      const told = await this.#query(this.#counterId, places, signal);
      const latencies = [...new Set(places.map(({ datastore }) => datastore))].map((datastore) => {
        const ofHosts = told.flatMap((one) => (one.datastore === datastore ? one.milliseconds : []));
        return { datastore, milliseconds: ofHosts.length === 0 ? null : Math.max(...ofHosts) };
      });
      return { latencies, obstacle: null };
    } catch (error) {
      if (error instanceof MissingPrivilegeError || error instanceof NotSupportedError) return never(error.message);
      throw error;
    }
  }

  async #query(
    counterId: number,
    places: readonly ReadPlace[],
    signal: AbortSignal,
  ): Promise<{ readonly datastore: string; readonly milliseconds: number }[]> {
    const { perfManager } = this.#session.content;
    const named = new Map<string, string>(); // by instance
    for (const { datastore } of places) {
      const instance = await this.#instanceOf(datastore, signal);
      if (instance !== null) named.set(instance, datastore);
    }
    const hosts = [...new Set(places.map(({ host }) => host))];
    const querySpec = hosts.flatMap((host) => {
      const here = new Set(places.filter((place) => place.host === host).map(({ datastore }) => datastore));
      const metricId = [...named].flatMap(([instance, ref]) => (here.has(ref) ? { counterId, instance } : []));
      const entity = { type: 'HostSystem', id: host };
      return metricId.length === 0 ? [] : { entity, maxSample: 1, metricId, intervalId: REAL_TIME_SECONDS };
    });
    if (perfManager === undefined || querySpec.length === 0) return [];
    const answer = await this.#ask(perfManager, querySpec, signal);
    return answer.flatMap(({ value }) =>
      value.flatMap(({ id, value: samples }) => {
        const datastore = named.get(id.instance ?? '');
        const milliseconds = samples.at(-1) ?? -1;
        const isKnown = milliseconds >= 0 && milliseconds <= MOST_MS;
        return datastore === undefined || !isKnown ? [] : { datastore, milliseconds };
      }),
    );
  }

  /** Empty where a host is gone, or does not count for such a datastore. */
  async #ask(
    perfManager: z.infer<typeof ManagedRefValue>,
    querySpec: readonly object[],
    signal: AbortSignal,
  ): Promise<z.infer<typeof Answer>> {
    let answer: unknown;
    try {
      answer = await this.#session.call('QueryPerf', perfManager, { querySpec }, signal);
    } catch (error) {
      if (error instanceof GoneError) return [];
      if (error instanceof UnexpectedFaultError && error.fault === 'InvalidArgument') return [];
      throw error;
    }
    const { data } = Answer.safeParse(answer);
    if (data === undefined) {
      const { host, port } = this.#session.peer;
      throw new StrangeAnswerError(`${host}:${port} answers with no counters.`);
    }
    return data;
  }

  /** Hosts name a datastore by the last part of its URL: `ds:///vmfs/volumes/UUID/`. */
  async #instanceOf(datastore: string, signal: AbortSignal): Promise<string | null> {
    const known = this.#instances.get(datastore);
    if (known !== undefined) return known;
    const instance = await this.#urlOf(datastore, signal).then((url) => url?.split('/').findLast(Boolean) ?? null);
    this.#instances.set(datastore, instance);
    return instance;
  }

  async #urlOf(id: string, signal: AbortSignal): Promise<string | null> {
    try {
      const found = await this.#session.properties({ type: 'Datastore', id }, ['summary.url'], signal);
      const url = found.get('summary.url');
      return typeof url === 'string' ? url : null;
    } catch (error) {
      if (error instanceof GoneError || error instanceof MissingPrivilegeError) return null;
      throw error;
    }
  }

  /** There are hundreds, with many words: taken in as they come, so that nobody else has to wait. */
  async #findCounter(signal: AbortSignal): Promise<number | null> {
    const { perfManager } = this.#session.content;
    if (perfManager === undefined) return null;
    const objectSet = `<objectSet>${refXml('obj', perfManager)}<skip>false</skip></objectSet>`;
    const specSet = propSet(perfManager.type, ['perfCounter']) + objectSet;
    for await (const objects of objectsOf(this.#session, specSet, signal)) {
      for (const { properties } of objects) {
        const counter = properties.get('perfCounter')?.children.find(isOurs);
        if (counter !== undefined) return Number(textIn(counter, 'key'));
      }
    }
    return null;
  }
}

const never = (obstacle: string): LatencyReading => ({ latencies: [], obstacle });

function isOurs(counter: Value): boolean {
  const [group, name, rollup] = COUNTER;
  return (
    textIn(counter, 'groupInfo', 'key') === group &&
    textIn(counter, 'nameInfo', 'key') === name &&
    textIn(counter, 'rollupType') === rollup
  );
}

function textIn(value: Value, ...path: readonly string[]): string | undefined {
  const inner = path.reduce<Value | undefined>(
    (outer, name) => outer?.children.find((child) => child.name === name),
    value,
  );
  return inner?.text;
}
