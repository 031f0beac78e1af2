/** Where a migration stands, in the words of the manual. */
import { arrivedBytes, type MigrationRow } from '../../main/shared/migration-row.ts';
import { isOver, type Stage } from '../../main/shared/stages.ts';
import { percentText } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import { Badge, type Tone } from './Badge.tsx';

type Standing = Pick<MigrationRow, 'stage' | 'progress' | 'eachDisk' | 'sizeBytes' | 'isRunning'>;

const tones: Readonly<Partial<Record<Stage, Tone>>> = {
  done: 'good',
  failed: 'bad',
  waiting: 'wait',
  paused: 'wait',
  readyForCutover: 'wait',
  planned: 'still',
  queued: 'still',
  cancelled: 'still',
  rolledBack: 'still',
  given: 'still',
};

export function StageBadge({ row }: { readonly row: Standing }) {
  const { stage, isRunning } = row;
  const isInterrupted = !isRunning && !isOver(stage) && tones[stage] === undefined;
  return <Badge tone={isInterrupted ? 'wait' : (tones[stage] ?? 'work')}>{stageText(row)}</Badge>;
}

export function stageText(row: Standing): string {
  if (row.stage !== 'copying' || row.sizeBytes === 0) return t(`stage.${row.stage}`);
  return t('stage.copyingPercent', { percent: percentText(arrivedBytes(row), row.sizeBytes) });
}
