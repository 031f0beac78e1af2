/** Schemas that stand under a name of their own in the description, instead of being written out wherever they are used. */
import type { z } from 'zod';
import { AuditEntry, TokenFacts } from '../shared/access.ts';
import { AssessedMachine, AssessmentSummary } from '../shared/assessment.ts';
import { CloudFacts } from '../shared/cloud.ts';
import {
  DestinationConnection,
  DiskAccess,
  HypervConnection,
  KeystoneAuth,
  SourceConnection,
  VsphereConnection,
} from '../shared/connections.ts';
import { ErrorShape } from '../shared/errors-shape.ts';
import { GutsEvent } from '../shared/events.ts';
import { HypervFacts, InventoryVm } from '../shared/inventory.ts';
import { Progress } from '../shared/jobs.ts';
import { LogLine } from '../shared/log-line.ts';
import {
  LedgerItem,
  MigrationOptions,
  MigrationOutcome,
  MigrationPlan,
  MigrationRecord,
  MovedDisk,
} from '../shared/migration.ts';
import {
  DestinationTestResult,
  Journey,
  Leftover,
  SourceInventoryResult,
  SourceTestResult,
} from '../shared/move-jobs.ts';
import { Instance, NetworkRow, Resource, VolumeRow } from '../shared/operations.ts';
import { PlanDocument } from '../shared/plan-document.ts';
import { Plan, PlannedMachine, PlannedWave, PlanTemplate } from '../shared/plans.ts';
import { Finding } from '../shared/preflight.ts';
import { Rehearsal, RehearsedMachine } from '../shared/rehearsal.ts';
import { MigrationReport } from '../shared/report.ts';
import {
  ActionResult,
  BandwidthLimit,
  NodeFacts,
  Placement,
  Schedule,
  ScheduledMigration,
  SchedulerSettings,
  ServiceFacts,
  SlowedBy,
  TimeWindow,
  WaitsFor,
} from '../shared/schedule.ts';
import { Stage } from '../shared/stages.ts';
import { SummaryLine, SummaryReport } from '../shared/summary-report.ts';
import { CertificateFacts, Trust } from '../shared/trust.ts';
import { ProblemShape } from '../shared/client/problem-shape.ts';

const named = {
  ActionResult,
  AssessedMachine,
  AssessmentSummary,
  AuditEntry,
  BandwidthLimit,
  CertificateFacts,
  CloudFacts,
  DestinationConnection,
  DestinationTestResult,
  DiskAccess,
  Error: ErrorShape,
  Event: GutsEvent,
  Finding,
  HypervConnection,
  HypervFacts,
  Instance,
  InventoryVm,
  Journey,
  KeystoneAuth,
  LedgerItem,
  Leftover,
  LogLine,
  Migration: ScheduledMigration,
  MigrationOptions,
  MigrationOutcome,
  MigrationPlan,
  MigrationRecord,
  MovedDisk,
  NetworkRow,
  NodeFacts,
  Placement,
  Plan,
  PlanDocument,
  PlannedMachine,
  PlannedWave,
  PlanTemplate,
  Problem: ProblemShape,
  Progress,
  Rehearsal,
  RehearsedMachine,
  Report: MigrationReport,
  Resource,
  Schedule,
  SchedulerSettings,
  ServiceFacts,
  SlowedBy,
  SourceConnection,
  SourceInventoryResult,
  SourceTestResult,
  Stage,
  SummaryLine,
  SummaryReport,
  TimeWindow,
  TokenFacts,
  Trust,
  VolumeRow,
  VsphereConnection,
  WaitsFor,
};

export const namedSchemas: ReadonlyMap<string, z.ZodType> = new Map(Object.entries(named));
const names = new Map<z.core.$ZodType, string>(Object.entries(named).map(([name, schema]) => [schema, name]));
export const nameOf = (schema: z.core.$ZodType): string | undefined => names.get(schema);
