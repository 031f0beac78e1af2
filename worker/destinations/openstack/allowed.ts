/** Questions that a policy may forbid, or that a cloud may not know: their answer, or what stands for none. */
import type { Quota } from '../../../main/shared/cloud.ts';
import { CloudTooOldError, ForbiddenError, NotFoundError } from './errors.ts';

export async function ifAllowed<T>(ask: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await ask;
  } catch (error) {
    const isLeftOut =
      error instanceof ForbiddenError || error instanceof NotFoundError || error instanceof CloudTooOldError;
    if (isLeftOut) return otherwise;
    throw error;
  }
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** OpenStack says -1 where there is no limit. */
export const quota = (limit: number | undefined, used: number | undefined): Quota => ({
  limit: limit === undefined || limit < 0 ? null : limit,
  used: Math.max(0, used ?? 0),
});
