/** What a case of a move’s rule changes in the sound machine and the roomy cloud of test/plan/sample.ts. */
import type { input } from '../../plan/sample.ts';
import type { Cases } from './cases.ts';

export type MoveChange = Exclude<Parameters<typeof input>[0], undefined>;
export type MoveCases = Cases<MoveChange>;
