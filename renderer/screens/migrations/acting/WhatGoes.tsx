/** What cancelling removes in the cloud, and puts back at the source, from the ledgers of those migrations. */
import { Loader } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { LedgerItem } from '../../../../main/shared/migration.ts';
import type { MigrationRow } from '../../../../main/shared/migration-row.ts';
import { call } from '../../../api.ts';
import { t } from '../../../texts/t.ts';
import classes from './Acting.module.css';

/** Of more than that many, only the kinds are known without asking for long. */
const MOST_ASKED = 25;
const MOST_LISTED = 8;

export function WhatGoes({ rows }: { readonly rows: readonly MigrationRow[] }) {
  /** Null until they are known; of ledgers that cannot be had, all that is known is what cancelling does. */
  const [items, setItems] = useState<readonly LedgerItem[] | 'unknown' | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const ask = async ({ id }: MigrationRow): Promise<readonly LedgerItem[]> =>
      (await call('migrations.show', { id }, stop.signal)).ledger;
    void Promise.all(rows.slice(0, MOST_ASKED).map(ask)).then(
      (ledgers) => setItems(ledgers.flat()),
      () => {
        if (!stop.signal.aborted) setItems('unknown');
      },
    );
    return () => stop.abort();
  }, [rows]);

  if (items === null) return <Loader size="sm" aria-label={t('shell.loading')} />;
  if (items === 'unknown') return <p className="guts-plain">{t('effect.cancel')}</p>;
  const isMore = rows.length > MOST_ASKED;
  if (items.length === 0 && !isMore)
    return <p className="guts-plain">{t('acting.nothingGoes', { count: rows.length })}</p>;
  return (
    <div className={classes['goes']}>
      <p className="guts-plain">{t('acting.goes', { count: rows.length })}</p>
      <Side title={t('acting.goesDestination')} items={items.filter(({ side }) => side === 'destination')} />
      <Side title={t('acting.goesSource')} items={items.filter(({ side }) => side === 'source')} />
      {isMore && <p>{t('acting.goesMore', { count: rows.length - MOST_ASKED })}</p>}
    </div>
  );
}

function Side({ title, items }: { readonly title: string; readonly items: readonly LedgerItem[] }) {
  if (items.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {items.slice(0, MOST_LISTED).map(({ key, kind, name }) => (
          <li key={`${name} ${key}`}>
            {t(`ledger.${kind}`)} <code>{name}</code>
          </li>
        ))}
        {items.length > MOST_LISTED && <li>{t('acting.andMore', { count: items.length - MOST_LISTED })}</li>}
      </ul>
    </section>
  );
}
