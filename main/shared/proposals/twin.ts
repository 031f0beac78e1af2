/** Compares each network card of a machine with the port that it becomes. */
import type { CloudFacts } from '../cloud.ts';
import type { MigrationOptions } from '../migration.ts';
import { TwinWeight, type NicTwin } from '../twin.ts';
import { cardsOf, type CardsOf } from './cards.ts';
import { lines } from './twin-lines.ts';

export interface TwinFacts extends CardsOf {
  readonly options: Pick<MigrationOptions, 'networks' | 'addressPairs' | 'securityGroups'>;
  readonly cloud: Pick<CloudFacts, 'networks' | 'networkExtensions'>;
  readonly ports: Exclude<CardsOf['ports'], undefined>;
}

/** Every card in the machine's order; what is dropped first, then what may be. */
export function twinsOf(facts: TwinFacts): NicTwin[] {
  const { vm, options, cloud } = facts;
  return cardsOf(facts).map((card) => ({
    nicKey: card.nic.key,
    label: card.nic.label,
    from: card.nic.networkName,
    to: card.target?.name ?? null,
    isGuarded: card.isGuarded,
    // Of a card that comes onto no network, the rules say enough.
    lines: (card.target === undefined ? [] : lines)
      .flatMap((line) => line(card, { vm, options, extensions: cloud.networkExtensions }) ?? [])
      .toSorted((a, b) => TwinWeight.options.indexOf(a.weight) - TwinWeight.options.indexOf(b.weight)),
  }));
}
