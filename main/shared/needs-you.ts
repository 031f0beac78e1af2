/** Which migrations go on only if a person does something. */
import type { WaitsFor } from './schedule.ts';
import type { Stage } from './stages.ts';

/** What both a line of the table and an event have. */
export interface Standing {
  readonly stage: Stage;
  readonly isRunning: boolean;
  readonly waitsFor: WaitsFor | null;
}

/** It goes on only if a person does something. */
export const needsYou = ({ stage, waitsFor }: Pick<Standing, 'stage' | 'waitsFor'>): boolean =>
  stage === 'failed' || isWaitingForYou({ stage, waitsFor });

/** The same without what has failed. */
export const isWaitingForYou = ({ stage, waitsFor }: Pick<Standing, 'stage' | 'waitsFor'>): boolean =>
  stage === 'readyForCutover' || waitsFor?.reason === 'space' || waitsFor?.reason === 'after';
