/** The life of a migration as a table: engine, scheduler, buttons, command line, REST and manual all read this one. */
import { z } from 'zod';

export const Stage = z.enum([
  'planned',
  'preflight',
  'queued',
  'preparing',
  'copying',
  'syncing',
  'readyForCutover',
  'cuttingOver',
  'provisioning',
  'booting',
  'verifying',
  'done',
  'paused',
  'waiting',
  'failed',
  'cleaning',
  'cancelled',
  'rolledBack',
  /** Another Guts has it; only its journal may say what became of it there. */
  'given',
]);
export type Stage = z.infer<typeof Stage>;

export type StageEvent =
  | 'start'
  | 'passed'
  | 'admitted'
  | 'ready'
  | 'copied'
  | 'inSync'
  | 'cutOver'
  | 'switched'
  | 'provisioned'
  | 'booted'
  | 'verified'
  | 'pause'
  | 'resume'
  | 'hold'
  | 'fail'
  | 'cancel'
  | 'cleaned'
  | 'retry'
  | 'rollBack';

/**
 * Which event leads where. A cold migration goes from `copying` by `switched` straight to `provisioning`, and one
 * whose destination is a local file from `copying` by `provisioned` to `verifying`: there is no server to boot.
 */
export const exits: Readonly<Record<Stage, Partial<Record<StageEvent, Stage>>>> = {
  planned: { start: 'preflight', cancel: 'cancelled' },
  preflight: { passed: 'queued', fail: 'failed', cancel: 'cleaning' }, // a retry may have something left to undo
  // Its plan is looked at again where it has waited for long; what stops the move by then fails it.
  queued: { admitted: 'preparing', fail: 'failed', cancel: 'cleaning' },
  preparing: { ready: 'copying', hold: 'waiting', pause: 'paused', fail: 'failed', cancel: 'cleaning' },
  copying: {
    copied: 'syncing',
    switched: 'provisioning',
    provisioned: 'verifying',
    hold: 'waiting',
    pause: 'paused',
    fail: 'failed',
    cancel: 'cleaning',
  },
  syncing: { inSync: 'readyForCutover', hold: 'waiting', pause: 'paused', fail: 'failed', cancel: 'cleaning' },
  readyForCutover: { cutOver: 'cuttingOver', pause: 'paused', fail: 'failed', cancel: 'cleaning' },
  cuttingOver: { switched: 'provisioning', fail: 'failed' }, // the source is going off: finish or fail, never half-cancel
  // Held where the source has run again meanwhile: what was copied is of no use then.
  provisioning: { provisioned: 'booting', hold: 'waiting', fail: 'failed', cancel: 'cleaning' },
  booting: { booted: 'verifying', hold: 'waiting', fail: 'failed', cancel: 'cleaning' },
  verifying: { verified: 'done', hold: 'waiting', fail: 'failed', cancel: 'cleaning' },
  done: { rollBack: 'rolledBack' },
  paused: { resume: 'preparing', fail: 'failed', cancel: 'cleaning' },
  waiting: { resume: 'preparing', fail: 'failed', cancel: 'cleaning' },
  failed: { retry: 'preflight', cancel: 'cleaning' },
  cleaning: { cleaned: 'cancelled', fail: 'failed' }, // puts back what was changed, the source's power state included
  cancelled: {},
  rolledBack: {},
  given: {}, // and back by a hand-over
};

/**
 * The stage that `event` leads to from `stage`.
 * @throws Error when the table has no such exit, which is a fault in the caller.
 */
export function next(stage: Stage, event: StageEvent): Stage {
  const to = exits[stage][event];
  if (to === undefined) throw new Error(`“${event}” does not lead out of “${stage}”`);
  return to;
}

/** Nothing will happen any more unless somebody asks for it. */
export const isOver = (stage: Stage): boolean => ['done', 'failed', 'cancelled', 'rolledBack', 'given'].includes(stage);

/** It works with nothing any more that it made; one that another Guts has may do so there. */
export const hasEnded = (stage: Stage): boolean => isOver(stage) && stage !== 'given';

/** Nobody has to be at work on it: it is over, or waits for its turn or for a word. */
export const isAtRest = (stage: Stage): boolean =>
  isOver(stage) || ['planned', 'queued', 'paused', 'waiting'].includes(stage);
