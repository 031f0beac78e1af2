/** What the engine is asked to look at on the way from this machine to both sides, and to write for their owners. */
import { z } from 'zod';
import { DestinationSignIn, SourceSignIn } from './connections.ts';
import { DoctorPapers, DoctorReport } from './doctor.ts';

/** Looks at the whole way; its steps are told as they are done. Nothing is changed but what is said here. */
export const DoctorJob = z.object({
  kind: z.literal('doctor'),
  source: SourceSignIn.nullable(),
  /** A name, a ref or a UUID; null takes a suitable one. */
  vm: z.string().min(1).nullable(),
  destination: DestinationSignIn.nullable(),
  /** A snapshot of a running machine may be taken, and is removed again. */
  withSnapshot: z.boolean(),
  /** An image may be uploaded, and is removed again. */
  writeTest: z.boolean(),
  /** Where the ledger of what is made meanwhile lies. */
  dataDir: z.string().min(1),
});
export type DoctorJob = z.infer<typeof DoctorJob>;

/** Writes the role, the rights and the firewall request; looks only who there is. */
export const DoctorPapersJob = z.object({
  kind: z.literal('doctor.papers'),
  sources: z.array(SourceSignIn),
  destinations: z.array(DestinationSignIn),
});
export type DoctorPapersJob = z.infer<typeof DoctorPapersJob>;

export const doctorJobs = [DoctorJob, DoctorPapersJob] as const;
export const doctorResults = { doctor: DoctorReport, 'doctor.papers': DoctorPapers };
