/** Everything about one migration, asked for again whenever it stands elsewhere or a disk of it is there. */
import { useEffect, useMemo } from 'react';
import type { MigrationId } from '../../../main/shared/migration.ts';
import type { ScheduledMigration } from '../../../main/shared/schedule.ts';
import { call } from '../../api.ts';
import { onEvent } from '../../state/live.ts';
import { loadedStore, type Loaded } from '../../state/loaded.ts';
import { useMigrations } from '../../state/migrations.ts';

export interface MigrationView {
  readonly of: Loaded<ScheduledMigration>;
  load(): Promise<void>;
}

export function useMigration(id: MigrationId): MigrationView {
  const store = useMemo(() => loadedStore(async () => await call('migrations.show', { id })), [id]);
  const of = store.use();
  const finished = useMigrations(
    ({ byId }) => byId[id]?.progress.filter(({ doneBytes, totalBytes }) => doneBytes === totalBytes).length ?? 0,
  );
  useEffect(() => {
    void store.load();
    return onEvent((event) => {
      const isOfIt = (event.kind === 'migration' || event.kind === 'migration.deleted') && event.id === id;
      if (isOfIt || event.kind === 'gap') void store.load();
    });
  }, [store, id]);
  useEffect(() => {
    if (finished > 0) void store.load();
  }, [store, finished]);
  return { of, load: store.load };
}
