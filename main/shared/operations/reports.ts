/** What can be asked about what migrations leave to read. */
import { z } from 'zod';
import { MigrationId } from '../migration.ts';
import { MigrationReport } from '../report.ts';
import { Stage } from '../stages.ts';
import { SummaryReport } from '../summary-report.ts';
import { operation, type Operation, page, next, none, which } from './operation.ts';

export const reportOperations = {
  'reports.list': operation({
    method: 'GET',
    path: '/v1/reports',
    input: z.object(page),
    output: z.object({
      reports: z.array(
        z.object({
          migration: MigrationId,
          title: z.string(),
          stage: Stage,
          createdAt: z.iso.datetime(),
          endedAt: z.iso.datetime(),
        }),
      ),
      next,
    }),
    role: 'viewer',
    summary: 'The migrations that are over and have a report',
  }),
  'reports.show': operation({
    method: 'GET',
    path: '/v1/reports/{id}',
    input: z.object({ id: MigrationId }),
    output: MigrationReport,
    role: 'viewer',
    summary: 'What a migration did and how it was proved; by ?format= or Accept also as a page, PDF, CSV or XLSX',
  }),
  'reports.summary': operation({
    method: 'GET',
    path: '/v1/report-summary',
    input: z.object({
      plan: which.optional().describe('all migrations of this plan, also those that go on'),
      wave: z.number().int().min(1).max(10_000).optional().describe('of the plan, only this wave'),
      from: z.iso.datetime().optional().describe('ended at or after this'),
      to: z.iso.datetime().optional().describe('ended before this'),
      details: z.boolean().default(false).describe('with the report of each within; for up to 500 migrations'),
    }),
    output: SummaryReport,
    role: 'viewer',
    summary:
      'What the migrations of a plan, a wave or a period did: a line for each, and sums; without any of these, of all that are over',
  }),
  'reports.schema': operation({
    method: 'GET',
    path: '/v1/report-schema',
    input: none,
    output: z.record(z.string(), z.unknown()),
    role: 'viewer',
    summary: 'The JSON Schema of reports (MigrationReport) and summaries (SummaryReport)',
  }),
} satisfies Readonly<Record<string, Operation>>;
