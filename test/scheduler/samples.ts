/** Entries of the queue, nodes and situations for stories about the scheduler: what is not said is out of the way. */
import { DestinationId, SourceId } from '../../main/shared/connections.ts';
import { MigrationId } from '../../main/shared/migration.ts';
import {
  defaultSchedule,
  defaultSettings,
  PlanId,
  type NodeFacts,
  type Schedule,
  type SchedulerSettings,
  type SlotUse,
} from '../../main/shared/schedule.ts';
import type { Stage } from '../../main/shared/stages.ts';
import type { Situation } from '../../main/scheduler/decide.ts';
import type { QueueEntry } from '../../main/scheduler/entries.ts';

const twelve = (text: string): string => text.padStart(12, '0');
export const mig = (name: string | number): MigrationId => MigrationId.parse(`mig_${twelve(String(name))}`);
export const plan = (name: string): PlanId => PlanId.parse(`pln_${twelve(name)}`);
export const src = (name: string): SourceId => SourceId.parse(`src_${twelve(name)}`);
export const dst = (name: string): DestinationId => DestinationId.parse(`dst_${twelve(name)}`);

export const GIB = 1024 ** 3;
/** A Monday, at noon in Berlin. */
export const MONDAY_NOON = Date.parse('2026-06-01T10:00:00Z');

export const use = (change: Partial<SlotUse> = {}): SlotUse => ({
  source: src('vc'),
  destination: dst('cloud'),
  host: null,
  datastores: [],
  disks: 1,
  spaceBytes: GIB,
  ...change,
});

let number = 0;

/** One that has passed preflight and wants to run; later ones are younger. */
export function waiting(
  name: string | number,
  change: Partial<Schedule> = {},
  of: Partial<QueueEntry> = {},
): QueueEntry {
  number += 1;
  return {
    id: mig(name),
    number,
    schedule: { ...defaultSchedule, ...change },
    wish: 'run',
    use: use(),
    placement: null,
    hold: null,
    isAdmitted: false,
    trouble: null,
    waitsFor: null,
    ...of,
  };
}

export function running(
  name: string | number,
  change: Partial<Schedule> = {},
  of: Partial<QueueEntry> = {},
): QueueEntry {
  const placement = { node: 'desk', reason: '', reservedBytes: (of.use ?? use()).spaceBytes };
  return waiting(name, change, { placement, isAdmitted: true, ...of });
}

export const node = (id = 'desk', freeBytes = 1000 * GIB, change: Partial<NodeFacts> = {}): NodeFacts => ({
  id,
  host: id,
  isAlive: true,
  space: { folder: '/var/tmp', totalBytes: 2000 * GIB, freeBytes, reservedBytes: 0 },
  running: [],
  processors: 4,
  memoryBytes: 8 * GIB,
  seenAt: new Date(MONDAY_NOON).toISOString(),
  ...change,
});

export interface Told {
  readonly entries: readonly QueueEntry[];
  /** Those that are not named are queued, or copied where they run. */
  readonly stages?: ReadonlyMap<MigrationId, Stage | null>;
  readonly slots?: Partial<SchedulerSettings['slots']>;
  readonly settings?: Partial<SchedulerSettings>;
  readonly nodes?: readonly NodeFacts[];
  readonly nowMs?: number;
  readonly inPreflight?: ReadonlySet<MigrationId>;
  readonly overtaken?: ReadonlyMap<MigrationId, number>;
  readonly tags?: ReadonlyMap<MigrationId, readonly string[]>;
  readonly elsewhereOf?: Situation['elsewhereOf'];
}

export function situation(told: Told): Situation {
  const { entries, stages = new Map(), slots = {}, settings = {}, nodes = [node()] } = told;
  const {
    nowMs = MONDAY_NOON,
    inPreflight = new Set<MigrationId>(),
    overtaken = new Map<MigrationId, number>(),
    tags = new Map<MigrationId, readonly string[]>(),
  } = told;
  const admitted = new Set(entries.filter(({ isAdmitted }) => isAdmitted).map(({ id }) => id));
  return {
    nowMs,
    entries,
    stageOf: (id) => (stages.has(id) ? (stages.get(id) ?? null) : admitted.has(id) ? 'copying' : 'queued'),
    endsOf: () => ({ source: src('vc'), destination: dst('cloud') }),
    tagsOf: (id) => tags.get(id) ?? [],
    settings: { ...defaultSettings, ...settings, slots: { ...defaultSettings.slots, ...slots } },
    nodes,
    inPreflight,
    overtaken,
    elsewhereOf: told.elsewhereOf,
    nameOf: (id, ref) => ref ?? id.slice(4).replace(/^0+/, ''),
  };
}
