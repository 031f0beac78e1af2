/** Asks a server again and again until it says what is waited for. */
import { setTimeout as pause } from 'node:timers/promises';

const LONGEST_MS = 300_000;
const BETWEEN_MS = 50;

/** @throws Error with the last answer when it never comes */
export async function until<T>(
  ask: () => Promise<T>,
  isDone: (answer: T) => boolean,
  longestMs = LONGEST_MS,
): Promise<T> {
  const deadline = Date.now() + longestMs;
  for (;;) {
    const answer = await ask();
    if (isDone(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`It still says ${JSON.stringify(answer)}.`);
    await pause(BETWEEN_MS);
  }
}
