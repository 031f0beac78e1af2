/** What can be asked of a migration as it stands; the table of stages decides. */
import { GutsError } from '../shared/errors.ts';
import type { MigrationRecord } from '../shared/migration.ts';
import { MigrationAction } from '../shared/operations.ts';
import { exits, isOver } from '../shared/stages.ts';
import type { QueueEntry } from './entries.ts';

export interface Standing {
  readonly record: MigrationRecord;
  readonly entry: QueueEntry | null;
  /** Somebody works on it right now. */
  readonly isAtWork: boolean;
}

type Rule = (standing: Standing) => boolean;

const rules: Readonly<Record<MigrationAction, Rule>> = {
  start: ({ record: { stage }, entry, isAtWork }) =>
    !isAtWork && entry?.wish !== 'run' && (exits[stage].start !== undefined || isInterrupted(stage)),
  retry: ({ record: { stage }, entry, isAtWork }) =>
    !isAtWork && exits[stage].retry !== undefined && (entry?.wish !== 'run' || entry.trouble !== null),
  pause: ({ record: { stage }, entry, isAtWork }) =>
    isAtWork && entry?.wish === 'run' && exits[stage].pause !== undefined,
  resume: ({ record: { stage }, entry, isAtWork }) =>
    entry?.wish === 'pause' ||
    (!isAtWork && exits[stage].resume !== undefined && (entry?.wish !== 'run' || entry.trouble !== null)),
  cancel: ({ record: { stage }, entry, isAtWork }) =>
    entry?.wish !== 'cancel' && (exits[stage].cancel !== undefined || (stage === 'cleaning' && !isAtWork)),
  cutover: ({ record: { stage } }) => exits[stage].cutOver !== undefined,
  hold: ({ record: { stage }, entry, isAtWork }) =>
    !isAtWork && !isOver(stage) && stage !== 'cleaning' && entry?.schedule.isHeld !== true,
  release: ({ entry }) => entry?.schedule.isHeld === true,
};

/** It was left somewhere between start and end, and can be taken up there. */
const isInterrupted = (stage: MigrationRecord['stage']): boolean =>
  !isOver(stage) && exits[stage].resume === undefined && stage !== 'cleaning';

export const isOffered = (action: MigrationAction, standing: Standing): boolean => rules[action](standing);

/** @throws NoSuchStepError */
export function demandOffered(action: MigrationAction, standing: Standing): void {
  if (!isOffered(action, standing)) throw new NoSuchStepError(action, standing);
}

export class NoSuchStepError extends GutsError {
  readonly code = 'migration.no-such-step';
  readonly remedy: string;

  constructor(what: string, standing: Standing) {
    const { record, entry, isAtWork } = standing;
    const { id, vm } = record.request;
    const how = isAtWork ? ', and is worked on' : entry?.wish === 'run' ? ', and is in the queue' : '';
    super(`${id} (“${vm.name}”) stands at “${record.stage}”${how}, so “${what}” does not fit.`);
    const able = MigrationAction.options.filter((action) => isOffered(action, standing));
    this.remedy =
      able.length === 0
        ? 'Nothing can be done with it but to look at it; create a new migration for the machine to try again.'
        : `What can be done with it now: ${able.join(', ')}.`;
  }
}
