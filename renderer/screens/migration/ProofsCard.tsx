/** What was shown to be so, disk by disk and for the whole: the claim, and how it was shown. */
import { IconCircleCheck } from '@tabler/icons-react';
import type { ScheduledMigration } from '../../../main/shared/schedule.ts';
import { t } from '../../texts/t.ts';
import { Card } from './Card.tsx';
import classes from './Migration.module.css';

export function ProofsCard({ one }: { readonly one: ScheduledMigration }) {
  const { outcome, request } = one;
  const disks = outcome?.disks ?? one.disks;
  const groups = [
    ...disks.map(({ label, proofs }) => ({ about: label, proofs })),
    { about: request.vm.name, proofs: outcome?.proofs ?? [] },
  ].filter(({ proofs }) => proofs.length > 0);
  if (groups.length === 0) return null;
  return (
    <Card title={t('migration.proofs')}>
      {groups.map(({ about, proofs }) => (
        <section key={about}>
          <h3 className={classes['about']}>{about}</h3>
          <ul className={classes['proofs']}>
            {proofs.map(({ claim, evidence }) => (
              <li key={claim}>
                <IconCircleCheck size={16} aria-hidden="true" />
                <span>
                  {claim} <small className="guts-quiet">{evidence}</small>
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Card>
  );
}
