/** Holds every rule of a registry against its cases: a rule that has none, or only half of them, fails. */
import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { Finding } from '../../../main/shared/preflight.ts';
import { check } from '../../../worker/preflight/check.ts';
import type { Rule } from '../../../worker/preflight/rule.ts';
import type { Cases } from './cases.ts';

/** Of all files of a folder beside this one, each of which exports `cases`. */
export async function casesIn<Given>(folder: string): Promise<readonly [string, Cases<Given>[string]][]> {
  const directory = path.join(import.meta.dirname, folder);
  const all: [string, Cases<Given>[string]][] = [];
  for (const name of readdirSync(directory)) {
    const file = (await import(path.join(directory, name))) as { readonly cases: Cases<Given> }; // that is the form
    all.push(...Object.entries(file.cases));
  }
  return all;
}

/** @param factsOf what a rule looks at, of what a case gives */
export function proveRules<Facts, Given>(
  rules: readonly Rule<Facts>[],
  cases: readonly (readonly [string, Cases<Given>[string]])[],
  factsOf: (given: Given) => Facts,
): void {
  test('each has its cases, in one place', () => {
    expect(cases.map(([id]) => id).toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
  });

  test.each(rules.map((rule) => [rule.id, rule] as const))(
    '%s finds its fact and keeps quiet elsewhere',
    (id, rule) => {
      const of = cases.find(([one]) => one === id)?.[1] ?? { found: [], quiet: [] };
      const heldAgainst = (given: Given) => check([rule], factsOf(given));

      expect(of.found.length, 'facts that it finds').toBeGreaterThan(0);
      expect(of.quiet.length, 'facts that are well').toBeGreaterThan(0);
      if (rule.isBeside !== undefined) expect(of.beside?.length ?? 0, 'facts that it is beside').toBeGreaterThan(0);
      for (const { given, about, fix } of of.found) {
        const { findings } = heldAgainst(given);
        expect(findings).toEqual([expect.objectContaining({ id, severity: rule.severity, about: [...about] })]);
        if (fix !== undefined) expect(findings[0]?.fix ?? null).toEqual(fix);
        expect(Finding.parse(findings[0])).toEqual(findings[0]);
      }
      for (const given of of.quiet) expect(heldAgainst(given)).toEqual({ findings: [], notHeld: [], passed: [id] });
      for (const { given, why } of of.beside ?? [])
        expect(heldAgainst(given)).toEqual({ findings: [], notHeld: [{ id, why }], passed: [] });
    },
  );
}
