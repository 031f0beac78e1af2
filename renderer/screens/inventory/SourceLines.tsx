/** How old what is shown of each source is; and why one could not be read, while the others stay usable. */
import { Group, Stack } from '@mantine/core';
import { Badge } from '../../parts/Badge.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { refresh } from '../../state/inventory.ts';
import { exactText, momentText, numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Inventory.module.css';
import type { SourceView } from './use-machines.ts';

/** An inventory of yesterday is worth a warning. */
const STALE_MS = 24 * 60 * 60 * 1000;

interface SourceLinesProps {
  readonly views: readonly SourceView[];
  /** Why a source cannot be asked anew; null where it can. */
  readonly off: string | null;
}

export function SourceLines({ views, off }: SourceLinesProps) {
  const failed = views.flatMap(({ source, inventory: { error } }) => (error === null ? [] : [{ source, error }]));
  return (
    <Stack gap="xs" mb="sm">
      <Group gap="md" className={classes['sources'] ?? ''}>
        {views.map((view) => (
          <SourceLine key={view.source.id} {...view} />
        ))}
      </Group>
      {failed.map(({ source, error }) => (
        <ErrorCard
          key={source.id}
          title={t('inventory.failed', { source: source.name })}
          error={error}
          {...(off === null ? { onRetry: () => void refresh(source.id) } : {})}
        />
      ))}
    </Stack>
  );
}

function SourceLine({ source, inventory }: SourceView) {
  const { rows, takenAt, isLoading, isRefreshing } = inventory;
  const isStale = isOld(takenAt);
  return (
    <span>
      <strong>{source.name}</strong>{' '}
      {takenAt !== null && (
        <>
          {t('inventory.machines', { count: rows.length, number: numberText(rows.length) })},{' '}
          <time dateTime={takenAt} title={exactText(takenAt)}>
            {t('shell.asOf', { time: momentText(takenAt) })}
          </time>{' '}
        </>
      )}
      {isRefreshing && <Badge tone="work">{t('inventory.reading')}</Badge>}
      {!isRefreshing && isStale && <Badge tone="wait">{t('inventory.stale')}</Badge>}
      {!isRefreshing && takenAt === null && !isLoading && <Badge tone="wait">{t('inventory.neverRead')}</Badge>}
    </span>
  );
}

export const isOld = (takenAt: string | null): boolean =>
  takenAt !== null && Date.now() - Date.parse(takenAt) > STALE_MS;
