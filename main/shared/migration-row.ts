/** A migration as lists show it: a line of a table, without plan, findings and proofs. */
import { z } from 'zod';
import { allowedActions } from './actions.ts';
import { DestinationId, SourceId } from './connections.ts';
import { ErrorShape } from './errors-shape.ts';
import { Progress } from './jobs.ts';
import { MigrationId } from './migration.ts';
import { MigrationAction } from './operations/migration-action.ts';
import { NodeId, PlanId, WaitsFor, type ScheduledMigration } from './schedule.ts';
import { isOver, Stage } from './stages.ts';

const Moment = z.iso.datetime();

export const MigrationRow = z.object({
  id: MigrationId,
  vm: z.object({ ref: z.string(), name: z.string() }),
  source: SourceId,
  destination: DestinationId,
  targetName: z.string(),
  plan: PlanId.nullable(),
  wave: z.number().int().positive(),
  stage: Stage,
  isRunning: z.boolean(),
  isQueued: z.boolean(),
  waitsFor: WaitsFor.nullable(),
  node: NodeId.nullable(),
  /** Why it is copied more slowly than it could be. */
  slowedBy: z.string().nullable(),
  createdAt: Moment,
  /** When it left “planned”; null where it has not. */
  startedAt: Moment.nullable(),
  endedAt: Moment.nullable(),
  /** Of all its disks; 0 until it was planned. */
  sizeBytes: z.number().nonnegative(),
  disks: z.number().int().nonnegative(),
  /** The disks by their index, as `progress` names them; empty until it was planned. */
  eachDisk: z.array(z.object({ sizeBytes: z.number().nonnegative(), isCopied: z.boolean() })),
  /** Of disks that were copied whole. */
  copiedBytes: z.number().nonnegative(),
  /** Sent to the destination so far, of disks that were copied whole. */
  sentBytes: z.number().nonnegative(),
  /** Of each disk that is being copied. */
  progress: z.array(Progress),
  blocks: z.number().int().nonnegative(),
  warns: z.number().int().nonnegative(),
  downtimeSeconds: z.number().nonnegative().nullable(),
  error: ErrorShape.nullable(),
  /** What can be done with it now. */
  actions: z.array(MigrationAction),
});
export type MigrationRow = z.infer<typeof MigrationRow>;

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

export function rowOf(one: ScheduledMigration): MigrationRow {
  const { request, plan, stages, disks, findings, schedule } = one;
  const { id, vm, source, destination, options, createdAt } = request;
  return {
    id,
    vm,
    source,
    destination,
    targetName: plan?.targetName ?? options.targetName ?? vm.name,
    plan: schedule?.plan ?? null,
    wave: schedule?.wave ?? 1,
    stage: one.stage,
    isRunning: one.isRunning,
    isQueued: one.isQueued,
    waitsFor: one.waitsFor,
    node: one.placement?.node ?? null,
    slowedBy: one.slowedBy?.says ?? null,
    createdAt,
    startedAt: stages.find(({ stage }) => stage !== 'planned')?.at ?? null,
    endedAt: isOver(one.stage) ? (stages.at(-1)?.at ?? null) : null,
    sizeBytes: sumOf((plan?.disks ?? []).map(({ sizeBytes }) => sizeBytes)),
    disks: plan?.disks.length ?? 0,
    eachDisk: (plan?.disks ?? []).map(({ key, sizeBytes }) => {
      return { sizeBytes, isCopied: disks.some((disk) => disk.key === key) };
    }),
    copiedBytes: sumOf(disks.map(({ sizeBytes }) => sizeBytes)),
    sentBytes: sumOf(disks.map(({ sentBytes }) => sentBytes)),
    progress: one.progress,
    blocks: findings.filter(({ severity }) => severity === 'blocks').length,
    warns: findings.filter(({ severity }) => severity === 'warns').length,
    downtimeSeconds: one.outcome?.downtimeSeconds ?? null,
    error: one.error,
    actions: allowedActions(one),
  };
}

/**
 * How far its disks are, in the measure of their size: a disk of which half of the data has arrived counts half, as what is
 * not copied of it takes no time.
 */
export function arrivedBytes({ eachDisk, progress }: Pick<MigrationRow, 'eachDisk' | 'progress'>): number {
  const underWay = new Map(progress.map((one) => [one.diskIndex, one]));
  return sumOf(
    eachDisk.map(({ sizeBytes, isCopied }, index) => {
      const { doneBytes = 0, totalBytes = 0 } = underWay.get(index) ?? {};
      if (isCopied) return sizeBytes;
      return totalBytes === 0 ? 0 : Math.floor((sizeBytes * Math.min(doneBytes, totalBytes)) / totalBytes);
    }),
  );
}
