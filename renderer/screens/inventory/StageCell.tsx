/** Where the migration of a machine stands. It draws again only when that does. */
import { memo } from 'react';
import type { MigrationId } from '../../../main/shared/migration.ts';
import { StageBadge } from '../../parts/StageBadge.tsx';
import { useMigrations } from '../../state/migrations.ts';

export const StageCell = memo(function StageCell({ id }: { readonly id: MigrationId }) {
  const row = useMigrations(({ byId }) => byId[id]);
  return row === undefined ? null : <StageBadge row={row} />;
});
