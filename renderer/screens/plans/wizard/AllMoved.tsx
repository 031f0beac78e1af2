/** Stands in place of a step that has nothing to do, as every machine of the plan has its migration; leads to them. */
import { Alert } from '@mantine/core';
import { pathOf } from '../../../router.ts';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import type { Draft } from './draft.ts';

const MOST_LISTED = 20;

/** Nothing of the plan is left to be checked, or started. */
export const isAllMoved = ({ machines, leftOut }: Pick<Draft, 'machines' | 'leftOut'>): boolean =>
  machines.length > 0 && leftOut.length === 0 && machines.every(({ migration }) => migration !== null);

export function AllMoved({ machines }: Pick<Draft, 'machines'>) {
  const count = machines.length;
  const more = count - MOST_LISTED;
  return (
    <Alert color="guts" title={t('wizard.allMoved', { count, number: numberText(count) })}>
      {t('wizard.allMovedWhy')}
      <ul aria-label={t('wizard.theirMigrations')}>
        {machines.slice(0, MOST_LISTED).map(({ ref, name, migration }) => (
          <li key={ref}>
            <a href={`#${pathOf('migrations', migration ?? '')}`}>{name}</a>
          </li>
        ))}
        {more > 0 && (
          <li>
            <a href="#/migrations">{t('wizard.moreProblems', { count: more })}</a>
          </li>
        )}
      </ul>
    </Alert>
  );
}
