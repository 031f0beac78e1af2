/** What a draft comes to, with everything that is proposed where nothing was chosen. */
import type { CloudFacts, CloudNetwork } from '../../../../main/shared/cloud.ts';
import type { MigrationOptions, NetworkChoice } from '../../../../main/shared/migration.ts';
import type { Instance } from '../../../../main/shared/operations.ts';
import type { NetworkNeed } from '../../../../main/shared/proposals/needs.ts';
import {
  choiceFor,
  keepable,
  networkNamed,
  proposeNetwork,
  type NetworkProposal,
} from '../../../../main/shared/proposals/networks.ts';
import { optionsFor, type Draft, type DraftMachine, type OwnOptions } from './draft.ts';
import { guardOf, type Guard } from './guard.ts';

/** A machine of the draft, with what the inventory knows of it; null where that is not known, or not there any more. */
export interface Picked {
  readonly machine: DraftMachine;
  readonly vm: Instance | null;
  readonly options: MigrationOptions;
}

/** Where a network of the source leads, and why. */
export interface NetworkLine {
  readonly need: NetworkNeed;
  readonly proposal: NetworkProposal | null;
  /** Somebody's own choice; null goes by the proposal. */
  readonly choice: NetworkChoice | null;
  /** What holds; null where a choice is needed. */
  readonly holds: NetworkChoice | null;
  /** Null where the cloud has none of that name. */
  readonly network: CloudNetwork | null;
  readonly kept: readonly string[];
  readonly lost: readonly string[];
}

export const pickedOf = (
  { machines }: Pick<Draft, 'machines'>,
  byRef: ReadonlyMap<string, Instance>,
  planWide: OwnOptions,
): Picked[] =>
  machines.map((machine) => ({
    machine,
    vm: byRef.get(machine.ref) ?? null,
    options: optionsFor(planWide, machine.options),
  }));

export function networkLines(
  needs: readonly NetworkNeed[],
  choices: readonly NetworkChoice[],
  facts: Pick<CloudFacts, 'networks'> | null,
): NetworkLine[] {
  return needs.map((need) => {
    const { name, vlanId, addresses } = need;
    const proposal = facts === null ? null : proposeNetwork({ name, vlanId, addresses }, facts);
    const choice = choiceFor(need, choices) ?? null;
    const to = choice?.to ?? proposal?.network.name ?? null;
    const network = facts === null || to === null ? null : networkNamed(to, facts);
    const { kept, lost } = network === null ? { kept: [], lost: [] } : keepable(addresses, network);
    // Of what cannot be kept, nothing is asked for.
    const ip = choice?.ip ?? (kept.length === 0 && lost.length > 0 ? 'auto' : 'keep');
    const proposed = choice === null ? proposal?.why : choice.proposed;
    const said = {
      from: need.from,
      to: to ?? '',
      ip,
      ...(proposed === undefined ? {} : { proposed }),
      ...guardOf(choice ?? {}),
    };
    return { need, proposal, choice, holds: to === null ? null : said, network, kept, lost };
  });
}

/** Everything that the plan says of networks: what holds for those that are used, and what was said of others. */
export function networksOf(lines: readonly NetworkLine[], choices: readonly NetworkChoice[]): NetworkChoice[] {
  const isUsed = ({ from }: NetworkChoice): boolean =>
    lines.some(({ need }) => from !== null && (from === need.from || from === need.ref));
  return [...choices.filter((choice) => !isUsed(choice)), ...lines.flatMap(({ holds }) => holds ?? [])];
}

/** The choices, with another one for a network; null goes back to the proposal. */
export function withChoice(
  choices: readonly NetworkChoice[],
  need: NetworkNeed,
  change: Pick<NetworkChoice, 'to' | 'ip'> | null,
): NetworkChoice[] {
  const { from, ref } = need;
  const others = choices.filter((choice) => choice.from === null || (choice.from !== from && choice.from !== ref));
  return change === null ? others : [...others, { from, ...change, ...guardOf(choiceFor(need, choices) ?? {}) }];
}

/** The choices, with something else said of the ports of one network; where it leads is a choice then, too. */
export function withGuard(
  choices: readonly NetworkChoice[],
  { from, ref }: Pick<NetworkNeed, 'from' | 'ref'>,
  { to, ip }: Pick<NetworkChoice, 'to' | 'ip'>,
  guard: Guard,
): NetworkChoice[] {
  const others = choices.filter((choice) => choice.from === null || (choice.from !== from && choice.from !== ref));
  return [...others, { from, to, ip, ...guardOf(guard) }];
}
