/** The parts of the report that say why it can be believed: checks, boot, findings, accepted warnings. */
import type { Severity } from '../../../main/shared/preflight.ts';
import { checksOf, type MigrationReport, type ReportCheck } from '../../../main/shared/report.ts';
import { Badge, type Tone } from '../../parts/Badge.tsx';
import { exactText, momentText } from '../../texts/format.ts';
import { remedyText } from '../../../main/shared/remedy.ts';
import { t, type TextKey } from '../../texts/t.ts';
import { Listing } from '../../parts/Listing.tsx';
import { Section, two } from '../../parts/Section.tsx';
import classes from './Report.module.css';

interface PartProps {
  readonly report: MigrationReport;
}

const outcomes: Readonly<Record<ReportCheck['outcome'], readonly [Tone, TextKey]>> = {
  passed: ['good', 'report.passed'],
  failed: ['bad', 'report.checkFailed'],
  'not shown': ['wait', 'report.boot.unknown'],
  'not made': ['still', 'report.checkNotMade'],
};

export function Checks({ report }: PartProps) {
  const checks = checksOf(report);
  const columns = [
    { title: t('report.claim') },
    { title: t('report.on') },
    { title: t('report.evidence') },
    { title: t('audit.result') },
  ];
  return (
    <Listing
      title={t('report.checks')}
      empty={t('report.noChecks')}
      columns={columns}
      rows={checks.map(({ claim, about, evidence, outcome }) => {
        const [tone, word] = outcomes[outcome];
        return [
          claim,
          about,
          evidence,
          <Badge key="outcome" tone={tone}>
            {t(word)}
          </Badge>,
        ];
      })}
    />
  );
}

const bootTones = { running: 'good', unknown: 'wait', notWatched: 'still' } as const;

export function Boot({ report: { boot, warnings } }: PartProps) {
  return (
    <Section title={t('report.bootTitle')}>
      {boot === null ? (
        <p>{t('report.notStarted')}</p>
      ) : (
        <>
          <p>
            <Badge tone={bootTones[boot.verdict]}>{t(`report.boot.${boot.verdict}`)}</Badge> {boot.evidence}
          </p>
          {boot.console.length > 0 && (
            <pre className={classes['console']} aria-label={t('report.console')}>
              {boot.console.join('\n')}
            </pre>
          )}
        </>
      )}
      {warnings
        .filter((warning) => boot === null || !warning.includes(boot.evidence))
        .map((warning) => (
          <p key={warning}>
            <Badge tone="wait">{t('report.note')}</Badge> {warning}
          </p>
        ))}
    </Section>
  );
}

const severities: Readonly<Record<Severity, readonly [Tone, TextKey]>> = {
  blocks: ['bad', 'report.blocks'],
  warns: ['wait', 'report.warns'],
  informs: ['still', 'report.informs'],
};

export function Findings({ report: { findings } }: PartProps) {
  const columns = [
    { title: t('report.found') },
    { title: t('report.where') },
    { title: t('error.whatToDo') },
    { title: t('report.weight') },
  ];
  return (
    <Listing
      title={t('report.findings')}
      empty={
        <>
          <Badge tone="good">{t('report.none')}</Badge> {t('report.nothingFound')}
        </>
      }
      columns={columns}
      rows={findings.map(({ id, says, about, remedy, severity }) => {
        const [tone, word] = severities[severity];
        return [
          two(says, id),
          about.join(', '),
          remedyText(remedy),
          <Badge key="weight" tone={tone}>
            {t(word)}
          </Badge>,
        ];
      })}
    />
  );
}

export function Accepted({ report: { accepted } }: PartProps) {
  const columns = [
    { title: t('report.found') },
    { title: t('report.where') },
    { title: t('report.by') },
    { title: t('audit.at') },
  ];
  return (
    <Listing
      title={t('reports.accepted')}
      empty={
        <>
          <Badge tone="good">{t('report.none')}</Badge> {t('report.nothingAccepted')}
        </>
      }
      columns={columns}
      rows={accepted.map(({ id, says, about, by, at }) => [
        two(says, id),
        about.join(', '),
        by ?? t('report.byNobody'),
        at === null ? (
          ''
        ) : (
          <time key="at" title={exactText(at)}>
            {momentText(at)}
          </time>
        ),
      ])}
    />
  );
}
