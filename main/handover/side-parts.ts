/** What either side of a hand-over works with. */
import type { Parts } from '../operations/handlers.ts';
import type { PlanFile } from '../scheduler/plan-file.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { HandoverFile } from './handover-file.ts';

export interface SideParts {
  readonly parts: Parts;
  readonly scheduler: Scheduler;
  readonly plans: PlanFile;
  readonly file: HandoverFile;
}
