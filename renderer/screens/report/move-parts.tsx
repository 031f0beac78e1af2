/** The parts of the report that say what was moved: disks, mapping, time line, hashes, what was left behind. */
import type { MigrationReport, ReportDisk } from '../../../main/shared/report.ts';
import { Badge } from '../../parts/Badge.tsx';
import { exactText, momentText, rateText, sizeText, spanText } from '../../texts/format.ts';
import { remedyText } from '../../../main/shared/remedy.ts';
import { t } from '../../texts/t.ts';
import { Listing } from '../../parts/Listing.tsx';
import { two, type Cell } from '../../parts/Section.tsx';
import classes from './Report.module.css';

interface PartProps {
  readonly report: MigrationReport;
}

export function Disks({ report: { disks } }: PartProps) {
  const columns = [
    { title: t('report.disk') },
    { title: t('report.readBy') },
    { title: t('report.sentAs') },
    { title: t('reports.size'), isNumber: true },
    { title: t('reports.read'), isNumber: true },
    { title: t('reports.sent'), isNumber: true },
    { title: t('report.time'), isNumber: true },
  ];
  return (
    <Listing
      title={t('report.disks')}
      empty={t('report.noDisks')}
      columns={columns}
      rows={disks.map((disk) => [
        fateOf(disk) === '' ? disk.label : two(disk.label, fateOf(disk)),
        t(`report.reading.${disk.reading}`),
        two(disk.imageFormat, t(`report.route.${disk.route}`)),
        two(sizeText(disk.sizeBytes), t('report.empty', { size: sizeText(disk.skippedBytes) })),
        sizeText(disk.readBytes),
        sizeText(disk.sentBytes),
        two(
          spanText(disk.seconds),
          disk.seconds === 0 ? '' : rateText((disk.sizeBytes - disk.skippedBytes) / disk.seconds),
        ),
      ])}
    />
  );
}

/** What else has to be said of it; empty where nothing has. */
const fateOf = ({ isThere, setbacks = [] }: ReportDisk): string =>
  [
    ...(isThere ? [] : [t('report.removedAgain')]),
    ...setbacks.map(({ error }) => t('report.sentAnew', { says: error.message })),
  ].join(' · ');

export function Mapping({ report: { mapping } }: PartProps) {
  const columns = [
    { title: t('report.what') },
    { title: t('report.atSource') },
    { title: t('report.inCloud') },
    { title: t('report.why') },
  ];
  return (
    <Listing
      title={t('report.mapping')}
      columns={columns}
      rows={mapping.map(({ what, from, to, reason }) => [what, from, to, reason])}
    />
  );
}

export function Timeline({ report: { timeline } }: PartProps) {
  const columns = [
    { title: t('reports.stage') },
    { title: t('report.entered') },
    { title: t('report.took'), isNumber: true },
  ];
  return (
    <Listing
      title={t('report.timeline')}
      columns={columns}
      rows={timeline.map(({ stage, at, error }, index) => {
        const next = timeline[index + 1];
        return [
          error === undefined ? t(`stage.${stage}`) : two(t(`stage.${stage}`), error.message),
          <time key="at" title={exactText(at)}>
            {momentText(at)}
          </time>,
          next === undefined ? '' : spanText(Math.max(0, Date.parse(next.at) - Date.parse(at)) / 1000),
        ];
      })}
    />
  );
}

/** When the machine was off for the migration; nothing where it never was. */
export function Stops({ report: { stops } }: PartProps) {
  const columns = [
    { title: t('report.stoppedAt') },
    { title: t('report.stoppedUntil') },
    { title: t('report.stoppedFor'), isNumber: true },
    { title: t('report.stopEnd') },
  ];
  return (
    <Listing
      title={t('report.stops')}
      columns={columns}
      rows={stops.map(({ at, until, by }) => [
        <time key="at" title={exactText(at)}>
          {momentText(at)}
        </time>,
        until === null ? (
          '–'
        ) : (
          <time key="until" title={exactText(until)}>
            {momentText(until)}
          </time>
        ),
        until === null ? '–' : spanText((Date.parse(until) - Date.parse(at)) / 1000),
        t(`report.stopEnd.${by}`),
      ])}
    />
  );
}

export function Hashes({ report: { disks } }: PartProps) {
  const there = disks.filter(({ isThere }) => isThere);
  const columns = [{ title: t('report.disk') }, { title: t('report.kind') }, { title: t('report.value') }];
  const hash = (value: string) => <code className={classes['hash']}>{value}</code>;
  return (
    <Listing
      title={t('report.hashes')}
      columns={columns}
      rows={there.flatMap(({ label, sha512, contentBefore, contentAfter }): Cell[][] => [
        [label, t('report.sha512'), hash(sha512)],
        ...(contentBefore === null ? [] : [[label, t('report.contentBefore'), hash(contentBefore)]]),
        ...(contentAfter === null ? [] : [[label, t('report.contentAfter'), hash(contentAfter)]]),
      ])}
    />
  );
}

export function LeftBehind({ report: { leftBehind } }: PartProps) {
  const columns = [{ title: t('report.what') }, { title: t('report.why') }, { title: t('error.whatToDo') }];
  return (
    <Listing
      title={t('reports.left')}
      empty={
        <>
          <Badge tone="good">{t('report.none')}</Badge> {t('report.nothingLeft')}
        </>
      }
      columns={columns}
      rows={leftBehind.map(({ what, why, remedy }) => [what, why, remedyText(remedy)])}
    />
  );
}
