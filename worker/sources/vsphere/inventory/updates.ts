/** Waits for what changes in an inventory, and tells it as pages. */
import type { InventoryPage, InventoryVm } from '../../../../main/shared/inventory.ts';
import type { ManagedRef, VsphereSession } from '../session.ts';
import { escapeXml, ManagedRefValue } from '../values.ts';
import { partsOf, type ObjectChange } from './answers.ts';
import { mayAskAnew, objectSets, objectsOf, propSet, propSets, quietly, View } from './collector.ts';
import { type Known, knownOf, SIGNS } from './known.ts';
import { emptyPage, machinePage, machinePages } from './pages.ts';
import { PLACE_PROPERTIES } from './places.ts';
import { vmPropertiesOf } from './vm-properties.ts';
import { vmOf } from './vm.ts';

/** The server answers at the latest after this, with nothing if nothing has changed; proxies cut what is silent for longer. */
const WAIT_SECONDS = 50;
const MOST_UPDATES = 500;
/** Things that are read anew in one question. */
const READ_OBJECTS = 100;
const MOST_FAILURES = 4;

/** One answer of the server, or several that it cut one into. */
interface News {
  readonly version: string;
  readonly changes: readonly ObjectChange[];
}

/**
 * What has changed since the session last told of it, by `inventoryPages` or by this; everything, when it never has.
 * Does not end by itself. What happens while no session is there is told when there is one again.
 * @throws GutsError when the server does not answer several times in a row
 */
export async function* inventoryUpdates(session: VsphereSession, signal: AbortSignal): AsyncGenerator<InventoryPage> {
  const known = knownOf(session);
  for (let failures = 0; ;) {
    try {
      await using view = await View.open(session, signal);
      await using filter = await Filter.open(view, signal);
      let version = '';
      for (;;) {
        const news = await filter.wait(version, signal);
        if (news !== null) {
          const isFirst = version === '';
          version = news.version;
          yield* told(session, known, isFirst ? sinceBefore(known, news.changes) : news.changes, signal);
        }
        failures = 0;
      }
    } catch (error) {
      failures += 1;
      if (signal.aborted || failures > MOST_FAILURES || !mayAskAnew(error)) throw error;
    }
  }
}

/** A collector of its own, because waiting answers for every filter of a collector. It lives as long as the session. */
class Filter implements AsyncDisposable {
  readonly session: VsphereSession;
  readonly collector: ManagedRef;

  private constructor(session: VsphereSession, collector: ManagedRef) {
    this.session = session;
    this.collector = collector;
  }

  static async open(view: View, signal: AbortSignal): Promise<Filter> {
    const { session } = view;
    const made = await session.call('CreatePropertyCollector', session.content.propertyCollector, {}, signal);
    const filter = new Filter(session, ManagedRefValue.parse(made));
    const xml = `<spec>${propSets(SIGNS)}${view.objectSet}</spec><partialUpdates>false</partialUpdates>`;
    const answer = await session.stream('CreateFilter', filter.collector, xml, signal);
    for await (const _ of partsOf(answer));
    return filter;
  }

  /** @param version of the last news, empty for everything. @returns null when nothing has changed for a while */
  async wait(version: string, signal: AbortSignal): Promise<News | null> {
    const changes: ObjectChange[] = [];
    for (let since = version; ;) {
      const options = `<options><maxWaitSeconds>${WAIT_SECONDS}</maxWaitSeconds><maxObjectUpdates>${MOST_UPDATES}</maxObjectUpdates></options>`;
      const xml = `<version>${escapeXml(since)}</version>${options}`;
      const answer = await this.session.stream('WaitForUpdatesEx', this.collector, xml, signal);
      let next: string | null = null;
      let isCut = false;
      for await (const parts of partsOf(answer)) {
        for (const part of parts) {
          if (part.kind === 'version') next = part.version;
          else if (part.kind === 'truncated') isCut = true;
          else if (part.kind === 'change') changes.push(part.change);
        }
      }
      if (next === null) return null;
      if (!isCut) return { version: next, changes };
      since = next;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await quietly(this.session, 'DestroyPropertyCollector', this.collector);
  }
}

/** A new filter tells of everything that is there: what is as it was is left out, what is not there any more is added. */
function sinceBefore(known: Known, all: readonly ObjectChange[]): ObjectChange[] {
  const there = new Set(all.map(({ object }) => object.id));
  const gone = known
    .missingFrom(there)
    .map((ref): ObjectChange => ({ kind: 'leave', object: { ...ref, properties: new Map() } }));
  return [...all.filter(({ object }) => known.isNews(object)), ...gone];
}

async function* told(
  session: VsphereSession,
  known: Known,
  changes: readonly ObjectChange[],
  signal: AbortSignal,
): AsyncGenerator<InventoryPage> {
  const last = new Map(changes.map((change) => [change.object.id, change])); // the last word about each counts
  const gone: string[] = [];
  const places: ManagedRef[] = [];
  const machines: ManagedRef[] = [];
  for (const { kind, object } of last.values()) {
    const { type, id } = object;
    if (kind !== 'leave') (type === 'VirtualMachine' ? machines : places).push({ type, id });
    else if (known.forget(object)) gone.push(id);
  }

  let mustTellAll = false;
  for await (const object of readAnew(session, propSets(PLACE_PROPERTIES), places, signal)) {
    known.see(object);
    mustTellAll = known.places.take(object) || mustTellAll;
  }
  const news = { gone, ...known.placesToTell() };
  if (Object.values(news).some((list) => list.length > 0)) yield { ...emptyPage(), ...news };
  if (mustTellAll) {
    yield* machinePages(session, known, signal);
    return;
  }
  let vms: InventoryVm[] = [];
  for await (const object of readAnew(session, propSet('VirtualMachine', vmPropertiesOf(session)), machines, signal)) {
    if (!known.see(object)) continue;
    vms.push(vmOf(object, known.places));
    if (vms.length < READ_OBJECTS) continue;
    yield machinePage(vms);
    vms = [];
  }
  if (vms.length > 0) yield machinePage(vms);
}

async function* readAnew(session: VsphereSession, asked: string, refs: readonly ManagedRef[], signal: AbortSignal) {
  for (let from = 0; from < refs.length; from += READ_OBJECTS) {
    const some = refs.slice(from, from + READ_OBJECTS);
    for await (const objects of objectsOf(session, asked + objectSets(some), signal)) yield* objects;
  }
}
