/** What the engine can be asked to do between a source and a destination, and what it answers. */
import { z } from 'zod';
import { CloudFacts } from './cloud.ts';
import { DestinationAbout, DestinationSignIn, SourceAbout, SourceSignIn } from './connections.ts';
import { Diagnosis } from './diagnosis.ts';
import { doctorJobs, doctorResults } from './doctor-jobs.ts';
import { InventoryVm } from './inventory.ts';
import { journalJobs, journalResults } from './journal-jobs.ts';
import { ReadPlace } from './latency.ts';
import { LedgerItem, MigrationId, MigrationPlan, MigrationRecord, MigrationRequest } from './migration.ts';
import { Rehearsal } from './rehearsal.ts';
import { RehearseJob } from './rehearse-job.ts';
import { Checked, Finding, Fix, RuleFacts } from './preflight.ts';
import { SiteRules } from './site-rules.ts';
import { CertificateFacts } from './trust.ts';
import { NicTwin } from './twin.ts';

/** Looks at the server's certificate without sending anything, for an operator who shall decide whether to trust it. */
export const CertificateJob = z.object({
  kind: z.literal('certificate'),
  url: z.url({ protocol: /^https$/ }),
  proxy: z.url().nullable(),
});

/** Signs in, says what is there, signs out. */
export const SourceTestJob = z.object({ kind: z.literal('source.test'), ...SourceSignIn.shape });
export const SourceTestResult = z.object({
  about: SourceAbout,
  /** Privileges that the user lacks at the root of the inventory, in the source's words, with what each is for. */
  missingPrivileges: z.array(z.object({ privilege: z.string(), neededFor: z.string() })),
  warnings: z.array(z.string()),
});

/** Looks at a source step by step, and keeps what is seen. */
export const SourceDiagnoseJob = z.object({ kind: z.literal('source.diagnose'), ...SourceSignIn.shape });

/** Tells the inventory page by page; the result only counts. */
export const SourceInventoryJob = z.object({ kind: z.literal('source.inventory'), ...SourceSignIn.shape });
export const SourceInventoryResult = z.object({
  about: SourceAbout,
  vms: z.number().int().nonnegative(),
  networks: z.number().int().nonnegative(),
  datastores: z.number().int().nonnegative(),
  hosts: z.number().int().nonnegative(),
  /** What could not be read, such as tags, and why. */
  warnings: z.array(z.string()),
  seconds: z.number().nonnegative(),
});

/** Tells in turn how long reads from datastores take, in one session, until it is cancelled. */
export const SourceLatencyJob = z.object({
  kind: z.literal('source.latency'),
  ...SourceSignIn.shape,
  places: z.array(ReadPlace).min(1),
  everyMs: z.number().int().positive(),
});
/** Why the source never tells; null where it was cancelled, which is how it ends otherwise. */
export const SourceLatencyResult = z.object({ obstacle: z.string().nullable() });

export const DestinationTestJob = z.object({ kind: z.literal('destination.test'), ...DestinationSignIn.shape });
export const DestinationTestResult = z.object({
  about: DestinationAbout,
  /** Projects that this user may choose. */
  projects: z.array(z.object({ id: z.string(), name: z.string() })),
  warnings: z.array(z.string()),
});

export const DestinationFactsJob = z.object({ kind: z.literal('destination.facts'), ...DestinationSignIn.shape });

const Both = { source: SourceSignIn, destination: DestinationSignIn };

/** The rules that a machine’s move is held against, as Guts has them. */
export const RulesJob = z.object({ kind: z.literal('rules') });

/** What the site wants otherwise of its rules; nothing where it is left out. */
const site = SiteRules.optional();

/** Looks at both sides and decides everything, without making anything. */
export const PlanJob = z.object({ kind: z.literal('plan'), request: MigrationRequest, ...Both, site });
export const PlanResult = Checked.extend({
  /** Null where something that is missing leaves nothing to plan. */
  plan: MigrationPlan.nullable(),
  /** Each network card beside the port that it becomes. */
  twins: z.array(NicTwin),
});

