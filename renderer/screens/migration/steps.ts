/** A migration's stages as the five steps that people think in, with how long each took. */
import { isAtRest, type Stage } from '../../../main/shared/stages.ts';

export const steps = ['prepare', 'copy', 'start', 'verify', 'done'] as const;
export type Step = (typeof steps)[number];

export interface StepState {
  readonly step: Step;
  readonly state: 'ahead' | 'now' | 'halted' | 'failed' | 'cancelled' | 'done';
  /** In which somebody worked on it; null where nobody did. */
  readonly seconds: number | null;
}

interface Entry {
  readonly stage: Stage;
  readonly at: string;
}

const stepOf: Readonly<Partial<Record<Stage, Step>>> = {
  planned: 'prepare',
  preflight: 'prepare',
  queued: 'prepare',
  preparing: 'prepare',
  copying: 'copy',
  syncing: 'copy',
  readyForCutover: 'copy',
  cuttingOver: 'start',
  provisioning: 'start',
  booting: 'start',
  verifying: 'verify',
  done: 'done',
  rolledBack: 'done',
  given: 'done',
};

/** @param isRunning somebody works on it, so that its last stage goes on */
export function stepsOf(stages: readonly Entry[], isRunning: boolean, nowMs: number): readonly StepState[] {
  const last = stages.at(-1)?.stage ?? 'planned';
  const reached = stages.findLast(({ stage }) => stepOf[stage] !== undefined)?.stage ?? 'planned';
  const current = steps.indexOf(stepOf[reached] ?? 'prepare');
  const seconds = new Map<Step, number>();
  for (const { stage, seconds: took } of spansOf(stages, isRunning, nowMs)) {
    const step = stepOf[stage];
    if (step !== undefined && !isAtRest(stage)) seconds.set(step, (seconds.get(step) ?? 0) + (took ?? 0));
  }
  return steps.map((step, at) => ({
    step,
    state: stateAt(at, current, last, isRunning),
    seconds: seconds.get(step) ?? null,
  }));
}

function stateAt(at: number, current: number, last: Stage, isRunning: boolean): StepState['state'] {
  if (at < current || last === 'done') return 'done';
  if (at > current) return 'ahead';
  if (last === 'failed') return 'failed';
  if (last === 'cancelled' || last === 'cleaning') return 'cancelled';
  return isRunning ? 'now' : 'halted';
}

export interface Span extends Entry {
  /** Null where it has not ended, and nobody works on it. */
  readonly seconds: number | null;
}

/** Each stage with how long it lasted. */
export function spansOf(stages: readonly Entry[], isRunning: boolean, nowMs: number): readonly Span[] {
  return stages.map(({ stage, at }, index) => {
    const next = stages[index + 1];
    const endMs = next !== undefined ? Date.parse(next.at) : isRunning ? nowMs : null;
    return { stage, at, seconds: endMs === null ? null : Math.max(0, (endMs - Date.parse(at)) / 1000) };
  });
}

/** The stage at which it went wrong; null where it did not. */
export function stageBeforeFailure(stages: readonly Entry[]): Stage | null {
  const ends: readonly Stage[] = ['failed', 'waiting'];
  if (!ends.includes(stages.at(-1)?.stage ?? 'planned')) return null;
  return stages.findLast(({ stage }) => !ends.includes(stage))?.stage ?? null;
}
