/** The wizard for a plan that is there; changes that were not saved are offered first. */
import { useEffect, useState } from 'react';
import type { Plan } from '../../../../main/shared/plans.ts';
import { Faces } from '../../../parts/Faces.tsx';
import { plans } from '../../../state/connections.ts';
import { t } from '../../../texts/t.ts';
import { Unknown } from '../PlanPage.tsx';
import { draftOf } from './draft.ts';
import { beginDraft, isKept, useDrafts } from './drafts.ts';
import { OfferDraft } from './OfferDraft.tsx';
import { Wizard } from './Wizard.tsx';

export function EditPlan({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const known = plans.use();
  return (
    <Faces of={known} onRetry={() => void plans.load()}>
      {(all) => {
        const plan = all.find(({ id }) => id === params['plan']);
        return plan === undefined ? <Unknown /> : <Known key={plan.id} plan={plan} />;
      }}
    </Faces>
  );
}

function Known({ plan }: { readonly plan: Plan }) {
  const draft = useDrafts(({ byKey }) => byKey[plan.id]);
  const [isOffered, setIsOffered] = useState(draft !== undefined && isKept(draft));
  const begin = (): void => beginDraft(plan.id, draftOf(plan));
  useEffect(() => {
    if (!isOffered) begin();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once, when the wizard is opened
  }, []);

  if (draft === undefined) return null;
  if (isOffered)
    return (
      <OfferDraft
        draft={draft}
        more={0}
        onGo={() => setIsOffered(false)}
        onDiscard={() => {
          begin();
          setIsOffered(false);
        }}
      />
    );
  return <Wizard draftKey={plan.id} draft={draft} title={t('wizard.editTitle', { name: plan.name })} />;
}
