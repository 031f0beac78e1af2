/** How things are, in a line. */
import type { Summary } from './standing.ts';
import type { Words } from './words/en.ts';

/** “3 running · 1 needs you · 2 failed”. */
export function summaryText({ tray }: Words, { running, waitingForYou, failed, isPaused }: Summary): string {
  const parts = [
    running === 0 ? tray.nothing : tray.running(running),
    ...(waitingForYou === 0 ? [] : [tray.waitingForYou(waitingForYou)]),
    ...(failed === 0 ? [] : [tray.failed(failed)]),
    ...(isPaused ? [tray.paused] : []),
  ];
  return parts.join(' · ');
}