/** Checks anew, and does what a finding's fix says; what is only a matter of options is told. */
export const FixJob = z.object({
  kind: z.literal('fix'),
  request: MigrationRequest,
  ...Both,
  site,
  dataDir: z.string().min(1),
  /** Id of the finding. */
  finding: z.string().min(1),
  /** True only tells which calls would be made. */
  isDry: z.boolean(),
  /** Whether that is also about ports that no migration of this machine made: another machine may be at work on them. */
  alsoUnknown: z.boolean(),
});
export const FixResult = z.object({
  finding: Finding.shape.id,
  fix: Fix,
  /** What is asked of either side, in order; none where only options change. */
  calls: z.array(z.string()),
  isDone: z.boolean(),
});

/** Writes the request down as planned; nothing is done yet. */
export const PlannedJob = z.object({
  kind: z.literal('planned'),
  request: MigrationRequest,
  dataDir: z.string().min(1),
});

/**
 * The journal here is a copy (see journal-jobs.ts): each line counts once the one who keeps it has taken it, and things are changed
 * only while that one says so.
 */
const isKeptElsewhere = z.boolean().optional();

/** Runs a migration from wherever its journal stands; its stages and progress are told. */
export const MigrateJob = z.object({
  kind: z.literal('migrate'),
  request: MigrationRequest,
  ...Both,
  dataDir: z.string().min(1),
  lanes: z.number().int().min(1).max(16),
  site,
  /**
   * `queued` only gets it there: planned, looked at, nothing made, nothing held; what is further on is left as it stands.
   * `end`, as without it, goes on from there, and looks again first where the plan is older than ten minutes.
   */
  until: z.enum(['queued', 'end']).optional(),
  /**
   * What becomes of it when the engine's own patience ends with an error that may pass: it fails, as without this, or waits
   * with everything in its place, and the error in its record. The next run goes on.
   */
  onTrouble: z.enum(['fail', 'wait']).optional(),
  /** Buckets in the engine's table of rates (rates.ts), each of which limits what is sent to the destination. */
  limits: z.array(z.number().int().nonnegative()).optional(),
  isKeptElsewhere,
});

/** All migrations that the data folder knows, newest first; one of them where `id` is given. */
export const MigrationsJob = z.object({
  kind: z.literal('migrations'),
  dataDir: z.string().min(1),
  id: MigrationId.nullable(),
});

/** Some of them in the order of their ids, those behind `after`: so few that whoever gets them is not held up. */
export const MigrationPageJob = z.object({
  kind: z.literal('migrations.page'),
  dataDir: z.string().min(1),
  after: MigrationId.nullable(),
});
export const MigrationPage = z.object({
  records: z.array(MigrationRecord),
  /** `after` of the next page; null where this was the last. */
  next: MigrationId.nullable(),
});

/** Everything that the journal of one tells, for its report: also the machine, and what both sides said of themselves. */
export const JourneyJob = z.object({ kind: z.literal('journey'), id: MigrationId, dataDir: z.string().min(1) });
export const Journey = z.object({
  record: MigrationRecord,
  /** Null where preflight did not come to it. */
  vm: InventoryVm.nullable(),
  about: z.object({ source: SourceAbout, destination: DestinationAbout }).nullable(),
});

/**
 * Cancels one: asks the process that works on it, and waits until that is done; where none does, undoes what its ledger
 * names.
 */
export const CancelJob = z.object({
  kind: z.literal('cancelMigration'),
  id: MigrationId,
  /** Null where nothing is left to undo, which takes nobody's password. */
  source: SourceSignIn.nullable(),
  destination: DestinationSignIn.nullable(),
  dataDir: z.string().min(1),
  isKeptElsewhere,
});

/**
 * Pauses one, also one of another process, as soon as it can be left, and waits for that: what was copied whole stays, and
 * so does the machine that was shut down. Fails with `migration.no-such-step` where it has come too far for that.
 */
export const PauseJob = z.object({
  kind: z.literal('pauseMigration'),
  id: MigrationId,
  dataDir: z.string().min(1),
  isKeptElsewhere,
});

/** Forgets one that has ended and has nothing left to undo. */
export const DeleteJob = z.object({ kind: z.literal('deleteMigration'), id: MigrationId, dataDir: z.string().min(1) });

