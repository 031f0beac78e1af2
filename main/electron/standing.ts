/** All migrations in a few figures: what the tray shows, and what has changed so that somebody should know. */
import type { NoticeKind } from '../shared/desktop.ts';
import { isWaitingForYou, type Standing } from '../shared/needs-you.ts';

export type TrayState = 'idle' | 'working' | 'needsYou' | 'failed';

export interface Summary {
  readonly running: number;
  readonly waitingForYou: number;
  /** Since somebody looked at the window last. */
  readonly failed: number;
  /** Nothing is started any more. */
  readonly isPaused: boolean;
}

export const nothingKnown: Summary = { running: 0, waitingForYou: 0, failed: 0, isPaused: false };

export function summaryOf(standings: Iterable<Standing>, failed: number, isPaused: boolean): Summary {
  let running = 0;
  let waitingForYou = 0;
  for (const standing of standings) {
    if (standing.isRunning) running += 1;
    if (isWaitingForYou(standing)) waitingForYou += 1;
  }
  return { running, waitingForYou, failed, isPaused };
}

/** What is most urgent. */
export function trayStateOf({ running, waitingForYou, failed }: Summary): TrayState {
  if (failed > 0) return 'failed';
  if (waitingForYou > 0) return 'needsYou';
  return running > 0 ? 'working' : 'idle';
}

/** What somebody should be told of a migration that has changed; null where there is nothing new to it. */
export function newsOf(before: Standing | undefined, after: Standing): Exclude<NoticeKind, 'window'> | null {
  if (after.stage !== before?.stage && after.stage === 'done') return 'finished';
  if (after.stage !== before?.stage && after.stage === 'failed') return 'failed';
  if (isWaitingForYou(after) && !(before !== undefined && isWaitingForYou(before))) return 'needsYou';
  return null;
}
