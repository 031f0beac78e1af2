/** Which rules were held against the machines of a plan, and which could not be, and why: nothing counts as looked at that was not. */
import type { NotHeld } from '../../../../main/shared/preflight.ts';
import type { Checked } from './checks.ts';
import type { Picked } from './effective.ts';

/** A rule that could not be held, for one reason, and the machines of which that is so. */
export interface Unheld extends NotHeld {
  readonly names: readonly string[];
}

export interface HeldSummary {
  /** Machines of which something is known. */
  readonly machines: number;
  /** Rules that were held against each of them and found nothing. */
  readonly passed: number;
  /** Rules that found something in one or several. */
  readonly found: number;
  /** Rules that could not be held against one or several. */
  readonly notHeld: number;
  /** By reason, then by rule. */
  readonly unheld: readonly Unheld[];
}

interface Known {
  readonly one: Picked;
  readonly checked: Checked | null;
}

/** Null where no machine was looked at to the end. */
export function heldSummary(known: readonly Known[]): HeldSummary | null {
  const passed = new Map<string, number>();
  const found = new Set<string>();
  const unheld = new Map<NotHeld, string[]>();
  let machines = 0;
  for (const { one, checked } of known) {
    if (checked === null || checked.error !== null) continue;
    machines += 1;
    for (const id of checked.passed) passed.set(id, (passed.get(id) ?? 0) + 1);
    for (const { id } of checked.findings) found.add(id);
    for (const why of checked.notHeld) {
      const names = unheld.get(why) ?? [];
      names.push(one.machine.name);
      unheld.set(why, names);
    }
  }
  if (machines === 0) return null;
  return {
    machines,
    passed: [...passed.values()].filter((count) => count === machines).length,
    found: found.size,
    notHeld: new Set([...unheld.keys()].map(({ id }) => id)).size,
    unheld: [...unheld]
      .map(([why, names]) => ({ ...why, names }))
      .sort((a, b) => a.why.localeCompare(b.why, 'en') || a.id.localeCompare(b.id, 'en')),
  };
}
