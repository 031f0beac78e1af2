/** Tells a client what changed since it last asked: `WaitForUpdatesEx` over the filters of a session. */
import { type Find, propertiesOf, select } from './property-collector.ts';
import type { Collector, PropertyFilter, Session } from './sessions.ts';
import { element, escape, type Ref } from './values.ts';
import { type Arguments, invalidArgument, notAuthenticated, notFound, VimFault } from './vim-fault.ts';
import type { World } from './world.ts';

export function createFilter(args: Arguments, session: Session, collector: Collector, find: Find): Ref {
  const spec = args.find('spec');
  if (spec === undefined) throw invalidArgument('spec');
  select(spec, find); // refuses what cannot be found
  const ref = session.own('PropertyFilter');
  collector.filters.set(ref.id, { ref, spec, told: new Map() });
  return ref;
}

/**
 * Waits until something is new; a client that names the version before gets the last answer again, as one whose
 * connection broke needs it.
 * @returns the XML of the answer; empty when nothing happened in time
 */
export async function waitForUpdates(
  args: Arguments,
  session: Session,
  collector: Collector,
  world: World,
  find: Find,
  gone: AbortSignal,
): Promise<string> {
  const version = args.text('version') ?? '';
  const options = args.find('options');
  const most = options?.integer('maxObjectUpdates') ?? Number.POSITIVE_INFINITY;
  const seconds = options?.integer('maxWaitSeconds');
  if (most < 1) throw invalidArgument('options.maxObjectUpdates');
  if (version === '') for (const filter of collector.filters.values()) filter.told.clear();
  else if (version === String(collector.version - 1) && collector.lastUpdate !== '') return collector.lastUpdate;
  else if (version !== String(collector.version)) {
    throw new VimFault('InvalidCollectorVersion', 'The version of the collector is not known.');
  }

  const deadline = seconds === undefined ? undefined : Date.now() + seconds * 1000;
  for (;;) {
    if (session.isOver) throw notAuthenticated(collector.ref);
    if (collector.ended.aborted) throw notFound(collector.ref);
    const sets = news(collector, find, most);
    if (sets.xml !== '' || gone.aborted) {
      if (sets.xml === '') return '';
      collector.version++;
      const truncated = sets.isTruncated ? '<truncated>true</truncated>' : '';
      collector.lastUpdate = `<returnval><version>${collector.version}</version>${sets.xml}${truncated}</returnval>`;
      return collector.lastUpdate;
    }
    if (deadline !== undefined && Date.now() >= deadline) return '';
    await somethingHappens(world, [collector.ended, gone], deadline);
  }
}

async function somethingHappens(
  world: World,
  signals: readonly AbortSignal[],
  deadline: number | undefined,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = deadline === undefined ? undefined : setTimeout(() => end(), Math.max(0, deadline - Date.now()));
    const stop = world.onChange(() => end());
    const end = (): void => {
      clearTimeout(timer);
      stop();
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    for (const signal of signals) signal.addEventListener('abort', end, { once: true });
    if (signals.some(({ aborted }) => aborted)) end();
  });
}

function news(collector: Collector, find: Find, most: number): { readonly xml: string; readonly isTruncated: boolean } {
  let left = most;
  let isTruncated = false;
  const sets: string[] = [];
  for (const filter of collector.filters.values()) {
    const told: string[] = [];
    for (const update of updatesOf(filter, find)) {
      if (left === 0) {
        isTruncated = true;
        break;
      }
      left--;
      update.tell();
      told.push(update.xml);
    }
    if (told.length > 0) sets.push(`<filterSet>${element('filter', filter.ref)}${told.join('')}</filterSet>`);
  }
  return { xml: sets.join(''), isTruncated };
}

interface Update {
  readonly xml: string;
  /** The client knows of it from now on. */
  tell(): void;
}

function* updatesOf(filter: PropertyFilter, find: Find): Generator<Update> {
  const { told } = filter;
  const seen = new Set<string>();
  for (const selected of selectedNow(filter, find)) {
    const { ref } = selected.object;
    seen.add(ref.id);
    const properties = propertiesOf(selected);
    const before = told.get(ref.id)?.properties;
    const changes = [...properties].filter(([name, xml]) => before?.get(name) !== xml);
    const removed = [...(before?.keys() ?? [])].filter((name) => !properties.has(name));
    if (before !== undefined && changes.length + removed.length === 0) continue;
    const changeSet = [
      ...changes.map(([name, xml]) => `<changeSet><name>${escape(name)}</name><op>assign</op>${xml}</changeSet>`),
      ...removed.map((name) => `<changeSet><name>${escape(name)}</name><op>indirectRemove</op></changeSet>`),
    ];
    const kind = before === undefined ? 'enter' : 'modify';
    yield {
      xml: `<objectSet><kind>${kind}</kind>${element('obj', ref)}${changeSet.join('')}</objectSet>`,
      tell: () => void told.set(ref.id, { ref, properties }),
    };
  }
  for (const { ref } of told.values()) {
    if (seen.has(ref.id)) continue;
    yield {
      xml: `<objectSet><kind>leave</kind>${element('obj', ref)}</objectSet>`,
      tell: () => void told.delete(ref.id),
    };
  }
}

/** An object to begin with may have gone since the filter was made: nothing is selected then. */
function selectedNow({ spec }: PropertyFilter, find: Find): ReturnType<typeof select> {
  try {
    return select(spec, find);
  } catch (error) {
    if (error instanceof VimFault && error.type === 'ManagedObjectNotFound') return [];
    throw error;
  }
}
