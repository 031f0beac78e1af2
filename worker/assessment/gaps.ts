/** Which rules cannot be held where an origin does not tell something. */
import type { EstateGap } from '../../main/shared/estate.ts';
import type { Severity } from '../../main/shared/preflight.ts';
import type { RuleGroup } from '../preflight/rule.ts';

interface RuleAbout {
  readonly id: string;
  readonly group: RuleGroup;
  readonly severity: Severity;
}

interface Need {
  /** Rules that have to know that. */
  readonly rules: (rule: RuleAbout) => boolean;
  /**
   * Whether a machine’s readiness is unknown where such a rule could block it: what is missing is about every machine. What
   * few machines have is a condition of those of which it is not told; where it is told of none, a proviso of the whole.
   */
  readonly decides: boolean;
  /** Other tabs, columns or rows tell these rules something, too: they are held, and have not passed where they find nothing. */
  readonly isPart?: true;
}

const decides = (rules: Need['rules']): Need => ({ rules, decides: true });
const isSaid = (rules: Need['rules']): Need => ({ rules, decides: false });
const isPart = (rules: Need['rules']): Need => ({ rules, decides: false, isPart: true });
const byId =
  (...ids: readonly string[]): Need['rules'] =>
  ({ id }) =>
    ids.includes(id);
const byGroup =
  (...groups: readonly RuleGroup[]): Need['rules'] =>
  ({ group }) =>
    groups.includes(group);

/** By what a gap is of. What is not named here is needed by no rule. */
const needs: Readonly<Record<string, Need>> = {
  disks: decides(byGroup('disks')),
  'disk-sizes': decides(byId('DSK-01')),
  power: decides(({ id }) => /^VM-(07|08|10)/.test(id)),
  connection: decides(byId('VM-16')),
  tools: decides(({ id }) => id.startsWith('VM-10')),
  'integration-services': isSaid(({ id }) => id.startsWith('VM-10')),
  'shared-disks': isSaid(byId('DSK-06')),
  encryption: isSaid(byId('DSK-15', 'DEV-02a')),
  snapshots: isSaid(({ id, group }) => group === 'snapshots' || id === 'SRC-22a'),
  consolidation: isSaid(byId('CBT-05')),
  networks: isSaid(byGroup('networks')),
  vlans: isSaid(byId('NET-23')),
  macs: isSaid(byId('NET-24')),
  firmware: isSaid(byId('DEV-01')),
  'secure-boot': isSaid(byId('DEV-01')),
  tpm: isSaid(byId('DEV-02')),
  passthrough: isSaid(byId('DEV-03')),
  usb: isSaid(byId('DEV-05')),
  'fault-tolerance': isSaid(byId('DEV-09b')),
  processors: isPart(byId('DEV-07', 'DEV-08')),
  tuning: isPart(byId('DEV-07')),
  'disk-ids': isSaid(byId('DSK-09')),
  clock: isSaid(byId('NEW-21')),
  media: isSaid(byId('NEW-16')),
  partitions: isPart(byId('OS-03')),
};

/** Without these no flavor can be chosen, whatever the rules say. */
const SIZES = ['size', 'memory'];

/** What the gaps keep from being judged, for all machines and for single ones. */
export class Gaps {
  readonly #ofAll: number[] = [];
  readonly #ofOne = new Map<string, number[]>();
  readonly #gaps: readonly {
    readonly rules: readonly RuleAbout[];
    readonly isPart: boolean;
    readonly leavesUnknown: boolean;
    readonly blocking: readonly string[];
  }[];
  readonly #none: ReadonlySet<string> = new Set();
  readonly #known = new Map<string, ReadonlySet<string>>();

  constructor(gaps: readonly EstateGap[], rules: readonly RuleAbout[]) {
    this.#gaps = gaps.map(({ of }) => {
      const need = needs[of];
      const silent = need === undefined ? [] : rules.filter(need.rules);
      const blocking = silent.filter(({ severity }) => severity === 'blocks').map(({ id }) => id);
      const couldStop = need?.decides === true && blocking.length > 0;
      return { rules: silent, isPart: need?.isPart === true, leavesUnknown: couldStop || SIZES.includes(of), blocking };
    });
    for (const [place, { machines }] of gaps.entries()) {
      if (machines === null) this.#ofAll.push(place);
      for (const ref of machines ?? []) {
        const before = this.#ofOne.get(ref);
        if (before === undefined) this.#ofOne.set(ref, [place]);
        else before.push(place);
      }
    }
  }

  /** Places of the gaps that are about this machine. */
  of(ref: string): readonly number[] {
    const own = this.#ofOne.get(ref);
    return own === undefined ? this.#ofAll : [...this.#ofAll, ...own];
  }

  /** Whether something that could block a machine is among what these leave open. */
  leaveUnknown(places: readonly number[]): boolean {
    return places.some((place) => this.#gaps[place]?.leavesUnknown === true);
  }

  /** Whether a rule that blocks could not be held for this machine, though for others it could, and what it looks for is rare. */
  leaveConditional(places: readonly number[]): boolean {
    return places.some((place) => !this.#ofAll.includes(place) && this.blockingOf(place).length > 0);
  }

  /** Ids of the rules that block, and cannot be held for one gap. */
  blockingOf(place: number): string[] {
    return [...(this.#gaps[place]?.blocking ?? [])];
  }

  /** Ids of the rules that lack something that they have to know. */
  rulesOf(places: readonly number[]): ReadonlySet<string> {
    return this.#idsOf('lacking', places);
  }

  /** Of these, the ones that cannot be held at all. */
  silencedBy(places: readonly number[]): ReadonlySet<string> {
    return this.#idsOf('silent', places);
  }

  /** The same set for the same places. */
  #idsOf(which: 'lacking' | 'silent', places: readonly number[]): ReadonlySet<string> {
    if (places.length === 0) return this.#none;
    const key = `${which} ${places.join(' ')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const gaps = places.flatMap((place) => this.#gaps[place] ?? []);
    const some = which === 'lacking' ? gaps : gaps.filter(({ isPart }) => !isPart);
    const ids = new Set(some.flatMap(({ rules }) => rules.map(({ id }) => id)));
    this.#known.set(key, ids);
    return ids;
  }
}
