/** What a project may use, what of it is used, and what the plan adds. */
import type { QuotaLine } from '../../../../main/shared/proposals/totals.ts';
import { quotaAmount } from '../../../texts/quota-amount.ts';
import { t } from '../../../texts/t.ts';
import classes from './Wizard.module.css';

export function QuotaTable({ lines }: { readonly lines: readonly QuotaLine[] }) {
  return (
    <div className={classes['scroll']}>
      <table className={classes['lines']} aria-label={t('wizard.quotas')}>
        <thead>
          <tr>
            <th scope="col">{t('wizard.quota')}</th>
            {(['limit', 'used', 'needed', 'left'] as const).map((one) => (
              <th key={one} scope="col" data-number="">
                {t(`wizard.quota.${one}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ of, limit, used, needs, over }) => (
            <tr key={of}>
              <th scope="row">{t(`wizard.quotaOf.${of}`)}</th>
              <td data-number="">{limit === null ? t('wizard.noLimit') : quotaAmount(of, limit)}</td>
              <td data-number="">{quotaAmount(of, used)}</td>
              <td data-number="">{quotaAmount(of, needs)}</td>
              <td data-number="" {...(over > 0 ? { 'data-over': '' } : {})}>
                {over > 0
                  ? t('wizard.tooFew', { amount: quotaAmount(of, over) })
                  : limit === null
                    ? t('wizard.noLimit')
                    : quotaAmount(of, limit - used - needs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
