/** Answers with what migrations leave in writing. */
import { migrationReport } from '../reports/migration-report.ts';
import { isOver } from '../shared/stages.ts';
import type { Parts, Some } from './handlers.ts';
import { pageOf } from './paging.ts';

export function reportHandlers({
  connections,
  engines,
  migrations,
  dataDir,
}: Parts): Some<'reports.list' | 'reports.show'> {
  return {
    'reports.list': async (page) => {
      const over = (await migrations.all()).filter(({ stage }) => isOver(stage));
      const reports = over.map(({ request, stage, stages }) => ({
        migration: request.id,
        title: request.vm.name,
        stage,
        createdAt: request.createdAt,
        endedAt: stages.at(-1)?.at ?? request.createdAt,
      }));
      const { page: rows, next } = pageOf(reports, ({ migration }) => migration, page);
      return { reports: rows, next };
    },
    'reports.show': async ({ id }, { signal }) =>
      await migrationReport(connections, await engines.run({ kind: 'journey', id, dataDir }, signal)),
  };
}
