/** How ready a machine is: what the rules of preflight find, and what they cannot find because nobody tells. */
import type { AssessedRule, AssessmentReadiness } from '../../main/shared/assessment.ts';
import type { Finding } from '../../main/shared/preflight.ts';
import { check } from '../preflight/check.ts';
import type { MachineFacts } from '../preflight/machine-facts.ts';
import type { Rule } from '../preflight/rule.ts';
import type { Gaps } from './gaps.ts';

/** Of a machine with hundreds of disks the first ones tell enough. */
const MOST_PLACES = 5;
const MOST_LETTERS = 160;

export interface Judged {
  readonly readiness: AssessmentReadiness;
  readonly findings: { readonly id: string; readonly about: string[] }[];
  /** By what is told: a rule warns, or blocks. */
  readonly isWarnedOf: boolean;
}

/** Holds the rules against one machine after another, and counts. */
export class RuleBook {
  readonly #gaps: Gaps;
  readonly #rules: readonly Rule<MachineFacts>[];
  readonly #found = new Map<string, { readonly finding: Finding; machines: number }>();
  readonly #notTold = new Map<string, number>();
  readonly #held = new Map<ReadonlySet<string>, readonly Rule<MachineFacts>[]>();

  constructor(gaps: Gaps, rules: readonly Rule<MachineFacts>[]) {
    this.#gaps = gaps;
    this.#rules = rules;
  }

  /** A rule that lacks what it has to know has neither found anything nor passed. */
  judge(facts: MachineFacts, gaps: readonly number[]): Judged {
    const lacking = this.#gaps.rulesOf(gaps);
    const { findings } = check(this.#heldBeside(this.#gaps.silencedBy(gaps)), facts);
    for (const finding of findings) {
      const before = this.#found.get(finding.id);
      if (before === undefined) this.#found.set(finding.id, { finding, machines: 1 });
      else before.machines += 1;
    }
    for (const rule of this.#rules) {
      if (!lacking.has(rule.id) || findings.some(({ id }) => id === rule.id)) continue;
      if ((rule.isBeside?.(facts) ?? null) !== null) continue;
      this.#notTold.set(rule.id, (this.#notTold.get(rule.id) ?? 0) + 1);
    }
    return {
      readiness: readinessOf(findings, this.#gaps.leaveUnknown(gaps), this.#gaps.leaveConditional(gaps)),
      findings: findings.map(({ id, about }) => ({ id, about: shortened(about) })),
      isWarnedOf: findings.some(({ severity }) => severity !== 'informs'),
    };
  }

  /** The rules that found something, or could not be held: the weightiest first, then what is most frequent. */
  told(): AssessedRule[] {
    const weight = { blocks: 0, warns: 1, informs: 2 };
    return this.#rules
      .map(({ id, severity, says, remedy }) => ({
        id,
        severity,
        says,
        remedy,
        machines: this.#found.get(id)?.machines ?? 0,
        notTold: this.#notTold.get(id) ?? 0,
      }))
      .filter(({ machines, notTold }) => machines > 0 || notTold > 0)
      .sort((a, b) => weight[a.severity] - weight[b.severity] || b.machines - a.machines);
  }

  #heldBeside(silent: ReadonlySet<string>): readonly Rule<MachineFacts>[] {
    const known = this.#held.get(silent);
    if (known !== undefined) return known;
    const rules = this.#rules.filter(({ id }) => !silent.has(id));
    this.#held.set(silent, rules);
    return rules;
  }
}

function readinessOf(findings: readonly Finding[], isUnknown: boolean, isUntold: boolean): AssessmentReadiness {
  if (findings.some(({ severity }) => severity === 'blocks')) return 'notReady';
  if (isUnknown) return 'unknown';
  return isUntold || findings.some(({ severity }) => severity === 'warns') ? 'conditional' : 'ready';
}

function shortened(about: readonly string[]): string[] {
  const cut = about
    .slice(0, MOST_PLACES)
    .map((text) => (text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text));
  const more = about.length - cut.length;
  return more > 0 ? [...cut, `and ${more} more`] : cut;
}
