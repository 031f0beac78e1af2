/** What can be asked about assessments: what a data centre would become in a cloud. */
import { z } from 'zod';
import {
  AssessedMachine,
  Assessment,
  AssessmentId,
  AssessmentOptions,
  AssessmentReadiness,
  AssessmentSummary,
  defaultAssessmentOptions as usual,
} from '../assessment.ts';
import { Comparison } from '../compare-assessments.ts';
import { KeptEstate } from '../estate.ts';
import { Finding } from '../preflight.ts';
import { UploadId } from '../uploads.ts';
import { deleted, next, operation, page, which, type Operation } from './operation.ts';

const id = z.object({ id: AssessmentId });
const Count = z.number().int().nonnegative();

/** An assessment in a list. */
export const AssessmentRow = z.object({
  id: AssessmentId,
  madeAt: z.iso.datetime(),
  /** Names of the files, or of the source. */
  from: z.array(z.string()),
  kind: AssessmentSummary.shape.estate.shape.kind,
  takenAt: AssessmentSummary.shape.estate.shape.takenAt,
  /** Name of the destination; null where it was judged without one. */
  cloud: z.string().nullable(),
  machines: Count,
  readiness: z.record(AssessmentReadiness, Count),
});
export type AssessmentRow = z.infer<typeof AssessmentRow>;

/** What is left out is as without it: nobody has to say everything. */
const Wish = z.object({
  megabytesPerSecond: z
    .number()
    .positive()
    .max(1e6)
    .nullable()
    .default(null)
    .describe('of one machine; null takes what migrations before had, else an assumption'),
  atOnce: AssessmentOptions.shape.rate.shape.atOnce.default(usual.rate.atOnce),
  growthPercent: AssessmentOptions.shape.growthPercent.default(usual.growthPercent),
  boot: AssessmentOptions.shape.boot.default(usual.boot),
  volumeTypes: AssessmentOptions.shape.volumeTypes.default({}),
  machines: AssessmentOptions.shape.machines.default(usual.machines),
  waves: AssessmentOptions.shape.waves.default(usual.waves),
});

export const assessmentOperations = {
  'assessments.create': operation({
    method: 'POST',
    path: '/v1/assessments',
    input: z.object({
      files: z.array(UploadId).max(100).default([]).describe('files that were sent to /v1/files; all of one export'),
      source: which.nullable().default(null).describe('the live inventory of this source instead of files'),
      destination: which.nullable().default(null).describe('the cloud against which it is held'),
      options: Wish.default(Wish.parse({})),
    }),
    output: z.object({ id: AssessmentId, summary: AssessmentSummary }),
    status: 201,
    role: 'operator',
    summary: 'Judges an exported data centre, or the inventory of a source, and keeps what was found',
  }),
  'assessments.list': operation({
    method: 'GET',
    path: '/v1/assessments',
    input: z.object(page),
    output: z.object({ assessments: z.array(AssessmentRow), next }),
    role: 'viewer',
    summary: 'The assessments that are kept, newest first',
  }),
  'assessments.show': operation({
    method: 'GET',
    path: '/v1/assessments/{id}',
    input: id,
    output: z.object({ id: AssessmentId, summary: AssessmentSummary }),
    role: 'viewer',
    summary: 'An assessment without its machines',
  }),
  'assessments.machines': operation({
    method: 'GET',
    path: '/v1/assessments/{id}/machines',
    input: id.extend({
      readiness: AssessmentReadiness.optional(),
      text: z.string().min(1).max(255).optional().describe('in the name, the folder, the cluster or the guest'),
      rule: Finding.shape.id.optional().describe('only those in which this rule found something'),
      wave: z.number().int().min(1).max(1_000_000).optional(),
      ...page,
    }),
    output: z.object({ machines: z.array(AssessedMachine), total: Count, next }),
    role: 'viewer',
    summary: 'Its machines, with filters, by name; total counts all that suit',
  }),
  'assessments.report': operation({
    method: 'GET',
    path: '/v1/assessments/{id}/report',
    input: id.extend({ since: AssessmentId.optional().describe('and what has changed since this one') }),
    output: Assessment.extend({ comparison: Comparison.optional() }),
    role: 'viewer',
    summary: 'All of it; by ?format= or Accept also as a page, PDF, CSV or XLSX',
  }),
  'assessments.compare': operation({
    method: 'GET',
    path: '/v1/assessments/{id}/since/{since}',
    input: id.extend({ since: AssessmentId.describe('the assessment before it') }),
    output: Comparison,
    role: 'viewer',
    summary: 'What has changed since another assessment of the same data centre',
  }),
  'assessments.estate': operation({
    method: 'GET',
    path: '/v1/assessments/{id}/estate',
    input: id,
    output: KeptEstate,
    role: 'viewer',
    summary: 'What was judged, without names: to be handed on, and to be judged elsewhere',
  }),
  'assessments.delete': operation({
    method: 'DELETE',
    path: '/v1/assessments/{id}',
    input: id,
    output: deleted,
    role: 'operator',
    summary: 'Forgets an assessment',
  }),
} satisfies Readonly<Record<string, Operation>>;
