/** A migration changes hands: its last line here says who has it now, and the journal there goes on from that line. */
import { z } from 'zod';
import { GutsError } from '../../../main/shared/errors.ts';
import type { GiveJob, ReceiveJob } from '../../../main/shared/journal-jobs.ts';
import { isOver } from '../../../main/shared/stages.ts';
import { UnknownMigrationError } from '../../../main/shared/unknown-migration.ts';
import { MoveEntry, stateOf, type MoveState } from './journal.ts';
import type { Shelf } from './shelf.ts';

/** It is over, or somebody works on it. */
class CannotBeGivenError extends GutsError {
  readonly code = 'handover.not-at-rest';
  readonly remedy = 'Wait until it stands still, or let it go on where it is.';
  override readonly retryable = true;

  constructor({ record: { request, stage } }: MoveState) {
    super(`“${request.vm.name}” (${request.id}) is at “${stage}” and cannot be given.`);
  }
}

/** What is here was not given away, or went to somebody else since. */
class IsHereError extends GutsError {
  readonly code = 'handover.is-here';
  readonly remedy = 'Look at both sides: only the one whose journal goes on may work on it.';
}

class NotGivenError extends GutsError {
  readonly code = 'handover.not-given';
  readonly remedy = 'Give it again from the side that has it.';
}

const Lines = z.array(MoveEntry);

/** @returns its lines, the one that says so included */
export async function give({ id, given }: GiveJob, shelf: Shelf): Promise<unknown[]> {
  return await shelf.rewrite(id, (lines) => {
    if (lines.length === 0) throw new UnknownMigrationError(id);
    const last = MoveEntry.safeParse(lines.at(-1)).data;
    if (last?.what === 'given' && last.given.handover === given.handover) return null;
    const state = stateOf(Lines.parse(lines));
    if (state === null) throw new UnknownMigrationError(id);
    if (state.record.isRunning || isOver(state.record.stage) || state.record.stage === 'cleaning')
      throw new CannotBeGivenError(state);
    return [...lines, { what: 'given', given }];
  });
}

export async function receive(job: ReceiveJob, shelf: Shelf): Promise<null> {
  const { id, handover, from, source, destination, entries } = job;
  await shelf.rewrite(id, (here) => {
    if (here.some((line) => isBy(line, handover))) return null; // it may have gone on since
    const now = stateOf(Lines.parse(here));
    if (now !== null && now.record.stage !== 'given')
      throw new IsHereError(`“${now.record.request.vm.name}” (${id}) is here, at “${now.record.stage}”.`);
    const parsed = Lines.safeParse(entries);
    const lines = parsed.success ? parsed.data : []; // what a later Guts wrote was refused beforehand
    const [first, ...rest] = lines;
    const last = lines.at(-1);
    if (
      first?.what !== 'begun' ||
      first.request.id !== id ||
      last?.what !== 'given' ||
      last.given.handover !== handover
    )
      throw new NotGivenError(`The journal of ${id} does not say that it was given by ${handover}.`);
    const before = stateOf(lines.slice(0, -1));
    if (before === null) throw new NotGivenError(`The journal of ${id} does not begin as one.`);
    const begun = { ...first, request: { ...first.request, source, destination } };
    const { stage } = before.record;
    return [begun, ...rest, { what: 'received', handover, from, stage, at: new Date().toISOString() }];
  });
  return null;
}

const isBy = (line: unknown, handover: string): boolean => {
  const entry = MoveEntry.safeParse(line).data;
  return entry?.what === 'received' && entry.handover === handover;
};
