/** What a project may use, what of it is used, and what the plan adds. */
import type { QuotaLine } from '../../../../main/shared/proposals/totals.ts';
import { numberText, sizeText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import classes from './Wizard.module.css';

const MiB = 2 ** 20;
const GiB = 2 ** 30;

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
              <td data-number="">{limit === null ? t('wizard.noLimit') : amount(of, limit)}</td>
              <td data-number="">{amount(of, used)}</td>
              <td data-number="">{amount(of, needs)}</td>
              <td data-number="" {...(over > 0 ? { 'data-over': '' } : {})}>
                {over > 0
                  ? t('wizard.tooFew', { amount: amount(of, over) })
                  : limit === null
                    ? t('wizard.noLimit')
                    : amount(of, limit - used - needs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function amount(of: QuotaLine['of'], value: number): string {
  if (of === 'memoryMiB') return sizeText(Math.max(0, value) * MiB);
  return of === 'volumeGiB' ? sizeText(Math.max(0, value) * GiB) : numberText(Math.max(0, value));
}
