/** Waves in figures: whether one is out of proportion, which machines they have, and how long those would be off. */
import type { AssessedMachine, AssessedWave, AssessmentSummary } from '../assessment.ts';
import { idBeside } from './naming.ts';

/** Fewer are no burden in one wave. */
const FEW_MACHINES = 20;
const FAR_MORE = 3;
/** Into so many waves one that is too large would be divided. */
const PARTS = 4;
const STEP = 5;

export interface LargeWave {
  readonly number: number;
  readonly machines: number;
  /** In all waves. */
  readonly all: number;
  /** Machines of a wave with which there would be smaller ones. */
  readonly size: number;
}

/** The wave that has far more machines than any other; null where none has. */
export function largeWave({ waves }: Pick<AssessmentSummary, 'waves'>): LargeWave | null {
  const [largest, next] = [...waves].sort((a, b) => b.machines - a.machines);
  if (largest === undefined || largest.machines < FEW_MACHINES) return null;
  if (next !== undefined && largest.machines < FAR_MORE * next.machines) return null;
  const { number, machines } = largest;
  const all = waves.reduce((sum, wave) => sum + wave.machines, 0);
  return { number, machines, all, size: Math.ceil(machines / PARTS / STEP) * STEP };
}

/** Names of the machines of each wave, by its number; with their ids where two have one name. */
export function namesByWave(assessment: {
  readonly machines: readonly AssessedMachine[];
}): ReadonlyMap<number, readonly string[]> {
  const idOf = idBeside(assessment);
  const names = new Map<number, string[]>();
  for (const machine of assessment.machines) {
    if (machine.wave === null) continue;
    const id = idOf(machine);
    const name = id === null ? machine.name : `${machine.name} (${id})`;
    const before = names.get(machine.wave);
    if (before === undefined) names.set(machine.wave, [name]);
    else before.push(name);
  }
  return names;
}

/** Seconds that a machine is off; null where it is off already, cannot move so, or nobody knows. */
export interface Off {
  readonly cold: number | null;
  readonly warm: number | null;
}

export const offOf = ({ downtime }: Pick<AssessedMachine, 'downtime'>): Off => ({
  cold: downtime?.coldSeconds ?? null,
  warm: downtime?.warmSeconds ?? null,
});

/** The same of a wave: of all its machines that run, together. */
export function offOfWave({ downtime }: Pick<AssessedWave, 'downtime'>): Off {
  if (downtime === undefined || downtime.machines === 0) return { cold: null, warm: null };
  return { cold: downtime.coldSeconds, warm: downtime.warmMachines === 0 ? null : downtime.warmSeconds };
}
