/** Holds facts against a table of rules. */
import { GutsError } from '../../main/shared/errors.ts';
import { Severity, type Finding } from '../../main/shared/preflight.ts';
import type { Rule } from './rules.ts';

/** What the rules find, the weightiest first, and in the order of the table among equals. */
export function check<Facts>(rules: readonly Rule<Facts>[], facts: Facts): Finding[] {
  const findings = rules.flatMap(({ id, severity, finds, says, remedy }) => {
    const about = [...finds(facts)];
    return about.length === 0 ? [] : [{ id, severity, says, about, remedy }];
  });
  const weight = (finding: Finding): number => Severity.options.indexOf(finding.severity);
  return findings.sort((a, b) => weight(a) - weight(b));
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
