/** How much is chosen, and what can be done with it. It is always there, so that nothing moves when something is chosen. */
import { CloseButton } from '@mantine/core';
import { ActionButton } from '../ActionButton.tsx';
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import type { RowAction } from './column.ts';
import classes from './Table.module.css';

interface SelectionBarProps<Row> {
  readonly rows: readonly Row[];
  readonly shownKeys: readonly string[];
  readonly keyOf: (row: Row) => string;
  readonly actions: readonly RowAction<Row>[];
  readonly onClear: () => void;
}

export function SelectionBar<Row>({ rows, shownKeys, keyOf, actions, onClear }: SelectionBarProps<Row>) {
  const isAny = rows.length > 0;
  return (
    <div className={classes['foot']} data-chosen={isAny}>
      <output>{saidOf(rows, shownKeys, keyOf)}</output>
      {isAny && <CloseButton size="sm" aria-label={t('table.chooseNone')} onClick={onClear} />}
      <span className={classes['gap']} />
      {isAny &&
        [...actions].sort(harmlessFirst).map(({ id, title, isDangerous = false, isOff = null, run }) => (
          <ActionButton
            key={id}
            size="compact-sm"
            variant={isDangerous ? 'outline' : 'filled'}
            color={isDangerous ? 'danger' : 'guts'}
            off={isOff}
            onClick={() => run(rows)}
          >
            {title}
          </ActionButton>
        ))}
    </div>
  );
}

export const harmlessFirst = <Row,>(a: RowAction<Row>, b: RowAction<Row>): number =>
  Number(a.isDangerous ?? false) - Number(b.isDangerous ?? false);

function saidOf<Row>(rows: readonly Row[], shownKeys: readonly string[], keyOf: (row: Row) => string): string {
  if (rows.length === 0) return t('table.noneChosen');
  const shown = new Set(shownKeys);
  const seen = rows.filter((row) => shown.has(keyOf(row))).length;
  const count = { count: rows.length, number: numberText(rows.length) };
  if (seen < rows.length) return t('table.chosenHidden', { ...count, hidden: numberText(rows.length - seen) });
  if (seen > 1 && seen === shownKeys.length) return t('table.chosenAll', count);
  return t('table.chosen', count);
}
