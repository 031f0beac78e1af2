/** What a job may use of the engine around it. */
import type { Progress } from '../../main/shared/jobs.ts';
import type { Stage } from '../../main/shared/stages.ts';

export interface JobContext {
  readonly signal: AbortSignal;
  readonly tellStage: (stage: Stage) => void;
  readonly tellProgress: (progress: Progress) => void;
  /** Counts bytes that arrived, for the engine's own figures. */
  readonly onWritten: (bytes: number) => void;
}
