/** NEW-13: a wave that takes longer than its window is open. */
import { bytesText, rateText, secondsText } from '../../../main/shared/figures.ts';
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';

export const tooLongForWindow: Rule<WaveFacts> = {
  id: 'NEW-13',
  group: 'plan',
  severity: 'warns',
  isBeside: ({ times: { window, seconds } }) =>
    window === null
      ? 'the plan has no window'
      : seconds === null
        ? 'no migration from here to there has been measured, and no rate was given (--rate)'
        : null,
  finds: ({ times: { window, seconds, bytes, bytesPerSecond, atOnce } }) =>
    window === null || seconds === null || seconds <= window.seconds
      ? []
      : [
          `about ${secondsText(seconds)} for ${bytesText(bytes)} at ${rateText((bytesPerSecond ?? 0) / 1e6)} each, ${atOnce} at once; open for ${secondsText(window.seconds)}`,
        ],
  says: 'The wave takes longer than its window is open: what has not begun by then waits for the next opening.',
  remedy: 'Make the wave smaller, the window longer (--window), or more migrations run at once (“guts settings”).',
  manual:
    'At the rate that migrations of this source to this destination had, or at the rate that was given, the wave takes longer than the window is open. What runs is not stopped as it closes; what has not begun waits for the next opening.',
};
