/** Last step: what will happen, in order; what it takes; what the source feels; and how it is undone. */
import { Stack, Text } from '@mantine/core';
import { quotaLines, totalsOf } from '../../../../main/shared/proposals/totals.ts';
import { t } from '../../../texts/t.ts';
import { AllMoved, isAllMoved } from './AllMoved.tsx';
import { flavorTexts, networkTexts, openPortTexts } from './becomes-texts.ts';
import { useWizard, type Wizard } from './context.ts';
import { Forecast } from './Forecast.tsx';
import { Machines, NeedsFirst } from './MappingStep.tsx';
import { orderTexts, sourceTexts, totalsText } from './order-texts.ts';
import { QuotaTable } from './QuotaTable.tsx';
import classes from './Wizard.module.css';

export function ReviewStep() {
  const { draft } = useWizard();
  if (draft.machines.length === 0) return <NeedsFirst step="machines" />;
  if (draft.destination === null) return <NeedsFirst step="destination" />;
  return (
    <Machines>
      <Review />
    </Machines>
  );
}

function Review() {
  const wizard = useWizard();
  const { draft, facts, picked } = wizard;
  const wanted = picked.flatMap(({ machine, vm, options }) =>
    vm === null || machine.migration !== null ? [] : [{ vm, options }],
  );
  const totals = facts === null ? null : totalsOf(wanted, facts);
  if (isAllMoved(draft)) return <AllMoved machines={draft.machines} />;
  return (
    <Stack gap="md">
      <section className="guts-card" aria-labelledby="review-order">
        <Text component="h3" fw={600} id="review-order" m={0}>
          {t('wizard.order')}
        </Text>
        <ol className={classes['order']}>
          {orderTexts(wizard).map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ol>
      </section>
      {facts !== null && wanted.length > 0 && (
        <section className="guts-card" aria-labelledby="review-becomes">
          <Text component="h3" fw={600} id="review-becomes" m={0}>
            {t('wizard.becomesWhat')}
          </Text>
          <ul className={classes['order']}>
            {[...networkTexts(wanted, facts), ...openPortTexts(wanted, facts), ...flavorTexts(wanted, facts)].map(
              (text) => (
                <li key={text}>{text}</li>
              ),
            )}
          </ul>
        </section>
      )}
      <section className="guts-card" aria-labelledby="review-source">
        <Text component="h3" fw={600} id="review-source" m={0}>
          {t('wizard.feels')}
        </Text>
        <ul className={classes['order']}>
          {sourceTexts(picked).map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
        <p>
          <strong>{t('wizard.undo')}:</strong> {t('wizard.undoHow')}
        </p>
      </section>
      {totals !== null && facts !== null && (
        <section className="guts-card" aria-labelledby="review-totals">
          <Text component="h3" fw={600} id="review-totals" m={0}>
            {t('wizard.totals')}
          </Text>
          <p>{totalsText(totals)}</p>
          <QuotaTable lines={quotaLines(totals, facts.quotas)} />
          <Forecast wanted={wanted.map(({ vm }) => vm)} />
        </section>
      )}
      <Accepted wizard={wizard} />
    </Stack>
  );
}

function Accepted({ wizard: { draft } }: { readonly wizard: Wizard }) {
  const accept = draft.options.accept ?? 'all';
  if (accept !== 'all' && accept.length === 0) return null;
  return (
    <p className={classes['why']}>
      {accept === 'all' ? t('wizard.allAccepted') : t('wizard.acceptedThese', { ids: accept.join(', ') })}
    </p>
  );
}
