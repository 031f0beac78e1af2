/** Finds the migration that an operator means: by its id, the beginning of it, or the name of its machine. */
import { AmbiguousResourceError } from '../operations/errors.ts';
import type { MigrationRecord } from '../shared/migration.ts';
import type { ScheduledMigration } from '../shared/schedule.ts';
import { UnknownMigrationError } from '../shared/unknown-migration.ts';
import { stateText } from './migration-text.ts';
import type { Workplace } from './workplace.ts';

/** For the help of commands. */
export const WHICH = 'its id, the beginning of it, or the name of its machine';

/** @throws UnknownMigrationError, AmbiguousResourceError */
export async function findMigration(workplace: Workplace, which: string): Promise<ScheduledMigration> {
  return migrationAmong(await workplace.rows('migrations.list', {}), which);
}

/** @throws UnknownMigrationError, AmbiguousResourceError */
export function migrationAmong(all: readonly ScheduledMigration[], which: string): ScheduledMigration {
  const suits: ((record: MigrationRecord) => boolean)[] = [
    ({ request }) => request.id === which,
    ({ request }) => request.vm.name === which,
    ({ request }) => which.length >= 4 && (request.id.startsWith(which) || request.id.startsWith(`mig_${which}`)),
  ];
  for (const suit of suits) {
    const [found, ...others] = all.filter(suit);
    if (found !== undefined && others.length === 0) return found;
    if (found !== undefined)
      throw new AmbiguousResourceError(
        which,
        [found, ...others].map((record) => `${record.request.id} (${record.request.vm.name}, ${stateText(record)})`),
      );
  }
  throw new UnknownMigrationError(which);
}
