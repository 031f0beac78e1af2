/** How a thing is made in a cloud: written down first, adopted when it is there already, waited for without hurry. */
import { GutsError } from '../../../main/shared/errors.ts';
import { TAG_PREFIX, type LedgerItem } from '../../../main/shared/migration.ts';
import type { Ledger } from '../../drivers.ts';
import type { CloudSession } from './cloud-session.ts';
import { ConnectionLostError } from '../../net/errors.ts';
import { NotFoundError, ServiceUnavailableError } from './errors.ts';
import type { Clock } from './patience.ts';

/** What every maker works with. */
export interface Site {
  readonly session: CloudSession;
  readonly clock: Clock;
}

type NewItem = Omit<LedgerItem, 'id' | 'side'>;

interface Ways<T> {
  /** What the ledger's id leads to; null where it is gone or of no use (and then removed). */
  readonly adopt: (id: string) => Promise<T | null>;
  /** The id of what carries the item's name, for an item whose id never came back. */
  readonly find: () => Promise<string | null>;
  /** @param signal outlasts a cancel by a while */
  readonly create: (signal: AbortSignal) => Promise<T>;
}

/** How long after a cancel the answer to an order is still waited for: it holds the id of what must then be removed. */
const ANSWER_GRACE_MS = 15_000;
/** What a killed process had ordered shows up within this time. */
const SHOWS_UP_MS = 2_000;

/** Makes a thing once, however often the way to it is interrupted; an order whose answer was lost is repeated only when nothing came of it. */
export async function makeOnce<T extends { readonly id: string }>(
  site: Site,
  ledger: Ledger,
  item: NewItem,
  { adopt, find, create }: Ways<T>,
  signal: AbortSignal,
): Promise<T> {
  const known = ledger.items.find(({ key }) => key === item.key);
  const entry = { ...item, side: 'destination' as const };
  if (known !== undefined) {
    const id = known.id ?? (await foundSoon(site, find, signal));
    const there = id === null ? null : await adopt(id);
    if (there !== null) return known.id === there.id ? there : await ledger.make(entry, async () => there);
  }
  signal.throwIfAborted();
  const orderedThere = async (): Promise<T | null> => {
    const id = await foundSoon(site, find, signal);
    return id === null ? null : await adopt(id);
  };
  /** A cloud that is slow may still have been at the first order: what it makes of that stands in the way of the second. */
  const keptMeanwhile = async (error: unknown): Promise<T> => {
    const there = signal.aborted ? null : await orderedThere();
    if (there === null) throw error;
    return there;
  };
  return await ledger.make(entry, async () => {
    const late = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => void (timer = setTimeout(() => late.abort(signal.reason), ANSWER_GRACE_MS));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await create(late.signal).catch(async (error: unknown) => {
        if (signal.aborted || !mayHaveBeenHeard(error)) throw error;
        return (await orderedThere()) ?? (await create(late.signal).catch(keptMeanwhile));
      });
    } finally {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
    }
  });
}

/** The order went out, and whether it was kept, only the cloud can show. */
const mayHaveBeenHeard = (error: unknown): boolean =>
  error instanceof ConnectionLostError || (error instanceof ServiceUnavailableError && error.status >= 500);

/** Looks a second time before it says that there is nothing: the order may still be on its way through the cloud. */
export async function foundSoon<T>(
  { clock }: Site,
  find: () => Promise<T | null>,
  signal: AbortSignal,
): Promise<T | null> {
  const found = await find();
  if (found !== null) return found;
  await clock.pause(SHOWS_UP_MS, signal);
  return await find();
}

/** Null where the cloud says that there is no such thing. */
export async function unlessGone<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}

const PAUSES_MS = [300, 500, 700, 1_000, 2_000, 3_000] as const;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Looks again and again until what is seen is what is waited for. A service that is out meanwhile is waited for too.
 * @param late what to say after `patienceMs` of waiting
 */
export async function waitUntil<T>(
  { clock }: Pick<Site, 'clock'>,
  look: () => Promise<T>,
  isDone: (seen: T) => boolean,
  { patienceMs, late, signal }: { patienceMs: number; late: (seen: T) => Error; signal: AbortSignal },
): Promise<T> {
  const beganMs = clock.now();
  for (let attempt = 0; ; attempt++) {
    const isLate = clock.now() - beganMs >= patienceMs;
    try {
      const seen = await look();
      if (isDone(seen)) return seen;
      if (isLate) throw late(seen);
    } catch (error) {
      if (isLate || !isPassing(error)) throw error;
    }
    await clock.pause(PAUSES_MS[attempt] ?? LONGEST_PAUSE_MS, signal);
  }
}

/** Whether looking again later may show more than an error. */
export const isPassing = (error: unknown): boolean => error instanceof GutsError && error.retryable;

/** Whatever has to move so many GiB inside the cloud may take its time: 20 MB/s, and a quarter of an hour besides. */
export const patienceForGiB = (sizeGiB: number): number => 15 * 60_000 + sizeGiB * 55_000;

/** All of them are done before the first failure is told, so that nothing is being made any more behind its back. */
export async function allDone<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}

/** The tag of the migration that a name or description begins with; null where it begins with none. */
export function tagIn(text: string | null | undefined): string | null {
  if (!text?.startsWith(TAG_PREFIX)) return null;
  return /^guts-mig_[0-9a-z]{12}(?![0-9a-z])/.exec(text)?.[0] ?? null;
}
