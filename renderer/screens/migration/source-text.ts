/** What became of the machine at the source in a try that has ended: whether it runs as it did before. */
import type { ScheduledMigration } from '../../../main/shared/schedule.ts';
import { momentText, timeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';

type Ended = Pick<ScheduledMigration, 'stoppedAt' | 'stops' | 'ledger' | 'stages'>;

export function sourceText({ stoppedAt, stops, ledger, stages }: Ended): string {
  if (stoppedAt !== null) return t('migration.source.off', { time: timeOf(stoppedAt) });
  if (ledger.some(({ kind }) => kind === 'power')) return t('migration.source.unsure');
  const begun = stages.findLastIndex(({ stage }) => stage === 'preflight');
  const last = stops.at(-1);
  if (last !== undefined && last.at >= (stages[begun]?.at ?? ''))
    return last.againAt === null
      ? t('migration.source.startedAgain')
      : t('migration.source.startedAgainAt', { time: timeOf(last.againAt) });
  const isPrepared = stages.slice(Math.max(0, begun)).some(({ stage }) => stage === 'preparing');
  return t(isPrepared ? 'migration.source.notStopped' : 'migration.source.untouched');
}

/** With its day, where that is another. */
function timeOf(iso: string): string {
  const isToday = new Date(iso).toDateString() === new Date().toDateString();
  return isToday ? timeText(iso) : momentText(iso);
}
