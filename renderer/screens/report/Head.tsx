/** The head of the report: from where to where; the verdict with what stands against it; the figures. */
import type { SourceAbout } from '../../../main/shared/connections.ts';
import { bytesPerSecondOf, downtimeKind, figuresOf } from '../../../main/shared/report-figures.ts';
import { checksOf, isEnded, isGuestUnseen, verdictOf, type MigrationReport } from '../../../main/shared/report.ts';
import { Figures } from '../../parts/Figures.tsx';
import { Under } from '../../parts/Under.tsx';
import { VerdictCard } from '../../parts/VerdictCard.tsx';
import { exactText, momentText, numberText, rateText, sizeText, spanText } from '../../texts/format.ts';
import { remedyText } from '../../../main/shared/remedy.ts';
import { t, type TextKey } from '../../texts/t.ts';

export function Head({ report }: { readonly report: MigrationReport }) {
  const { source, destination, plan, startedAt, finishedAt } = report;
  const from = source.about === null ? null : productOf(source.about);
  const to = destination.about === null ? null : t('report.project', { name: destination.about.project.name });
  return (
    <Under>
      {named(from, source.connection)} → {named(to, destination.connection)}
      {plan !== null && ` · ${t('report.ofPlan', { plan: plan.name, wave: plan.wave })}`}
      {' · '}
      <time title={exactText(startedAt)}>{momentText(startedAt)}</time>
      {' – '}
      <time title={exactText(finishedAt)}>{momentText(finishedAt)}</time>
    </Under>
  );
}

/** The address of a Hyper-V host need not tell which one it is. */
function productOf({ kind, product, version, instanceId: host }: SourceAbout): string {
  const what = `${product} ${version}`;
  return kind === 'hyperv' ? t('report.onHost', { what, host }) : what;
}

function named(what: string | null, connection: string | null): string {
  if (what === null) return connection ?? t('reports.gone');
  return connection === null ? what : `${what} (${connection})`;
}

export const ReportFigures = ({ report }: { readonly report: MigrationReport }) => (
  <Figures figures={figures(report)} />
);

const words = {
  good: 'report.allProved',
  wait: 'report.provedUnseen',
  bad: 'reports.notProved',
  info: 'reports.notFinished',
} as const;

function adviceOf(report: MigrationReport): TextKey {
  if (!isEnded(report)) return 'report.goesOn';
  return report.destination.server === null ? 'report.noServerCame' : 'report.keepSource';
}

export function VerdictBox({ report }: { readonly report: MigrationReport }) {
  const { proved, against } = verdictOf(report);
  const trouble = report.error ?? report.earlierError;
  const isSeen = !isGuestUnseen(report);
  const is = proved ? (isSeen ? 'good' : 'wait') : isEnded(report) ? 'bad' : 'info';
  const passed = checksOf(report).filter(({ outcome }) => outcome === 'passed').length;
  return (
    <VerdictCard is={is} word={t(words[is])}>
      {proved ? (
        <p>
          {t('report.checksPassed', { count: passed })}{' '}
          {report.boot?.verdict === 'running'
            ? t('report.guestRuns')
            : `${t('report.guestNotShown')} ${report.boot?.evidence ?? ''}`}
        </p>
      ) : (
        <>
          <p>{t(adviceOf(report))}</p>
          <ul>
            {against.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
      {trouble !== null && (
        <p>
          {t('error.whatToDo')}: {remedyText(trouble.remedy)} <code>{trouble.code}</code>
        </p>
      )}
    </VerdictCard>
  );
}

function figures(report: MigrationReport): (readonly [string, string, string])[] {
  const counted = figuresOf(report);
  const speed = bytesPerSecondOf(counted);
  const { downtimeSeconds } = report;
  return [
    [t('report.disks'), numberText(counted.disks), t('report.asSeen', { size: sizeText(counted.sizeBytes) })],
    [t('reports.read'), sizeText(counted.readBytes), t('report.empty', { size: sizeText(counted.skippedBytes) })],
    [t('reports.sent'), sizeText(counted.sentBytes), t('report.toCloud')],
    [t('report.time'), spanText(counted.seconds), t('report.ofItCopying', { span: spanText(counted.copySeconds) })],
    [t('reports.speed'), speed === null ? '–' : rateText(speed), t('reports.speedOf')],
    [
      t('reports.downtime'),
      downtimeSeconds === null ? '–' : spanText(downtimeSeconds),
      t(`report.downtime.${downtimeKind(report)}`),
    ],
  ];
}
