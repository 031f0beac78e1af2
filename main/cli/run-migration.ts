/** Follows a migration to its end, tells its stages and progress meanwhile, and ends with its record. */
import { demandAction } from '../shared/actions.ts';
import { GutsError, toErrorInfo } from '../shared/errors.ts';
import type { MigrationId, MigrationRecord } from '../shared/migration.ts';
import type { ScheduledMigration } from '../shared/schedule.ts';
import { isOver, type Stage } from '../shared/stages.ts';
import { onInterrupt } from './interrupts.ts';
import { recordText, stageText } from './migration-text.ts';
import { ToldError } from './told-error.ts';
import type { Workplace } from './workplace.ts';

/** However few events come, it is looked at this often. */
const LOOK_EVERY_MS = 1000;

/** Asks for what is not kept before anything is written or started. */
export async function demandSecrets(
  workplace: Workplace,
  { source, destination }: { readonly source: string; readonly destination: string },
): Promise<void> {
  await workplace.demandSecret('source', source);
  await workplace.demandSecret('destination', destination);
}

/**
 * Starts it (or retries, or resumes) and follows it. Where this process does the work, Ctrl-C cancels it; where a server
 * does, Ctrl-C only stops following.
 * @throws ToldError when it did not end as “done”; the record is printed before
 */
export async function runMigration(
  workplace: Workplace,
  record: ScheduledMigration,
  action: 'start' | 'retry' | 'resume',
): Promise<void> {
  const { terminal, client, isRemote } = workplace;
  const { id, vm } = record.request;
  demandAction(record, action);
  await demandSecrets(workplace, record.request);
  terminal.note(`${vm.name}: migration ${id}`);
  const cancel = async (): Promise<unknown> =>
    await client.call('migrations.action', { id, action: 'cancel' }).catch(() => {}); // its record tells
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
    terminal.note('Cancelling, and removing what was made …');
    void cancel();
  };
  using _heard = isRemote ? null : onInterrupt(stop);
  await client.call('migrations.action', { id, action });
  if (isStopped) await cancel(); // where nothing was begun yet, there was nothing to cancel before
  await endWith(workplace, await follow(workplace, id, record.stages.length));
}

/**
 * Looks until it has ended, or nobody works on it and nobody will.
 * @param told how many of its stages need not be told
 */
export async function follow(workplace: Workplace, id: MigrationId, told: number): Promise<ScheduledMigration> {
  const { terminal, client } = workplace;
  const stop = new AbortController();
  let wake = (): void => {};
  void (async () => {
    for await (const { event } of client.events(undefined, stop.signal)) if ('id' in event && event.id === id) wake();
  })().catch(() => {}); // without events it is looked at by the clock
  let stages = told;
  let waited = '';
  let slowed = '';
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const record = await client.call('migrations.show', { id });
      for (const { stage } of record.stages.slice(stages)) tellStage(workplace, stage);
      stages = record.stages.length;
      const says = record.waitsFor?.says ?? '';
      if (says !== '' && says !== waited) terminal.note(`Waits: ${says}`);
      waited = says;
      const slow = record.slowedBy?.says ?? '';
      if (slow !== '' && slow !== slowed) terminal.note(`Slowed: ${slow}`);
      slowed = slow;
      for (const progress of record.progress) terminal.progress(progress);
      if (!record.isRunning && !record.isQueued) return record;
      await Promise.race([woken, new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))]);
    }
  } finally {
    stop.abort();
    terminal.clear();
  }
}

/** Prints the record. @throws ToldError when it is not done */
export async function endWith(workplace: Workplace, record: ScheduledMigration): Promise<void> {
  const names = await connectionNames(workplace);
  workplace.terminal.result(record, () => recordText({ ...record, error: null }, names));
  if (record.stage === 'done') return;
  throw new ToldError(record.error ?? toErrorInfo(new EndedElsewhereError(record)));
}

export function tellStage({ terminal }: Workplace, stage: Stage): void {
  const text = stageText[stage];
  if (text !== undefined) terminal.note(text);
}

/** Names of sources and destinations by id; what was deleted has none. */
export async function connectionNames(workplace: Workplace): Promise<ReadonlyMap<string, string>> {
  const { sources } = await workplace.call('sources.list', {});
  const { destinations } = await workplace.call('destinations.list', {});
  return new Map([...sources, ...destinations].map(({ id, name }) => [id, name]));
}

/** It ended, but not as it was meant to; or nobody works on it. */
class EndedElsewhereError extends GutsError {
  readonly code: string;
  readonly remedy: string;

  constructor({ request, stage }: MigrationRecord) {
    super(
      isOver(stage)
        ? `The migration ended as “${stage}”.`
        : `The migration stands at “${stage}”, and nobody works on it.`,
    );
    this.code = isOver(stage) ? `migration.${stage === 'rolledBack' ? 'rolled-back' : stage}` : 'migration.idle';
    this.remedy = isOver(stage)
      ? `“guts show ${request.id}” tells its journey; create a new one to try again.`
      : `Run “guts start ${request.id}” to go on, or “guts cancel ${request.id}” to undo what was made.`;
  }
}
