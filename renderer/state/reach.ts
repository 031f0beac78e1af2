/** What an engine that is out of reach has left unanswered: what is known stays, and all of it is asked again when it is back. */
import { OUT_OF_REACH } from '../../main/shared/engines.ts';
import { toErrorInfo } from '../../main/shared/errors.ts';

type Ask = () => void;

const waiting = new Set<Ask>();

export const isOutOfReach = (error: unknown): boolean => toErrorInfo(error).code === OUT_OF_REACH;

/** Asks again, once, when the engine is back; the function that it returns forgets that. */
export function whenBack(ask: Ask): () => void {
  waiting.add(ask);
  return () => void waiting.delete(ask);
}

export function tellBack(): void {
  const asks = [...waiting];
  waiting.clear();
  for (const ask of asks) ask();
}

/** Another engine is shown, which owes none of it. */
export const forgetWaiting = (): void => waiting.clear();
