/** What the queue writes down when a run, a preflight or a cancellation has ended. */
import { toErrorInfo, type ErrorInfo } from '../shared/errors.ts';
import type { MigrationRecord } from '../shared/migration.ts';
import type { SlotUse } from '../shared/schedule.ts';
import { isOver } from '../shared/stages.ts';
import { troubleAfter } from './backoff.ts';
import type { QueueEntry, QueueLine } from './entries.ts';

export interface End {
  readonly entry: QueueEntry;
  /** As it stands now; null where it is gone. */
  readonly record: MigrationRecord | null;
  /** Why it ended before its time; null where it did not. */
  readonly error: unknown;
  /** It stands as it did before: its journal says nothing of that. */
  readonly isUntouched: boolean;
  readonly ranForMs: number;
  readonly nowMs: number;
}

/** @param isParked the scheduler stops: what stands still now goes on first when it starts again */
export function afterRun(end: End, isParked: boolean): QueueLine[] {
  const { entry, record, nowMs } = end;
  if (record === null || isOver(record.stage)) return whenOver(end);
  if (isParked && entry.wish === 'run' && record.stage !== 'waiting') return [];
  const at = timeOf(nowMs);
  const released: QueueLine = { what: 'released', id: entry.id, stage: record.stage, at };
  if (entry.wish === 'pause') {
    const back = record.stage === 'paused' ? [] : takenBack(entry, at);
    return [...back, released, { what: 'wished', id: entry.id, wish: 'none', number: null, at }];
  }
  if (entry.wish === 'run' && record.stage !== 'paused') return [released, troubled(end, record)];
  return [released];
}

/** Whoever has had it last, and may only not be heard, has it no more: it does not go on where somebody wants it to stand. */
export function takenBack({ id, hold }: QueueEntry, at: string): QueueLine[] {
  return hold === null ? [] : [{ what: 'handed', id, hold: { ...hold, token: hold.token + 1 }, at }];
}

/** @param use what it will take; null where preflight did not come to it */
export function afterPreflight(end: End, use: SlotUse | null): QueueLine[] {
  const { entry, record, nowMs } = end;
  if (record === null) return whenOver(end);
  const at = timeOf(nowMs);
  if (use !== null) {
    const cleared: QueueLine[] = entry.trouble === null ? [] : [{ what: 'troubled', id: entry.id, trouble: null, at }];
    return [{ what: 'measured', id: entry.id, use, at }, ...cleared];
  }
  const mayPass = record.stage === 'failed' && (record.error?.retryable === true || couldNotBegin(end));
  if (isOver(record.stage) && !mayPass) return whenOver(end);
  if (entry.wish === 'pause') return [{ what: 'wished', id: entry.id, wish: 'none', number: null, at }];
  return entry.wish === 'run' ? [troubled(end, record)] : [];
}

/** As long as it is not over, or was over before and nothing came of it, it is tried again. */
export function afterCancel(end: End): QueueLine[] {
  const { entry, record } = end;
  const mayPass = record?.stage === 'failed' && couldNotBegin(end);
  if (record === null || (isOver(record.stage) && !mayPass)) return whenOver(end);
  return entry.wish === 'cancel' ? [troubled(end, record)] : [];
}

/** Nothing is left to wish for. */
export function whenOver({ entry, record, nowMs }: Pick<End, 'entry' | 'record' | 'nowMs'>): QueueLine[] {
  const { id } = entry;
  const at = timeOf(nowMs);
  if (record === null) return [{ what: 'forgotten', id, at }];
  return [
    ...(entry.isAdmitted ? [{ what: 'released', id, stage: record.stage, at } as const] : []),
    ...(entry.wish === 'none' ? [] : [{ what: 'wished', id, wish: 'none', number: null, at } as const]),
  ];
}

/** What is wrong stands nowhere else: what its record tells is why it failed before. */
const couldNotBegin = ({ error, isUntouched }: End): boolean => error !== null && isUntouched;

function troubled({ entry, error, ranForMs, nowMs }: End, record: MigrationRecord): QueueLine {
  const why = error === null ? (record.error ?? stopped(record)) : toErrorInfo(error);
  const trouble = troubleAfter(why, entry.trouble, ranForMs, nowMs);
  return { what: 'troubled', id: entry.id, trouble, at: timeOf(nowMs) };
}

const stopped = ({ stage }: MigrationRecord): ErrorInfo => ({
  code: 'migration.stopped',
  message: `It stopped at “${stage}” without a word.`,
  remedy: 'It is tried again by itself.',
  retryable: true,
});

const timeOf = (ms: number): string => new Date(ms).toISOString();
