/** Runs a migration in the foreground, tells its stages and progress, and ends with its record. */
import { GutsError, toErrorInfo, type ErrorInfo } from '../shared/errors.ts';
import type { MigrationId, MigrationRecord, MigrationRequest } from '../shared/migration.ts';
import { isOver, type Stage } from '../shared/stages.ts';
import { recordText, stageText } from './migration-text.ts';
import { ToldError } from './told-error.ts';
import type { Workplace } from './workplace.ts';

/** @throws ToldError when it did not end as “done”; the record is printed before */
export async function runMigration(workplace: Workplace, request: MigrationRequest, lanes: number): Promise<void> {
  const { dataDir, terminal } = workplace;
  const source = await workplace.signInToSource(request.source);
  const destination = await workplace.signInToDestination(request.destination);
  terminal.note(`${request.vm.name}: migration ${request.id}`);
  try {
    await workplace.perform(
      { kind: 'migrate', request, source, destination, dataDir, lanes },
      { onStage: (stage) => tellStage(workplace, stage) },
    );
  } catch (error) {
    const record = await recordOf(workplace, request.id).catch(() => null); // the failure itself is what is told
    if (record === null) throw error;
    await endWith(workplace, record, toErrorInfo(error));
    return;
  }
  await endWith(workplace, await recordOf(workplace, request.id));
}

/** Prints the record. @throws ToldError when it is not done */
export async function endWith(workplace: Workplace, record: MigrationRecord, why?: ErrorInfo): Promise<void> {
  const names = await connectionNames(workplace);
  workplace.terminal.result(record, () => recordText({ ...record, error: null }, names));
  if (record.stage === 'done') return;
  throw new ToldError(why ?? record.error ?? toErrorInfo(new EndedElsewhereError(record)));
}

export function tellStage({ terminal }: Workplace, stage: Stage): void {
  const text = stageText[stage];
  if (text !== undefined) terminal.note(text);
}

/** One that is there, by its whole id. */
export async function recordOf(workplace: Workplace, id: MigrationId): Promise<MigrationRecord> {
  const [record] = await workplace.perform({ kind: 'migrations', dataDir: workplace.dataDir, id });
  if (record === undefined) throw new UnknownMigrationError(id);
  return record;
}

/** Names of sources and destinations by id; what was deleted has none. */
export async function connectionNames({ connections }: Workplace): Promise<ReadonlyMap<string, string>> {
  const all = [...(await connections.list('source')), ...(await connections.list('destination'))];
  return new Map(all.map(({ id, name }) => [id, name]));
}

export class UnknownMigrationError extends GutsError {
  readonly code = 'migration.unknown';
  readonly remedy = '“guts list” shows those that this machine knows.';

  constructor(id: string) {
    super(`There is no migration “${id}”.`);
  }
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
