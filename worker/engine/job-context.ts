/** What a job may use of the engine around it. */
import type { DoctorStep } from '../../main/shared/doctor.ts';
import type { InventoryPage } from '../../main/shared/inventory.ts';
import type { Progress } from '../../main/shared/jobs.ts';
import type { DatastoreLatency } from '../../main/shared/latency.ts';
import type { Stage } from '../../main/shared/stages.ts';
import type { AskTruth } from './truth.ts';

export interface JobContext {
  readonly signal: AbortSignal;
  /** The table of rates (main/shared/rates.ts) that the process's engines share; null where its host has given none. */
  readonly rates: SharedArrayBuffer | null;
  readonly tellStage: (stage: Stage) => void;
  readonly tellProgress: (progress: Progress) => void;
  /** Tells a part of an inventory; nothing of it is kept here. */
  readonly tellPage: (page: InventoryPage) => void;
  /** Tells what the path doctor has just seen. */
  readonly tellStep: (step: DoctorStep) => void;
  readonly tellLatency: (latencies: readonly DatastoreLatency[]) => void;
  /** For jobs whose journals are kept elsewhere. */
  readonly askTruth: AskTruth;
  /** Aborts when the host has heard that somebody else has the job's migration. */
  readonly fenced: AbortSignal;
  /**
   * Names a file that the host removes once it has told the result: a journal that is gone earlier lets a host that is
   * killed in between forget that everything was done.
   */
  readonly keepUntilTold: (file: string) => void;
}