/** Things that carry our tag and that no migration needs any more, as far as this machine knows. */
export const TidyJob = z.object({
  kind: z.literal('tidy'),
  sources: z.array(SourceSignIn),
  destinations: z.array(DestinationSignIn),
  dataDir: z.string().min(1),
  /** False only lists. */
  remove: z.boolean(),
  /** Whether that is also about what no migration of this machine made: another machine may be at work on it. */
  alsoUnknown: z.boolean(),
});
export const Leftover = z.object({
  /** The connection on which it was found, by its name. */
  connection: z.string(),
  item: LedgerItem,
  /** The migration that it is of, where the journal on this machine knows it. */
  migration: MigrationId.nullable(),
  state: z.enum(['found', 'removed', 'inUse', 'failed']),
  /** Why it was not removed. */
  says: z.string().nullable(),
});
export const TidyResult = z.object({ leftovers: z.array(Leftover) });

export const moveJobs = [
  CertificateJob,
  SourceTestJob,
  SourceDiagnoseJob,
  SourceInventoryJob,
  SourceLatencyJob,
  DestinationTestJob,
  DestinationFactsJob,
  RulesJob,
  PlanJob,
  RehearseJob,
  FixJob,
  PlannedJob,
  MigrateJob,
  MigrationsJob,
  MigrationPageJob,
  JourneyJob,
  CancelJob,
  PauseJob,
  DeleteJob,
  TidyJob,
  ...journalJobs,
  ...doctorJobs,
] as const;

export type MoveJob = z.infer<(typeof moveJobs)[number]>;

export const moveResults = {
  certificate: CertificateFacts,
  'source.test': SourceTestResult,
  'source.diagnose': Diagnosis,
  'source.inventory': SourceInventoryResult,
  'source.latency': SourceLatencyResult,
  'destination.test': DestinationTestResult,
  'destination.facts': CloudFacts,
  rules: z.array(RuleFacts),
  plan: PlanResult,
  rehearse: Rehearsal,
  fix: FixResult,
  planned: MigrationRecord,
  migrate: MigrationRecord,
  migrations: z.array(MigrationRecord),
  'migrations.page': MigrationPage,
  journey: Journey,
  cancelMigration: MigrationRecord,
  pauseMigration: MigrationRecord,
  deleteMigration: z.null(),
  tidy: TidyResult,
  ...journalResults,
  ...doctorResults,
};
export type MoveResults = { readonly [K in keyof typeof moveResults]: z.infer<(typeof moveResults)[K]> };

export type CertificateJob = z.infer<typeof CertificateJob>;
export type SourceTestJob = z.infer<typeof SourceTestJob>;
export type SourceTestResult = z.infer<typeof SourceTestResult>;
export type SourceInventoryJob = z.infer<typeof SourceInventoryJob>;
export type SourceInventoryResult = z.infer<typeof SourceInventoryResult>;
export type SourceLatencyJob = z.infer<typeof SourceLatencyJob>;
export type SourceLatencyResult = z.infer<typeof SourceLatencyResult>;
export type DestinationTestJob = z.infer<typeof DestinationTestJob>;
export type DestinationTestResult = z.infer<typeof DestinationTestResult>;
export type DestinationFactsJob = z.infer<typeof DestinationFactsJob>;
export type PlanJob = z.infer<typeof PlanJob>;
export type PlanResult = z.infer<typeof PlanResult>;
export type FixJob = z.infer<typeof FixJob>;
export type FixResult = z.infer<typeof FixResult>;
export type MigrateJob = z.infer<typeof MigrateJob>;
export type MigrationsJob = z.infer<typeof MigrationsJob>;
export type MigrationPage = z.infer<typeof MigrationPage>;
export type Journey = z.infer<typeof Journey>;
export type CancelJob = z.infer<typeof CancelJob>;
export type PauseJob = z.infer<typeof PauseJob>;
export type DeleteJob = z.infer<typeof DeleteJob>;
export type TidyJob = z.infer<typeof TidyJob>;
export type TidyResult = z.infer<typeof TidyResult>;
export type Leftover = z.infer<typeof Leftover>;
