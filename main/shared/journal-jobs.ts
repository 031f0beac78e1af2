/** Jobs on the journal of one migration, where one place keeps it and another works on a copy. */
import { z } from 'zod';
import { DestinationId, SourceId } from './connections.ts';
import { Given, HandoverId, Peer } from './given.ts';
import { MigrationId } from './migration.ts';
import { NodeId } from './node-id.ts';

const of = { id: MigrationId, dataDir: z.string().min(1) };

/** Who sends a line, and which of the journal it is: the first one is 0. */
export const SentBy = z.object({
  node: NodeId,
  token: z.number().int().positive(),
  number: z.number().int().nonnegative(),
});
export type SentBy = z.infer<typeof SentBy>;

/** Whether a node has sent it. */
export const isLineOf = (line: unknown, node: NodeId): boolean =>
  z.looseObject({ by: SentBy.pick({ node: true }) }).safeParse(line).data?.by.node === node;

/** The lines as the one who keeps the journal has them, the first one first. */
export const JournalJob = z.object({ kind: z.literal('journal'), ...of });

/**
 * Replaces the journal here by these lines, for a node that goes on with the migration. Fails with `migration.busy` where a
 * process here works on it, and with `store.too-new` where a later Guts wrote them.
 */
export const TakeOverJob = z.object({ kind: z.literal('takeOver'), ...of, entries: z.array(z.unknown()).min(1) });

/**
 * Adds a line that a node sends to the journal that is kept here, unless it is there already or one before it is missing.
 * @returns how many lines there are then; null where another one's line has that number
 */
export const KeepEntryJob = z.object({
  kind: z.literal('keepEntry'),
  ...of,
  entry: z.record(z.string(), z.unknown()),
  by: SentBy,
});

/**
 * Writes down that another Guts has the migration, as the last line here; once that is written, nothing here works on it any more.
 * Answers its lines, and the same once more where it was given by this hand-over already.
 */
export const GiveJob = z.object({ kind: z.literal('give'), ...of, given: Given });

/**
 * Takes a migration that another Guts has given by this hand-over: its lines come in the place of what is here, which must have been
 * given away before. Nothing is changed where it was taken by this hand-over already.
 */
export const ReceiveJob = z.object({
  kind: z.literal('receive'),
  ...of,
  handover: HandoverId,
  from: Peer,
  /** Its source and destination, as they are known here. */
  source: SourceId,
  destination: DestinationId,
  entries: z.array(z.unknown()).min(1),
});

/** Lets go of every migration that a thread of this process had, which has died. */
export const LetGoJob = z.object({
  kind: z.literal('letGo'),
  dataDir: z.string().min(1),
  thread: z.number().int().nonnegative(),
});

export const journalJobs = [JournalJob, TakeOverJob, KeepEntryJob, GiveJob, ReceiveJob, LetGoJob] as const;
export const journalResults = {
  journal: z.array(z.unknown()),
  takeOver: z.null(),
  keepEntry: z.number().int().nullable(),
  give: z.array(z.unknown()),
  receive: z.null(),
  letGo: z.null(),
};
export type JournalJob = z.infer<typeof JournalJob>;
export type TakeOverJob = z.infer<typeof TakeOverJob>;
export type GiveJob = z.infer<typeof GiveJob>;
export type ReceiveJob = z.infer<typeof ReceiveJob>;
export type KeepEntryJob = z.infer<typeof KeepEntryJob>;
