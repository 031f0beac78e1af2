/** Leads to what the log says of one migration. */
import type { MigrationId } from '../../../main/shared/migration.ts';
import { MayButton } from '../../parts/MayButton.tsx';
import { go, pathOf } from '../../router.ts';
import { t } from '../../texts/t.ts';

export function LogButton({ of }: { readonly of: MigrationId }) {
  return (
    <MayButton takes="admin" variant="default" size="xs" onClick={() => go(pathOf('settings', 'log', of))}>
      {t('log.ofMigration')}
    </MayButton>
  );
}
