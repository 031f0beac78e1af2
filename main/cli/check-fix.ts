/** `guts check --fix`: does what Guts can do about a finding: shows the calls first, and asks. */
import { definedOf } from '../operations/defined.ts';
import { GutsError } from '../shared/errors.ts';
import type { MigrationOptions } from '../shared/migration.ts';
import type { InputOf, OutputOf } from '../shared/operations.ts';
import { flagsOf } from './option-flags.ts';
import { askYes, canAsk } from './prompt.ts';
import type { Workplace } from './workplace.ts';

type Wish = Omit<InputOf<'checks.fix'>, 'finding' | 'isDry' | 'alsoUnknown' | 'options'>;
export type Fixed = OutputOf<'checks.fix'>;

export interface FixFlags {
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly unknown: boolean;
}

/** Nobody can be asked whether the calls may be made. */
class NotAskedError extends GutsError {
  readonly code = 'check.not-confirmed';
  readonly remedy = 'Look at the calls with --dry-run, then give --yes.';
}

/** One after another, as each sees what the one before has done. @returns what was done, and the options from then on */
export async function fixAll(
  workplace: Workplace,
  wish: Wish,
  before: MigrationOptions,
  findings: readonly string[],
  { dryRun, yes, unknown: alsoUnknown }: FixFlags,
): Promise<{ readonly fixed: readonly Fixed[]; readonly options: MigrationOptions }> {
  const { terminal } = workplace;
  const fixed: Fixed[] = [];
  let options = before;
  for (const finding of findings) {
    const asked = { ...wish, options, finding, alsoUnknown };
    const shown = await workplace.call('checks.fix', { ...asked, isDry: true });
    const { fix, calls } = shown;
    if (fix.kind === 'options') {
      options = { ...options, ...definedOf(fix.options) };
      terminal.note(`${finding}: ${fix.says} For the migration: ${flagsOf(fix.options)}`);
      fixed.push(shown);
      continue;
    }
    terminal.note(`${finding}: ${fix.says}\n${calls.map((call) => `  ${call}`).join('\n')}`);
    const mayDo = !dryRun && (yes || (await demandWord()));
    fixed.push(mayDo ? await workplace.call('checks.fix', { ...asked, isDry: false }) : shown);
    if (!mayDo) terminal.note('Nothing was done.');
  }
  return { fixed, options };
}

async function demandWord(): Promise<boolean> {
  if (!canAsk()) throw new NotAskedError('Nobody is there who could be asked whether these calls may be made.');
  return await askYes('Make these calls?');
}
