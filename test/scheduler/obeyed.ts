/** Reads a queue's journal line by line, and says where it did not keep to slots, waves, windows, space or order. */
import { apply, type QueueEntry, type QueueLine } from '../../main/scheduler/entries.ts';
import { costOf } from '../../main/scheduler/slots.ts';
import { isOpen } from '../../main/shared/windows.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { SchedulerSettings, SlotUse } from '../../main/shared/schedule.ts';
import { isOver, type Stage } from '../../main/shared/stages.ts';

export interface Law {
  readonly settings: SchedulerSettings;
  /** Conversion space of each node. */
  readonly nodes: Readonly<Record<string, number>>;
}

export interface Audit {
  /** In words; empty where all was kept. */
  readonly broken: readonly string[];
  /** The most that was admitted at once: everywhere, and on each node. */
  readonly most: number;
  readonly mostOn: ReadonlyMap<string, number>;
  /** In the order in which they were admitted for the first time. */
  readonly admitted: readonly MigrationId[];
}

export function audit(journal: readonly QueueLine[], law: Law): Audit {
  const entries = new Map<MigrationId, QueueEntry>();
  const running = new Map<MigrationId, QueueEntry>();
  const ends = new Map<MigrationId, Stage>();
  const broken: string[] = [];
  const admitted: MigrationId[] = [];
  const mostOn = new Map<string, number>();
  let most = 0;
  for (const line of journal) {
    if (line.what === 'admitted') {
      const entry = entries.get(line.id);
      if (entry === undefined) broken.push(`${line.id} was admitted unheard of`);
      else broken.push(...objections(line, entry, [...entries.values()], ends, law, !admitted.includes(line.id)));
      if (!admitted.includes(line.id)) admitted.push(line.id);
    }
    if (line.what === 'released') ends.set(line.id, line.stage);
    if (line.what === 'wished' && line.wish === 'run') ends.delete(line.id);
    apply(entries, line);
    const id = line.what === 'kept' ? line.entry.id : line.id;
    const now = entries.get(id);
    if (now?.isAdmitted === true) running.set(id, now);
    else running.delete(id);
    most = Math.max(most, running.size);
    for (const node of Object.keys(law.nodes)) {
      const here = [...running.values()].filter(({ placement }) => placement?.node === node).length;
      mostOn.set(node, Math.max(here, mostOn.get(node) ?? 0));
    }
  }
  return { broken, most, mostOn, admitted };
}

function* objections(
  { id, at, placement }: Extract<QueueLine, { what: 'admitted' }>,
  { schedule, use, isAdmitted, wish }: QueueEntry,
  entries: readonly QueueEntry[],
  ends: ReadonlyMap<MigrationId, Stage>,
  { settings, nodes }: Law,
  isFirst: boolean,
): Generator<string> {
  const atMs = Date.parse(at);
  if (isAdmitted) yield `${id} was admitted twice`;
  if (wish !== 'run') yield `${id} was admitted although nobody wished it`;
  if (schedule.isHeld) yield `${id} was admitted although it was held`;
  if (use === null) {
    yield `${id} was admitted without a preflight`;
    return;
  }
  const running = entries.filter((other) => other.isAdmitted);
  for (const [where, count, limit] of counts([...running.flatMap((other) => other.use ?? []), use], use, settings))
    if (count > limit) yield `${id} was admitted to ${where} as number ${count} of ${limit}`;

  const freeOf = (node: string): number =>
    (nodes[node] ?? 0) -
    running.reduce((sum, one) => sum + (one.placement?.node === node ? one.placement.reservedBytes : 0), 0);
  const ofSource = settings.nodesOfSource[use.source] ?? Object.keys(nodes);
  const allowed = ofSource.filter((node) => schedule.nodes.length === 0 || schedule.nodes.includes(node));
  if (!allowed.includes(placement.node)) yield `${id} came to ${placement.node}, where it may not run`;
  if (placement.reservedBytes !== use.spaceBytes) yield `${id} was promised ${placement.reservedBytes} bytes`;
  if (freeOf(placement.node) < use.spaceBytes) yield `${id} was promised room on ${placement.node} that is not there`;
  if (placement.reason === '') yield `${id} was placed without a reason`;

  if (!isFirst) return; // it was under way: hours and waves are behind it
  // As long as somebody waits for room, some of it may be kept for that one.
  const isKept = entries.some(({ waitsFor, wish: wants }) => wants === 'run' && waitsFor?.reason === 'space');
  const isAmple = (node: string): boolean => freeOf(node) >= 4 * use.spaceBytes;
  if (!isKept && !isAmple(placement.node) && allowed.some(isAmple))
    yield `${id} came to ${placement.node}, not where there is more room`;
  const loadOf = (node: string): number => running.filter((one) => one.placement?.node === node).length;
  const isAsGood = (node: string): boolean =>
    freeOf(node) >= use.spaceBytes && isAmple(node) === isAmple(placement.node);
  // Those that are in preflight count there as well, and are not in this journal.
  if (!isKept && allowed.some((node) => isAsGood(node) && loadOf(node) + settings.preflights < loadOf(placement.node)))
    yield `${id} came to ${placement.node}, not where less runs`;
  if (schedule.notBefore !== null && Date.parse(schedule.notBefore) > atMs) yield `${id} was admitted too early`;
  if (schedule.window !== null && !isOpen(schedule.window, atMs))
    yield `${id} was admitted outside its window, at ${at}`;
  for (const before of schedule.after) if (ends.get(before) !== 'done') yield `${id} did not wait for ${before}`;
  for (const other of entries) {
    const { plan, wave } = other.schedule;
    if (plan === null || plan !== schedule.plan || wave >= schedule.wave) continue;
    const isPast = other.wish === 'none' && other.number > 0;
    if (!isPast && !isOver(ends.get(other.id) ?? 'planned'))
      yield `${id} of wave ${schedule.wave} went before ${other.id} of wave ${wave} was over`;
  }
}

/** Of the places that `mine` takes a slot of. */
function* counts(
  uses: readonly SlotUse[],
  mine: SlotUse,
  { slots }: SchedulerSettings,
): Generator<[string, number, number]> {
  const sum = (cost: (one: SlotUse) => number): number => uses.reduce((n, one) => n + cost(one), 0);
  const isSource = ({ source }: SlotUse): boolean => source === mine.source;
  yield ['everything', uses.length, slots.global];
  yield ['the source', sum((one) => Number(isSource(one))), slots.perSource];
  yield ['the destination', sum(({ destination }) => Number(destination === mine.destination)), slots.perDestination];
  const costs = ({ disks }: SlotUse, limit: number): number => Math.min(limit, costOf(disks));
  if (mine.host !== null) {
    const isHere = (one: SlotUse): boolean => isSource(one) && one.host === mine.host;
    yield ['the host', sum((one) => (isHere(one) ? costs(one, slots.perHost) : 0)), slots.perHost];
  }
  for (const datastore of mine.datastores) {
    const isHere = (one: SlotUse): boolean => isSource(one) && one.datastores.includes(datastore);
    yield ['the datastore', sum((one) => (isHere(one) ? costs(one, slots.perDatastore) : 0)), slots.perDatastore];
  }
}
