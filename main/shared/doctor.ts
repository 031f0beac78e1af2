/** The words for what the path doctor sees on the way from this machine to a source and to a destination. */
import { z } from 'zod';

/** In the order in which they are looked at, and shown. */
export const DoctorGroup = z.enum(['names', 'ports', 'certificates', 'clocks', 'rights', 'reading', 'writing']);
export type DoctorGroup = z.infer<typeof DoctorGroup>;
export const doctorGroups: readonly DoctorGroup[] = DoctorGroup.options;

/** `poor` works, but will be a nuisance; `bad` stops a move; `notTried` is neither, and says why. */
export const DoctorVerdict = z.enum(['good', 'poor', 'bad', 'notTried']);
export type DoctorVerdict = z.infer<typeof DoctorVerdict>;

export const DoctorStep = z.object({
  /** Unique within a report, and the same in every report on the same things: `ports/esx-01.example.com:443`. */
  id: z.string().min(1),
  group: DoctorGroup,
  /** A host, an endpoint, a privilege with what it is held on, a disk. */
  about: z.string().min(1),
  verdict: DoctorVerdict,
  /** What was seen, in a sentence. */
  says: z.string().min(1),
  /** For the operator, in the imperative; null where there is nothing to do. */
  remedy: z.string().min(1).nullable(),
  milliseconds: z.number().nonnegative(),
  /** What was seen as it was: addresses, fingerprints, dates, error codes. */
  evidence: z.array(z.string()),
});
export type DoctorStep = z.infer<typeof DoctorStep>;

/** Ways of reading as plans know them, and WinRM, by which heads of files can be read, but no machine can be moved. */
export const DoctorWay = z.enum(['lease', 'areas', 'ranges', 'file', 'winrm']);
export type DoctorWay = z.infer<typeof DoctorWay>;

export const DoctorReading = z.object({
  reading: DoctorWay,
  verdict: DoctorVerdict,
  /** Bytes that came over the wire; a lease's are compressed. */
  bytes: z.number().int().nonnegative(),
  /** From asking for the first byte to having the last; opening the way is not in it. */
  seconds: z.number().nonnegative(),
  /** Null where nothing was read. */
  bytesPerSecond: z.number().nonnegative().nullable(),
  /** How long the machine's disks would take at this rate; null where nothing was read. */
  wholeSeconds: z.number().nonnegative().nullable(),
  says: z.string().min(1),
});
export type DoctorReading = z.infer<typeof DoctorReading>;

/** The machine whose disk was read, and why this one. */
const DoctorMachine = z.object({
  ref: z.string(),
  name: z.string(),
  power: z.enum(['on', 'off', 'suspended', 'unknown']),
  why: z.string().min(1),
});

export const DoctorReport = z.object({
  doctorVersion: z.literal(1),
  takenAt: z.iso.datetime(),
  seconds: z.number().nonnegative(),
  /** The machine that looked, which is the one that will copy. */
  from: z.object({ host: z.string(), addresses: z.array(z.string()) }),
  source: z.object({ id: z.string(), name: z.string(), product: z.string().nullable() }).nullable(),
  destination: z.object({ id: z.string(), name: z.string(), project: z.string().nullable() }).nullable(),
  /** Null where none was looked at. */
  machine: DoctorMachine.nullable(),
  steps: z.array(DoctorStep),
  readings: z.array(DoctorReading),
  /** The way that a move of this machine had better go; null where there is none, or none was looked for. */
  chosen: z.object({ reading: DoctorWay, why: z.string().min(1) }).nullable(),
  /** The worst of all steps. */
  verdict: DoctorVerdict,
  /** What was made to look, and could not be removed again; empty is as it should be. */
  leftBehind: z.array(z.string()),
});
export type DoctorReport = z.infer<typeof DoctorReport>;

/** A file for whoever owns a vCenter, a Hyper-V host or a firewall. Never a secret in it. */
export const DoctorPaper = z.object({
  /** Of the file: `vcenter-role.ps1`. */
  name: z.string().regex(/^[a-z0-9-]+\.[a-z0-9]+$/),
  /** Who is to get it, and what it is. */
  says: z.string().min(1),
  text: z.string(),
});
export type DoctorPaper = z.infer<typeof DoctorPaper>;
export const DoctorPapers = z.object({
  papers: z.array(DoctorPaper),
  /** What could not be found out, so that the papers say less than they could. */
  warnings: z.array(z.string()),
});
export type DoctorPapers = z.infer<typeof DoctorPapers>;

const order: readonly DoctorVerdict[] = ['bad', 'poor', 'good', 'notTried'];

/** What was not tried says nothing; where nothing was tried, that is the verdict. */
export const worstOf = (steps: readonly Pick<DoctorStep, 'verdict'>[]): DoctorVerdict =>
  order.find((verdict) => steps.some((step) => step.verdict === verdict)) ?? 'notTried';
