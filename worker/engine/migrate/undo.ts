/** Undoes what a ledger names, the last thing first, and tells what it could not. */
import { GutsError, toErrorInfo } from '../../../main/shared/errors.ts';
import type { LedgerItem } from '../../../main/shared/migration.ts';
import type { Ledger, Undoer } from '../../drivers.ts';

export class LeftBehindError extends GutsError {
  readonly code = 'migration.left-behind';
  readonly remedy: string;
  override readonly retryable = true;

  constructor(failures: readonly { readonly item: LedgerItem; readonly error: unknown }[]) {
    const told = failures.map(({ item, error }) => `${item.kind} “${item.name}”: ${toErrorInfo(error).message}`);
    super(`Not everything could be undone. ${told.join(' ')}`, { cause: failures[0]?.error });
    this.remedy = `Cancel it again when both sides can be reached (“guts cancel”, “guts tidy --remove”), or remove by hand: ${failures.map(({ item }) => `${item.kind} “${item.name}”`).join(', ')}.`;
  }
}

/** A failure after which not everything could be undone either: the failure is what counts, and the rest is named. */
export class StillThereError extends GutsError {
  readonly code: string;
  readonly remedy: string;
  override readonly retryable: boolean;

  constructor(failure: unknown, items: readonly LedgerItem[]) {
    const { code, message, remedy, retryable } = toErrorInfo(failure);
    super(message, { cause: failure });
    this.code = code;
    const names = items.map(({ kind, name }) => `${kind} ${name}`).join(', ');
    this.remedy = `${remedy} Still there until it is cancelled (“guts cancel”): ${names}.`;
    this.retryable = retryable;
  }
}

type Opener = (signal: AbortSignal) => Promise<Undoer>;

/**
 * The source's side comes first: its machine is to run again as soon as it can, whether or not the other side can be signed in to.
 * @throws LeftBehindError naming what is still there; all else is gone by then
 * @throws StillThereError where that is only what is on a side that cannot be signed in to
 */
export async function undoAll(
  sides: { readonly source: Opener; readonly destination: Opener },
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  const failures: { item: LedgerItem; error: unknown }[] = [];
  const shut: unknown[] = [];
  const backwards = [...ledger.items].reverse();
  for (const side of ['source', 'destination'] as const) {
    const items = backwards.filter((one) => one.side === side);
    if (items.length === 0) continue;
    let undoer: Undoer;
    try {
      undoer = await sides[side](signal);
    } catch (error) {
      signal.throwIfAborted();
      shut.push(error);
      failures.push(...items.map((item) => ({ item, error })));
      continue;
    }
    for (const item of items) {
      try {
        await undoer.undo(item, signal);
        await ledger.settle(item.key);
      } catch (error) {
        failures.push({ item, error });
      }
    }
  }
  if (failures.length === 0) return;
  if (!failures.every(({ error }) => shut.includes(error))) throw new LeftBehindError(failures);
  throw new StillThereError(
    shut[0],
    failures.map(({ item }) => item),
  );
}
