/** What was made or changed on either side, and is still there. */
import type { LedgerItem } from '../../../main/shared/migration.ts';
import { t } from '../../texts/t.ts';
import { Card } from './Card.tsx';
import classes from './Migration.module.css';

export function LedgerCard({ ledger }: { readonly ledger: readonly LedgerItem[] }) {
  if (ledger.length === 0) return null;
  return (
    <Card title={t('migration.ledger')}>
      {(['destination', 'source'] as const).map((side) => {
        const items = ledger.filter((item) => item.side === side);
        if (items.length === 0) return null;
        return (
          <section key={side}>
            <h3 className={classes['about']}>{t(`migration.ledger.${side}`)}</h3>
            <ul className={classes['ledger']}>
              {items.map(({ key, kind, name, id }) => (
                <li key={key}>
                  <span>{t(`ledger.${kind}`)}</span> <code>{name}</code>{' '}
                  {id !== null && id !== name && <code className="guts-quiet">{id}</code>}
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </Card>
  );
}
