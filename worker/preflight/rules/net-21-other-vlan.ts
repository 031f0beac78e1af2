/** NET-21: a VLAN at the source, and another in the cloud. */
import { cardsOf } from '../../../main/shared/proposals/cards.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const otherVlan: Rule<MoveFacts> = {
  id: 'NET-21',
  group: 'networks',
  severity: 'informs',
  isBeside: (facts) => (vlansOf(facts).length > 0 ? null : 'the cards are not on VLANs on both sides, or nobody tells'),
  finds: (facts) =>
    vlansOf(facts)
      .filter(({ before, after }) => before !== after)
      .map(({ label, before, after, name }) => `${label}: VLAN ${before} before, “${name}” is VLAN ${after}`),
  says: 'A card comes onto another VLAN than it is on.',
  remedy: 'Look whether that is meant: the same number may mean another network elsewhere, or the mapping is mistaken.',
  manual:
    'Both sides say which VLAN the card is on, and they differ. That is right where the cloud has networks of its own numbers, and a sign of a mistaken `--map` where both share one network.',
};

function vlansOf(facts: MoveFacts): { label: string; before: number; after: number; name: string }[] {
  return cardsOf(facts).flatMap(({ nic, network, target }) => {
    const [before, after] = [network?.vlanId ?? 0, target?.kind === 'vlan' ? (target.segmentationId ?? 0) : 0];
    return before > 0 && after > 0 ? [{ label: nic.label, before, after, name: target?.name ?? '' }] : [];
  });
}
