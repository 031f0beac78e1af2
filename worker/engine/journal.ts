/** What a conversion did, on disk before it is done: what to go on with after a crash, and what to undo. */
import { z } from 'zod';
import { ConvertedDisk } from '../../main/shared/jobs.ts';
import { Stage } from '../../main/shared/stages.ts';

export const JobId = z.string().regex(/^job_[0-9a-z]{12}$/);

/** A file as it was when it was written down; another file under the same name does not match. */
export const FileMark = z.object({
  path: z.string(),
  inode: z.number(),
  sizeBytes: z.number(),
  modifiedMs: z.number(),
});
export type FileMark = z.infer<typeof FileMark>;

export const JournalEntry = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('begun'),
    jobId: JobId,
    /** Same input, output and options: such a job may go on with what this one left. */
    identity: z.string(),
    pid: z.number().int(),
    /** When that process started, so that a later process with the same number is not taken for it. */
    processStart: z.string(),
    atMs: z.number(),
  }),
  z.object({ what: z.literal('stage'), stage: Stage, atMs: z.number() }),
  /** The ledger: written before the file is made; it is ours to remove until `gone` or `published`. */
  z.object({ what: z.literal('making'), path: z.string() }),
  z.object({ what: z.literal('gone'), path: z.string() }),
  /** A disk is in its part file, synced and proved. */
  z.object({ what: z.literal('proved'), index: z.number().int(), part: FileMark, disk: ConvertedDisk }),
  /** From here on parts get their final names, one by one. */
  z.object({ what: z.literal('publishing'), files: z.array(z.object({ part: FileMark, final: z.string() })) }),
  z.object({ what: z.literal('published'), path: z.string(), final: z.string() }),
]);
export type JournalEntry = z.infer<typeof JournalEntry>;
