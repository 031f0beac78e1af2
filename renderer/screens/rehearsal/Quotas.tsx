/** The quotas of the project: what may be used, what is, what earlier waves and this one take, and what is left then. */
import type { Rehearsal, RehearsedQuota } from '../../../main/shared/rehearsal.ts';
import { badge } from '../../parts/Badge.tsx';
import { Listing } from '../../parts/Listing.tsx';
import { quotaAmount, quotaName } from '../../texts/quota-amount.ts';
import { t } from '../../texts/t.ts';

export function Quotas({ rehearsal: { quota } }: { readonly rehearsal: Rehearsal }) {
  return (
    <Listing
      title={t('rehearsal.quotas')}
      columns={[
        { title: t('wizard.quota') },
        { title: t('wizard.quota.limit'), isNumber: true },
        { title: t('wizard.quota.used'), isNumber: true },
        { title: t('rehearsal.earlier'), isNumber: true },
        { title: t('wizard.quota.needed'), isNumber: true },
        { title: t('wizard.quota.left'), isNumber: true },
      ]}
      rows={quota.map((line) => [
        quotaName(line.of, line.volumeType),
        line.limit === null ? t('wizard.noLimit') : quotaAmount(line.of, line.limit),
        quotaAmount(line.of, line.used),
        quotaAmount(line.of, line.earlier),
        quotaAmount(line.of, line.needs),
        leftOf(line),
      ])}
    />
  );
}

function leftOf({ of, limit, used, earlier, needs, over }: RehearsedQuota) {
  if (over > 0) return badge('bad', t('wizard.tooFew', { amount: quotaAmount(of, over) }));
  return limit === null ? t('wizard.noLimit') : quotaAmount(of, limit - used - earlier - needs);
}
