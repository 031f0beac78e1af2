/** The disks of a migration: how far each is, how fast, and what was sent and skipped of it. */
import type { MigrationId, MigrationPlan, MovedDisk } from '../../../main/shared/migration.ts';
import type { Progress } from '../../../main/shared/jobs.ts';
import type { ScheduledMigration } from '../../../main/shared/schedule.ts';
import { ProgressBar } from '../../parts/ProgressBar.tsx';
import { useMigrations } from '../../state/migrations.ts';
import { throughputOfDisks } from '../../state/throughput.ts';
import { rateText, sizeText, spanText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Migration.module.css';

export function Disks({ one }: { readonly one: ScheduledMigration }) {
  const { plan, disks, request, isRunning, ledger } = one;
  const live = useMigrations(({ byId }) => byId[request.id]?.progress) ?? one.progress;
  if (plan === null) return null;
  const isUndone = one.stage === 'failed' || one.stage === 'cancelled';
  const isLive = isRunning && one.stage === 'copying';
  return (
    <section className="guts-card" aria-label={t('migration.disks')}>
      <h2 className={classes['title']}>{t('migration.disks')}</h2>
      <ul className={classes['disks']}>
        {plan.disks.map((planned, index) => (
          <Disk
            key={planned.key}
            planned={planned}
            moved={disks.find(({ key }) => key === planned.key)}
            isGone={
              isUndone && !ledger.some(({ key }) => key === `image:${planned.key}` || key === `volume:${planned.key}`)
            }
            progress={isLive ? live.find(({ diskIndex }) => diskIndex === index) : undefined}
            rate={isLive ? rateOfDisk(request.id, planned.label) : 0}
          />
        ))}
      </ul>
    </section>
  );
}

interface DiskProps {
  readonly planned: MigrationPlan['disks'][number];
  readonly moved: MovedDisk | undefined;
  /** Its copy was removed again. */
  readonly isGone: boolean;
  readonly progress: Progress | undefined;
  readonly rate: number;
}

function Disk({ planned, isGone, progress, rate, ...copy }: DiskProps) {
  const { label, sizeBytes, reading, imageFormat } = planned;
  const moved = isGone ? undefined : copy.moved;
  const done = moved === undefined ? (progress?.doneBytes ?? 0) : 1;
  const total = moved === undefined ? Math.max(1, progress?.totalBytes ?? 1) : 1;
  return (
    <li>
      <div className={classes['diskHead']}>
        <strong>{label}</strong>
        <span className="guts-quiet">
          {t('migration.diskWay', {
            size: sizeText(sizeBytes),
            reading: t(`reading.${reading.value}`),
            format: imageFormat.value,
          })}
        </span>
        <span className={classes['diskState']}>
          {isGone && copy.moved !== undefined ? t('migration.diskGone') : stateText({ moved, progress, rate })}
        </span>
      </div>
      {(copy.moved?.setbacks ?? []).map(({ at, error }) => (
        <div key={at} className="guts-quiet">
          {t('report.sentAnew', { says: error.message })}
        </div>
      ))}
      <ProgressBar done={done} of={total} label={(percent) => t('migrations.progressOf', { vm: label, percent })} />
    </li>
  );
}

function stateText({ moved, progress, rate }: Pick<DiskProps, 'moved' | 'progress' | 'rate'>): string {
  if (moved !== undefined) {
    const { readBytes, sentBytes, skippedBytes, seconds } = moved;
    return t('migration.diskDone', {
      read: sizeText(readBytes),
      sent: sizeText(sentBytes),
      skipped: sizeText(skippedBytes),
      span: spanText(seconds),
    });
  }
  if (progress === undefined) return t('migration.diskAhead');
  const { doneBytes, totalBytes, writtenBytes } = progress;
  if (doneBytes === totalBytes) return t('migration.diskProving');
  const words = { done: sizeText(doneBytes), total: sizeText(totalBytes), sent: sizeText(writtenBytes) };
  return rate > 0 ? t('migration.diskRunning', { ...words, rate: rateText(rate) }) : t('migration.diskStarting', words);
}

const RATE_OVER_SECONDS = 10;

const rateOfDisk = (id: MigrationId, label: string): number =>
  throughputOfDisks(id)
    .find((disk) => disk.label === label)
    ?.series.rate(Date.now(), RATE_OVER_SECONDS).copied ?? 0;
