/** A wish as a button says it: “Pause web-01”, “Cancel and undo 3 VMs”. */
import type { MigrationRow } from '../../../../main/shared/migration-row.ts';
import { t } from '../../../texts/t.ts';
import type { Wish } from './wishes.ts';

/** Why it would do nothing now for this one; null where it would do what it says. */
export const whyIdle = (wish: Wish, { isRunning }: Pick<MigrationRow, 'isRunning'>): string | null =>
  wish === 'hold' && isRunning ? t('acting.holdRuns') : null;

/** @param chosen how many rows it is asked about, where it fits some of them only */
export function wishText(wish: Wish, rows: readonly MigrationRow[], chosen = rows.length): string {
  const [only] = rows;
  const few = rows.length < chosen;
  const vms =
    rows.length === 1 && only !== undefined && !few
      ? only.vm.name
      : few
        ? t('acting.vmsOf', { count: rows.length, all: chosen })
        : t('acting.vms', { count: rows.length });
  return t(`wish.${wish}`, { vms });
}
