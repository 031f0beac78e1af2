/** What a check found, in words for people: findings with what Guts can do, and on request all that was held and was not. */
import type { OutputOf } from '../shared/operations.ts';
import type { Fix } from '../shared/preflight.ts';
import { things } from '../shared/figures.ts';
import { findingText } from './migration-text.ts';
import { flagsOf, quoted } from './option-flags.ts';
import { table } from './table.ts';
import { twinsText } from './twin-text.ts';

export type CheckedMachine = OutputOf<'checks.run'> & { readonly vm: { readonly ref: string; readonly name: string } };

/** @param says what each rule is about, by its id; null tells only how many there are */
export function checkText(
  { vm, mayStart, findings, passed, notHeld, twins }: CheckedMachine,
  says: ReadonlyMap<string, string> | null,
): string {
  const head = `${vm.name} (${vm.ref}): ${mayStart ? 'can be moved' : 'CANNOT be moved like this'}\n`;
  const found = findings.map((finding) => findingText(finding) + fixText(finding.id, finding.fix, vm.name)).join('');
  const cards = twinsText(twins);
  const held = `${things(passed.length, 'rule')} found nothing, ${notHeld.length} could not be held`;
  if (says === null) return `${head}${found}${cards}${held} (--all tells which).\n`;
  const rows = [
    ...passed.map((id) => ({ id, outcome: 'nothing', why: says.get(id) ?? '' })),
    ...notHeld.map(({ id, why }) => ({ id, outcome: 'not held', why })),
  ];
  const all = table(
    rows,
    [
      { title: 'RULE', cell: ({ id }) => id, isWhole: true },
      { title: 'FOUND', cell: ({ outcome }) => outcome, isWhole: true },
      { title: 'LOOKED FOR, OR WHY NOT', cell: ({ why }) => why },
    ],
    'No other rule was held.',
  );
  return `${head}${found}${cards}${held}:\n${all}`;
}

function fixText(id: string, fix: Fix | undefined, vmName: string): string {
  if (fix === undefined) return '';
  const how = fix.kind === 'options' ? flagsOf(fix.options) : `guts check ${quoted(vmName)} --fix ${id}`;
  return `  Guts can: ${fix.says} (${how})\n`;
}
