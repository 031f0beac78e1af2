/** The cells of a migration that move while it is looked at. Each draws again only when its own migration changes. */
import { memo } from 'react';
import type { MigrationId } from '../../../main/shared/migration.ts';
import { arrivedBytes, type MigrationRow } from '../../../main/shared/migration-row.ts';
import { isAtRest } from '../../../main/shared/stages.ts';
import { ProgressBar } from '../../parts/ProgressBar.tsx';
import { leftText } from '../../parts/pace-text.ts';
import { StageBadge, stageText } from '../../parts/StageBadge.tsx';
import { rateById, useMigrations } from '../../state/migrations.ts';
import { rateText, sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Migrations.module.css';

interface CellProps {
  readonly id: MigrationId;
}

export const StageCell = memo(function StageCell({ id }: CellProps) {
  const row = useMigrations(({ byId }) => byId[id]);
  return row === undefined ? null : <StageBadge row={row} />;
});

export const ProgressCell = memo(function ProgressCell({ id }: CellProps) {
  const row = useMigrations(({ byId }) => byId[id]);
  if (row === undefined || row.sizeBytes === 0 || !hasProgress(row)) return null;
  return (
    <ProgressBar
      done={arrivedBytes(row)}
      of={row.sizeBytes}
      label={(percent) => t('migrations.progressOf', { vm: row.vm.name, percent })}
    />
  );
});

/** How much of its disks has arrived, in words. */
export const ArrivedCell = memo(function ArrivedCell({ id }: CellProps) {
  const row = useMigrations(({ byId }) => byId[id]);
  return row === undefined ? null : arrivedText(row);
});

export const RateCell = memo(function RateCell({ id }: CellProps) {
  const rate = useMigrations(rateById(id));
  return rate > 0 ? rateText(rate) : null;
});

export const LeftCell = memo(function LeftCell({ id }: CellProps) {
  return useMigrations(({ pace }) => leftText(pace[id]));
});

/** What keeps it, or slows it; why it failed. */
export const SaysCell = memo(function SaysCell({ id }: CellProps) {
  const says = useMigrations(({ byId }) => saysText(byId[id]));
  return (
    <span className={classes['says']} title={says}>
      {says}
    </span>
  );
});

export function saysText(row: MigrationRow | undefined): string {
  if (row === undefined) return '';
  const { waitsFor, slowedBy, error, stage, isRunning } = row;
  if (waitsFor !== null) return t('migrations.waitsFor', { says: waitsFor.says });
  if (error !== null && (stage === 'failed' || stage === 'waiting')) return error.message;
  if (slowedBy !== null) return t('migrations.slowedBy', { says: slowedBy });
  return !isRunning && stageIsWork(row) ? t('migrations.interrupted') : '';
}

/** Empty where nothing is planned, and where what was copied was removed again. */
export function arrivedText(row: MigrationRow): string {
  const { stage, sizeBytes } = row;
  if (sizeBytes === 0 || stage === 'failed' || stage === 'cancelled' || stage === 'rolledBack') return '';
  if (stage === 'done') return sizeText(sizeBytes);
  return t('migrations.arrived', { done: sizeText(arrivedBytes(row)), size: sizeText(sizeBytes) });
}

/** For sorting and exports. */
export const stageWords = (row: MigrationRow): string => stageText(row);

const hasProgress = ({ stage, eachDisk, progress }: MigrationRow): boolean =>
  stage === 'copying' ||
  ((stage === 'paused' || stage === 'waiting' || stage === 'preparing') &&
    (progress.length > 0 || eachDisk.some(({ isCopied }) => isCopied)));

const stageIsWork = ({ stage }: MigrationRow): boolean => !isAtRest(stage) && stage !== 'readyForCutover';
