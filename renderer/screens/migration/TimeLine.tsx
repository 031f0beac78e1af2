/** Every stage that a migration was in, when and for how long; what is known of each opens under it. */
import { useMemo, type ReactNode } from 'react';
import type { ScheduledMigration } from '../../../main/shared/schedule.ts';
import type { Stage } from '../../../main/shared/stages.ts';
import { useNow } from '../../parts/use-now.ts';
import { exactText, momentText, sizeText, spanText, timeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Migration.module.css';
import { spansOf } from './steps.ts';

export function TimeLine({ one }: { readonly one: ScheduledMigration }) {
  const now = useNow(one.isRunning ? 1000 : null);
  const spans = spansOf(one.stages, one.isRunning, now);
  const lastOf = useMemo(() => new Map(one.stages.map(({ stage }, index) => [stage, index])), [one.stages]);
  const [first] = one.stages;
  return (
    <section className="guts-card" aria-label={t('migration.timeLine')}>
      <h2 className={classes['title']}>{t('migration.timeLine')}</h2>
      {first !== undefined && <p className="guts-quiet guts-plain">{momentText(first.at)}</p>}
      <ol className={classes['timeLine']}>
        {spans.map(({ stage, at, seconds }, index) => {
          const error = one.stages[index]?.error;
          const told = lastOf.get(stage) === index ? detailsOf(stage, one) : [];
          const details = error === undefined ? told : [`${error.code}: ${error.message}`];
          const line = (
            <>
              <time dateTime={at} title={exactText(at)}>
                {timeText(at)}
              </time>
              <span>{t(`stage.${stage}`)}</span>
              <span className="guts-quiet">{seconds === null ? '' : spanText(seconds)}</span>
            </>
          );
          return (
            <li key={at + stage} data-stage={stage}>
              {details.length === 0 ? (
                <div className={classes['moment']}>{line}</div>
              ) : (
                <details>
                  <summary className={classes['moment']}>{line}</summary>
                  <ul>
                    {details.map((detail, place) => (
                      <li key={place}>{detail}</li>
                    ))}
                  </ul>
                </details>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** What was found or made while it was in that stage. */
function detailsOf(stage: Stage, one: ScheduledMigration): readonly ReactNode[] {
  const { findings, disks, outcome, ledger, placement } = one;
  switch (stage) {
    case 'preflight':
      return findings.map(({ id, severity, says }) => `${t(`severity.${severity}`)} ${id}: ${says}`);
    case 'preparing':
      return placement === null ? [] : [t('migration.onNode', { node: placement.node, why: placement.reason })];
    case 'copying':
      return disks.map(({ label, route, readBytes, sentBytes, seconds, imageId }) =>
        t('migration.copiedAs', {
          label,
          route: t(`route.${route}`),
          read: sizeText(readBytes),
          sent: sizeText(sentBytes),
          span: spanText(seconds),
          image: imageId,
        }),
      );
    case 'provisioning': {
      const made = ledger.filter(({ side, kind }) => side === 'destination' && kind !== 'image');
      return made.map(({ kind, name, id }) => `${t(`ledger.${kind}`)} ${name} ${id ?? ''}`);
    }
    case 'booting':
    case 'verifying': {
      if (outcome === null) return [];
      if (stage === 'booting') return [`${t(`boot.${outcome.boot.verdict}`)}: ${outcome.boot.evidence}`];
      return outcome.proofs.map(({ claim, evidence }) => `${claim} ${evidence}`);
    }
    default:
      return [];
  }
}
