/** What preflight had found, and whether it was accepted. */
import type { ScheduledMigration } from '../../../main/shared/schedule.ts';
import { Badge } from '../../parts/Badge.tsx';
import { severityTones } from '../../parts/severity.tsx';
import { remedyText } from '../../../main/shared/remedy.ts';
import { t } from '../../texts/t.ts';
import { Card } from './Card.tsx';
import classes from './Migration.module.css';

export function FindingsCard({ one }: { readonly one: ScheduledMigration }) {
  const { findings, request } = one;
  const { accept } = request.options;
  if (findings.length === 0) return null;
  return (
    <Card title={t('migration.findings')}>
      <ul className={classes['findings']}>
        {findings.map(({ id, severity, says, about, remedy }) => (
          <li key={id + about.join()}>
            <Badge tone={severityTones[severity]}>{t(`severity.${severity}`)}</Badge> <code>{id}</code> {says}{' '}
            {severity === 'warns' && (accept === 'all' || accept.includes(id)) && (
              <span className="guts-quiet">({t('migration.accepted')})</span>
            )}
            <small className="guts-quiet">{about.join(', ')}</small>
            <small>
              <strong>{t('error.whatToDo')}:</strong> {remedyText(remedy)}
            </small>
          </li>
        ))}
      </ul>
    </Card>
  );
}
