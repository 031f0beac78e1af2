/** Which versions of Guts understand each other over REST, and what is said where they do not. */
import { z } from 'zod';
import { GutsError } from './errors.ts';

/** Grows with each change of REST that a client of the version before would get wrong. Neighbours understand each other. */
export const API_CONTRACT = 1;

/** How a Guts elsewhere stands to this one; `older` and `newer` work together with it. */
export const Fit = z.enum(['same', 'older', 'newer']);
export type Fit = z.infer<typeof Fit>;

/** The part of a session that every version has and will have; whoever has no number yet has the first. */
export const SpokenContract = z.looseObject({
  version: z.string().max(100),
  contract: z.number().int().positive().default(1),
});
export type SpokenContract = z.infer<typeof SpokenContract>;

export class TooOldEngineError extends GutsError {
  readonly code = 'engine.too-old';
  readonly remedy: string;

  constructor(where: string, theirs: SpokenContract, own: SpokenContract) {
    super(`${where} runs Guts ${theirs.version}, which is too old for this one (${own.version}).`);
    this.remedy = `Upgrade Guts there, to ${own.version} or a version beside it, then try again.`;
  }
}

export class TooNewEngineError extends GutsError {
  readonly code = 'engine.too-new';
  readonly remedy: string;

  constructor(where: string, theirs: SpokenContract, own: SpokenContract) {
    super(`${where} runs Guts ${theirs.version}, which is newer than this one (${own.version}) can follow.`);
    this.remedy = `Upgrade Guts on this computer, to ${theirs.version} or a version beside it, then try again.`;
  }
}

/** @throws TooOldEngineError, TooNewEngineError */
export function fitOf(where: string, theirs: SpokenContract, own: SpokenContract): Fit {
  const ahead = theirs.contract - own.contract;
  if (ahead < -1) throw new TooOldEngineError(where, theirs, own);
  if (ahead > 1) throw new TooNewEngineError(where, theirs, own);
  const order = ahead === 0 ? compared(theirs.version, own.version) : ahead;
  return order === 0 ? 'same' : order < 0 ? 'older' : 'newer';
}

/** By the numbers in them, from the left; what comes after them decides by its letters, and a release is newer than its trials. */
function compared(a: string, b: string): number {
  const [left, right] = [parted(a), parted(b)];
  for (const at of [0, 1, 2]) {
    const order = (left.numbers[at] ?? 0) - (right.numbers[at] ?? 0);
    if (order !== 0) return order;
  }
  if (left.trial === right.trial) return 0;
  if (left.trial === '' || right.trial === '') return left.trial === '' ? 1 : -1;
  return left.trial < right.trial ? -1 : 1;
}

function parted(version: string): { readonly numbers: readonly number[]; readonly trial: string } {
  const [main = '', ...trial] = version.split('-');
  return { numbers: main.split('.').map((part) => Number.parseInt(part, 10) || 0), trial: trial.join('-') };
}
