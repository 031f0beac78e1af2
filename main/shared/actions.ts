/** What can be done with a migration as it stands: the table of stages, and what its queue makes of it. */
import { GutsError } from './errors.ts';
import type { MigrationAction } from './operations/migration-action.ts';
import type { ScheduledMigration } from './schedule.ts';
import { exits, isOver, type StageEvent } from './stages.ts';

const eventOf: Readonly<Partial<Record<MigrationAction, StageEvent>>> = {
  pause: 'pause',
  resume: 'resume',
  cancel: 'cancel',
  cutover: 'cutOver',
  retry: 'retry',
};

/** Every action that would not be refused now. */
export function allowedActions(one: ScheduledMigration): MigrationAction[] {
  const { stage, isRunning, isQueued, waitsFor, schedule } = one;
  // What waits for its next try after trouble may be told to try now.
  const isFree = !isRunning && (!isQueued || waitsFor?.reason === 'trouble' || waitsFor?.reason === 'space');
  const actions: MigrationAction[] = [];
  if (isFree && !isOver(stage)) actions.push('start'); // also one that was interrupted, or waits
  for (const [action, event] of Object.entries(eventOf) as [MigrationAction, StageEvent][]) {
    const isPossible = exits[stage][event] !== undefined;
    const isWorkedOn = action === 'pause' || action === 'cancel' || action === 'cutover';
    if (isPossible && (isWorkedOn || isFree)) actions.push(action);
  }
  if (isFree && stage === 'cleaning') actions.push('cancel'); // whoever was at it has died
  if (isQueued && stage !== 'paused' && !actions.includes('pause') && !isRunning) actions.push('pause');
  if (schedule?.isHeld === true) actions.push('release');
  else if (!isOver(stage)) actions.push('hold');
  return actions;
}

class NoSuchStepError extends GutsError {
  readonly code = 'migration.no-such-step';
  readonly remedy: string;

  constructor(one: ScheduledMigration, action: MigrationAction) {
    const { request, stage, isRunning, isQueued } = one;
    const able = allowedActions(one);
    super(
      isRunning
        ? `${request.id} (“${request.vm.name}”) is being worked on and stands at “${stage}”, so “${action}” does not fit.`
        : `${request.id} (“${request.vm.name}”) is at “${stage}”${isQueued ? ' and in the queue' : ''}, so “${action}” does not fit.`,
    );
    this.remedy = isRunning
      ? `Let it go on (“guts watch ${request.id}” follows it), or cancel it (“guts cancel ${request.id}”).`
      : able.length > 0
        ? `What can be done: ${able.map((word) => `guts ${word} ${request.id}`).join(', ')}.`
        : 'Create a new migration for the machine.';
  }
}

/** @throws NoSuchStepError naming what can be done instead */
export function demandAction(one: ScheduledMigration, action: MigrationAction): void {
  if (!allowedActions(one).includes(action)) throw new NoSuchStepError(one, action);
}
