/** Which migrations are shown: chips with how many there are of each kind. */
import { create } from 'zustand';
import { useMigrations } from '../../state/migrations.ts';
import { facets, isIn, type Facet } from '../../state/standing.ts';
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Migrations.module.css';

/** Kept while other screens are looked at; null shows all. */
export const useFacet = create<{ readonly facet: Facet | null }>()(() => ({ facet: null }));

export const showOnly = (facet: Facet | null): void => useFacet.setState({ facet });

export function Facets() {
  const rows = useMigrations((state) => state.rows);
  const chosen = useFacet(({ facet }) => facet);
  return (
    <fieldset className={classes['facets']} aria-label={t('migrations.facets')}>
      {facets.map((facet) => {
        const count = rows.filter(isIn[facet]).length;
        return (
          <button
            key={facet}
            type="button"
            className={classes['facet']}
            data-facet={facet}
            data-some={count > 0 || undefined}
            aria-pressed={chosen === facet}
            onClick={() => showOnly(chosen === facet ? null : facet)}
          >
            {t(`facet.${facet}`)} <span>{numberText(count)}</span>
          </button>
        );
      })}
    </fieldset>
  );
}
