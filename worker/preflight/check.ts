/** Holds facts against a table of rules. */
import { GutsError } from '../../main/shared/errors.ts';
import { Severity, type Checked, type Finding } from '../../main/shared/preflight.ts';
import type { Rule } from './rule.ts';

/** What the rules say, findings the weightiest first, and in the order of the table among equals. */
export function check<Facts>(rules: readonly Rule<Facts>[], facts: Facts): Checked {
  const findings: Finding[] = [];
  const notHeld: Checked['notHeld'] = [];
  const passed: string[] = [];
  for (const rule of rules) {
    const { id, severity, says, remedy } = rule;
    const why = rule.isBeside?.(facts) ?? null;
    const about = why === null ? [...rule.finds(facts)] : [];
    if (why !== null) notHeld.push({ id, why });
    else if (about.length === 0) passed.push(id);
    else {
      const fix = rule.fix?.(facts) ?? null;
      findings.push({ id, severity, says, about, remedy, ...(fix === null ? {} : { fix }) });
    }
  }
  const weight = (finding: Finding): number => Severity.options.indexOf(finding.severity);
  return { findings: findings.sort((a, b) => weight(a) - weight(b)), notHeld, passed };
}

/** Preflight found what stops the migration. */
export class PreflightBlockedError extends GutsError {
  readonly code = 'preflight.blocked';
  readonly remedy: string;

  constructor(findings: readonly Finding[]) {
    const blocking = findings.filter(({ severity }) => severity === 'blocks');
    super(blocking.map(({ id, says, about }) => `${id}: ${says} (${about.join('; ')})`).join(' '));
    this.remedy = blocking.map(({ remedy }) => remedy).join(' ');
  }
}
