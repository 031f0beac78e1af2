/** All migrations, a row for each machine: how far each is, and what can be done with one or several. */
import { Button } from '@mantine/core';
import { useCallback, useMemo } from 'react';
import type { MigrationRow } from '../../../main/shared/migration-row.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Empty, Loading } from '../../parts/Faces.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import type { RowAction } from '../../parts/table/column.ts';
import { DataTable } from '../../parts/table/DataTable.tsx';
import { go } from '../../router.ts';
import { loadMigrations, useMigrations } from '../../state/migrations.ts';
import { inStandingOrder, isIn } from '../../state/standing.ts';
import { t } from '../../texts/t.ts';
import { useActing, type Acting } from './acting/useActing.tsx';
import { whyIdle, wishText } from './acting/wish-text.ts';
import { isDangerous, wishes, wishesFor } from './acting/wishes.ts';
import { columnsFor, migrationPath } from './columns.tsx';
import { Facets, showOnly, useFacet } from './Facets.tsx';
import { useNames } from './use-names.ts';

export function Migrations() {
  const state = useMigrations((migrations) => migrations.state);
  const error = useMigrations((migrations) => migrations.error);
  const rows = useMigrations((migrations) => migrations.rows);
  const facet = useFacet((chosen) => chosen.facet);
  const names = useNames();
  const acting = useActing();
  const { isOff, wish } = acting;
  const columns = useMemo(() => columnsFor(names, { isOff, wish }), [names, isOff, wish]);
  const shown = useMemo(() => inStandingOrder(facet === null ? rows : rows.filter(isIn[facet])), [rows, facet]);
  const actions = useCallback(
    (chosen: readonly MigrationRow[]) => actionsFor(chosen.map(asItStands), { isOff, wish }),
    [isOff, wish],
  );

  if (state === 'loading') return <Loading />;
  if (error !== null) return <ErrorCard error={error} onRetry={() => void loadMigrations()} />;
  return (
    <>
      <PageHead
        title={t('shell.migrations')}
        actions={<Button onClick={() => go('/plans/new')}>{t('migrations.newPlan')}</Button>}
      />
      {acting.notice}
      {rows.length === 0 ? (
        <Empty
          title={t('migrations.empty')}
          why={t('migrations.emptyWhy')}
          action={<Button onClick={() => go('/plans/new')}>{t('migrations.newPlan')}</Button>}
        />
      ) : (
        <>
          <Facets />
          <DataTable
            id="migrations"
            label={t('shell.migrations')}
            example={t('migrations.example')}
            columns={columns}
            rows={shown}
            keyOf={keyOf}
            onOpen={({ id }) => go(migrationPath(id))}
            actions={actions}
            empty={
              <Empty
                title={t('migrations.noneOf', { facet: facet === null ? '' : t(`facet.${facet}`) })}
                why={t('migrations.noneOfWhy')}
                action={
                  <Button variant="default" onClick={() => showOnly(null)}>
                    {t('migrations.showAll')}
                  </Button>
                }
              />
            }
          />
        </>
      )}
    </>
  );
}

const keyOf = ({ id }: MigrationRow): string => id;

/** The table's row may be older than what can be done with it. */
const asItStands = (row: MigrationRow): MigrationRow => useMigrations.getState().byId[row.id] ?? row;

/** What at least one of them allows, each about those that do. */
function actionsFor(
  chosen: readonly MigrationRow[],
  { isOff, wish }: Pick<Acting, 'isOff' | 'wish'>,
): readonly RowAction<MigrationRow>[] {
  const able = new Map(chosen.map((row) => [row.id, wishesFor(row)]));
  return wishes.flatMap((one) => {
    const may = chosen.filter(({ id }) => able.get(id)?.includes(one) === true);
    const [first] = may;
    if (first === undefined) return [];
    const useful = may.filter((row) => whyIdle(one, row) === null);
    const those = useful.length > 0 ? useful : may;
    const title = wishText(one, those, chosen.length);
    const whyNot = isOff ?? (useful.length > 0 ? null : whyIdle(one, first));
    return [{ id: one, title, isDangerous: isDangerous(one), isOff: whyNot, run: () => wish(one, those) }];
  });
}
