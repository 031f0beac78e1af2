/** What can be asked about what migrations leave to read. */
import { z } from 'zod';
import { MigrationId } from '../migration.ts';
import { MigrationReport } from '../report.ts';
import { Stage } from '../stages.ts';
import { operation, type Operation, page, next } from './operation.ts';

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
    summary: 'What a migration did and how it was proved; with ?format=html or Accept: text/html as a page',
  }),
} satisfies Readonly<Record<string, Operation>>;
