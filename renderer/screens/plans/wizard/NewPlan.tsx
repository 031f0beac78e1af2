/** The wizard for a plan that does not exist yet; an unsaved one is offered first. */
import { Alert, Stack } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Faces } from '../../../parts/Faces.tsx';
import { destinations, plans, sources } from '../../../state/connections.ts';
import type { PlanTemplate } from '../../../../main/shared/plans.ts';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { freeName } from '../acts.ts';
import { againIn, draftAgain, ownOf } from './again.ts';
import { draftBy, newDraft, type Draft, type OwnOptions } from './draft.ts';
import { beginDraft, changeDraft, isKept, NEW_PLAN, useDrafts } from './drafts.ts';
import { forgetHanded, readHanded, type Handed } from './handed.ts';
import { OfferDraft } from './OfferDraft.tsx';
import { ByTemplate } from '../templates/ByTemplate.tsx';
import { Wizard } from './Wizard.tsx';

export function NewPlan() {
  return <Begun template={null} />;
}

/** @param template by which it begins */
export function Begun({ template }: { readonly template: PlanTemplate | null }) {
  const known = plans.use();
  const from = sources.use();
  const to = destinations.use();
  return (
    <Faces of={known} onRetry={() => void plans.load()}>
      {() => (
        <Faces of={from} onRetry={() => void sources.load()}>
          {(all) => (
            <Faces of={to} onRetry={() => void destinations.load()}>
              {(clouds) => <Known sources={all} clouds={clouds} template={template} />}
            </Faces>
          )}
        </Faces>
      )}
    </Faces>
  );
}

type Named = readonly { readonly id: string; readonly name: string }[];

interface Given {
  readonly handed: Handed;
  /** Begun before, and not saved. */
  readonly isOffered: boolean;
  /** It is that one which is gone on with. */
  readonly isOld: boolean;
}

interface KnownProps {
  readonly sources: Named;
  readonly clouds: Named;
  readonly template: PlanTemplate | null;
}

function Known({ sources: all, clouds, template }: KnownProps) {
  const draft = useDrafts(({ byKey }) => byKey[NEW_PLAN]);
  const [given, setGiven] = useState<Given>(() => ({
    handed: readHanded(),
    isOffered: draft !== undefined && isKept(draft),
    isOld: false,
  }));
  const { handed, isOffered, isOld } = given;
  /** What was there before is not shown as if it were the new one. */
  const [isBegun, setIsBegun] = useState(isOffered);
  const begin = (): void => {
    const [only, ...others] = all;
    const [cloud, ...otherClouds] = clouds;
    const source = others.length === 0 ? (only?.id ?? null) : null;
    const destination = otherClouds.length === 0 ? (cloud?.id ?? null) : null;
    const again = againIn(handed);
    const isThere = (some: Named, wanted: string): string | null => some.find(({ id }) => id === wanted)?.id ?? null;
    if (template !== null) {
      const { name, source: from, destination: to } = template;
      beginDraft(NEW_PLAN, draftBy(template, freeName(name, true), isThere(all, from), isThere(clouds, to)));
      return;
    }
    if (again !== null) {
      beginDraft(NEW_PLAN, draftAgain(again, isThere(all, again.source), isThere(clouds, again.again.destination)));
      changeDraft(NEW_PLAN, () => ({})); // it is kept as if somebody had written it
      return;
    }
    beginDraft(NEW_PLAN, newDraft(freeName(t('wizard.newName'), true), source, destination));
    if (handed.length > 0) changeDraft(NEW_PLAN, (fresh) => withHanded(fresh, handed, all));
  };
  useEffect(() => {
    forgetHanded();
    if (!isOffered) begin();
    setIsBegun(true);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once, when the wizard is opened
  }, []);

  if (draft === undefined || !isBegun) return null;
  if (isOffered)
    return (
      <OfferDraft
        draft={draft}
        more={handed.length}
        {...(template === null ? {} : { template: template.name })}
        onGo={() => {
          if (handed.length > 0) changeDraft(NEW_PLAN, (kept) => withHanded(kept, handed, all));
          setGiven({ ...given, isOffered: false, isOld: true });
        }}
        onDiscard={() => {
          begin();
          setGiven({ ...given, isOffered: false });
        }}
      />
    );
  const missing = handed.filter(({ ref }) => !draft.machines.some((one) => one.ref === ref)).length;
  return (
    <Stack gap="sm">
      {handed.length > 0 && missing > 0 && draft.changedAt > 0 && draft.step === 'machines' && (
        <Alert color="guts">{t('wizard.handedOthers', { count: missing, number: numberText(missing) })}</Alert>
      )}
      {template !== null && !isOld && <ByTemplate template={template} draft={draft} />}
      <Wizard draftKey={NEW_PLAN} draft={draft} title={t('plans.new')} />
    </Stack>
  );
}

/** A plan has one source: the draft's, else that of the first machine. */
function withHanded(draft: Draft, handed: Handed, all: Named): Partial<Draft> {
  const idOf = (source: string): string | null =>
    all.find(({ id, name }) => id === source || name === source)?.id ?? null;
  const source = draft.machines.length > 0 ? draft.source : idOf(handed[0]?.source ?? '');
  const known = new Set(draft.machines.map(({ ref }) => ref));
  const fresh = handed.filter((one) => idOf(one.source) === source && !known.has(one.ref));
  return {
    source,
    machines: [
      ...draft.machines,
      ...fresh.map(({ ref, name, again }) => {
        return { ref, name, wave: 1, options: wishedBefore(again, draft), migration: null };
      }),
    ],
  };
}

/** Flavors, networks and the like are those of one cloud. */
const wishedBefore = (again: Handed[number]['again'], { destination }: Draft): OwnOptions =>
  again === undefined || again.destination !== destination ? {} : ownOf(again.options);
