/** What Guts can do about addresses that a card cannot have: another choice for its network, with all else as it was. */
import type { NetworkChoice } from '../../main/shared/migration.ts';
import type { Fix } from '../../main/shared/preflight.ts';
import { cardsOf, type Card } from '../../main/shared/proposals/cards.ts';
import { optionsFix } from './fixes.ts';
import type { MoveFacts } from './move-facts.ts';

interface CardAddress {
  readonly nicKey: string;
  readonly address: string;
}

interface Changed {
  readonly choice: NetworkChoice;
  /** What the ports keep by it. */
  readonly kept: readonly string[];
  /** What they could have kept, were there a choice that says it. */
  readonly givenUp: readonly string[];
}

/**
 * A choice names one address or none: where exactly one is left it stays, else the cloud chooses all of them.
 * Null where a card is on no network that a choice could name. @param mayGiveUp whether others may be given up with them
 */
export function withoutAddresses(
  bad: readonly CardAddress[],
  facts: MoveFacts,
  { mayGiveUp }: { readonly mayGiveUp: boolean },
): Fix | null {
  const cards = cardsOf(facts);
  const changed = new Map<string, Changed>();
  for (const card of cards.filter(({ nic }) => bad.some(({ nicKey }) => nicKey === nic.key))) {
    const from = nameFor(card, cards, facts.options.networks);
    if (from === null || card.to === null) return null;
    changed.set(from, changeOf(card, from, card.to, cards, bad));
  }
  const all = [...changed.values()];
  if (all.length === 0 || (!mayGiveUp && all.some(({ givenUp }) => givenUp.length > 0))) return null;
  const others = facts.options.networks.filter(({ from }) => from === null || !changed.has(from));
  // The first choice that names a network holds.
  return optionsFix(textOf(all), { networks: [...all.map(({ choice }) => choice), ...others] });
}

/** By which a choice means this card’s network and no other: the ref where its name is not enough. */
function nameFor({ nic, choice }: Card, cards: readonly Card[], choices: readonly NetworkChoice[]): string | null {
  const { networkName: name, network: ref } = nic;
  if (name === null || ref === null) return name ?? ref;
  const isShared = cards.some((other) => other.nic.networkName === name && other.nic.network !== ref);
  const isByRef = choice?.from === ref || choices.some(({ from }) => from === ref);
  return isShared || isByRef ? ref : name;
}

function changeOf(card: Card, from: string, to: string, cards: readonly Card[], bad: readonly CardAddress[]): Changed {
  const meant = cards.filter(({ nic }) => nic.networkName === from || nic.network === from);
  const isBad = (nicKey: string, one: string): boolean =>
    bad.some(({ nicKey: of, address }) => of === nicKey && address === one);
  const good = meant.flatMap(({ nic, port }) =>
    (port?.fixedIps ?? []).flatMap(({ address }) => (isBad(nic.key, address) ? [] : [address])),
  );
  const [only] = meant.length === 1 && good.length === 1 ? good : [];
  const isOfLostKind = bad.some(({ nicKey, address }) => nicKey === card.nic.key && isIpv6(address) === isIpv6(only));
  // Of two kinds of addresses the one that is left would be the only one: the cloud would not choose the other.
  const isEnough = only !== undefined && (isOfLostKind || !isIpv6(only));
  const { proposed: _, ...before } = card.choice ?? { from, to, ip: 'keep' as const };
  return {
    choice: { ...before, from, to, ip: isEnough ? only : 'auto' },
    kept: isEnough ? [only] : [],
    givenUp: isEnough ? [] : good,
  };
}

const isIpv6 = (address = ''): boolean => address.includes(':');

function textOf(all: readonly Changed[]): string {
  const kept = all.flatMap((one) => one.kept);
  const givenUp = all.flatMap((one) => one.givenUp);
  const choosing = all.some(({ choice }) => choice.ip === 'auto');
  return [
    ...(choosing ? [`Let the cloud choose the address${givenUp.length === 0 ? '' : 'es'}.`] : []),
    ...(givenUp.length === 0 ? [] : [`That gives up ${givenUp.join(', ')} as well.`]),
    ...(kept.length === 0 ? [] : [`Keep ${kept.join(', ')} alone.`]),
  ].join(' ');
}
