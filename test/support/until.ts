/** Asks a server again and again until it says what is waited for. */
import { setTimeout as pause } from 'node:timers/promises';

const LONGEST_MS = 120_000;
const BETWEEN_MS = 50;

/** @throws Error with the last answer when it never comes */
export async function until<T>(ask: () => Promise<T>, isDone: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + LONGEST_MS;
  for (;;) {
    const answer = await ask();
    if (isDone(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`It still says ${JSON.stringify(answer)}.`);
    await pause(BETWEEN_MS);
  }
}
