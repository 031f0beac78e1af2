/** What the node of the daemon's bench and its thread say to each other. */
import type { Progress } from '../../../main/shared/jobs.ts';
import type { MigrationId } from '../../../main/shared/migration.ts';
import type { Stage } from '../../../main/shared/stages.ts';

export type MoveRequest =
  | { readonly job: number; readonly kind: 'preflight' | 'run' | 'pause'; readonly id: MigrationId }
  | { readonly kind: 'report' };

export type MoveNews =
  | { readonly job: number; readonly kind: 'stage'; readonly stage: Stage }
  | { readonly job: number; readonly kind: 'progress'; readonly progress: Progress }
  | { readonly job: number; readonly kind: 'done' }
  | { readonly job: number; readonly kind: 'failed'; readonly says: string }
  /** How long each line of a journal took until it was on the disk. */
  | { readonly kind: 'report'; readonly lineMs: readonly number[] };

export interface MoveOptions {
  readonly dataDir: string;
  readonly copyMs: number;
}
