/** The giving side: brings migrations to rest, and writes down that they are given before anybody else may go on with them. */
import { hostname } from 'node:os';
import { version } from '../../package.json';
import type { Parts } from '../operations/handlers.ts';
import type { PlanFile } from '../scheduler/plan-file.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import { allowedActions } from '../shared/actions.ts';
import { API_CONTRACT } from '../shared/api-contract.ts';
import type { Handover, HandoverId, HandoverPart, Offer } from '../shared/handover.ts';
import type { MigrationId, MigrationRecord } from '../shared/migration.ts';
import type { Plan } from '../shared/plans.ts';
import type { ScheduledMigration } from '../shared/schedule.ts';
import { exits, isOver } from '../shared/stages.ts';
import { PlanGivenError, UnderWayError } from './errors.ts';
import { shownOf, type HandoverFile, type KeptHandover } from './handover-file.ts';
import type { GivingSide, OfferWish, Parcel } from './sides.ts';

export interface GiverParts {
  readonly parts: Parts;
  readonly scheduler: Scheduler;
  readonly plans: PlanFile;
  readonly file: HandoverFile;
}

const never = new AbortController().signal;

/** As it is called to the other side. */
export const ownName = (): string => hostname().slice(0, 63) || 'Guts';

export class Giver implements GivingSide {
  readonly #of: GiverParts;

  constructor(of: GiverParts) {
    this.#of = of;
  }

  async offer({ handover, plan: nameOrId }: OfferWish): Promise<Offer> {
    const { parts, plans, file, scheduler } = this.#of;
    const plan = plans.find(nameOrId);
    this.#demandFree(plan, handover);
    const source = await parts.connections.find('source', plan.source);
    const destination = await parts.connections.find('destination', plan.destination);
    const known = file.find(handover);
    const of = known === null ? await this.#partsOf(plan) : [...known.parts];
    return {
      id: handover,
      version,
      contract: API_CONTRACT,
      giver: { name: ownName(), url: null },
      plan,
      ends: { source, destination },
      parts: of,
      mostSpaceBytes: Math.max(0, ...of.map(({ id }) => scheduler.spaceOf(id))),
    };
  }

  /** Writes it down as begun, unless that was done. */
  async begin({ handover, plan: nameOrId, taker }: OfferWish, way: KeptHandover['way']): Promise<KeptHandover> {
    const { plans, file } = this.#of;
    const plan = plans.find(nameOrId);
    this.#demandFree(plan, handover);
    const parts = await this.#partsOf(plan);
    return await file.change(
      handover,
      (before) =>
        before ?? {
          id: handover,
          side: 'giver',
          isActive: way !== null,
          peer: taker,
          plan: { id: plan.id, name: plan.name },
          isPlanOver: false,
          parts,
          state: 'open',
          error: null,
          at: new Date().toISOString(),
          way,
          ends: null,
        },
    );
  }

  async rest(wish: OfferWish): Promise<Handover> {
    const { file } = this.#of;
    const { parts } = file.find(wish.handover) ?? (await this.begin(wish, null));
    const now = new Map<MigrationId, HandoverPart>();
    for (const part of parts) now.set(part.id, await this.#rested(part));
    const after = await file.change(wish.handover, (before) => ({
      ...(before ?? file.one(wish.handover)),
      parts: (before?.parts ?? []).map((part) =>
        part.state === 'waits' || part.state === 'ready' ? (now.get(part.id) ?? part) : part,
      ),
    }));
    return shownOf(after);
  }

  async release(id: HandoverId, migration: MigrationId | null): Promise<Parcel> {
    const handover = this.#of.file.one(id);
    if (migration === null) return { plan: await this.#releasePlan(handover), carried: null };
    const { parts, scheduler } = this.#of;
    const part = handover.parts.find((one) => one.id === migration);
    const given = { handover: id, to: handover.peer, at: new Date().toISOString() };
    const job = { kind: 'give', id: migration, dataDir: parts.dataDir, given } as const;
    // From this line on it is the taker's, whatever happens to either side.
    const lines = await parts.engines.run(job, never);
    await parts.migrations.refresh(migration);
    await this.#put(id, migration, { state: 'given', says: null });
    const view = scheduler.view(await parts.migrations.one(migration));
    const isWished = part?.isWished ?? false;
    const carried = { id: migration, schedule: view.schedule, isWished, lines: lines as Record<string, unknown>[] }; // journals have no other lines
    return { plan: null, carried };
  }

  async close(id: HandoverId, isRefused: boolean): Promise<Handover> {
    const { file, parts, scheduler } = this.#of;
    const { state } = file.one(id);
    if (state !== 'open') return shownOf(file.one(id));
    const after = await file.change(id, (before) => ({
      ...(before ?? file.one(id)),
      parts: (before?.parts ?? []).map((part) =>
        part.state === 'given' ? { ...part, state: 'taken' as const } : part,
      ),
      state: isRefused ? 'refused' : 'done',
      error: isRefused ? (before?.error ?? null) : null,
    }));
    // What was brought to rest and did not go, goes on here.
    for (const part of after.parts) {
      if (!part.isWished || part.state === 'taken') continue;
      const view = await this.#view(part.id);
      if (view === null || view.isQueued || view.isRunning) continue;
      const action = allowedActions(view).includes('resume') ? 'resume' : 'start';
      if (allowedActions(view).includes(action)) await scheduler.act(await parts.migrations.one(part.id), action);
    }
    return shownOf(after);
  }

  /** The plan is the taker's, and it alone starts what was not started of it. */
  async #releasePlan({ id, peer, plan: { id: planId }, parts }: KeptHandover): Promise<Plan> {
    const { plans, file } = this.#of;
    const before = plans.find(planId);
    this.#demandFree(before, id);
    const given = { handover: id, to: peer, at: new Date().toISOString() };
    if (before.given === undefined) await plans.put({ ...before, given });
    this.#of.parts.events.tell({ kind: 'plan', id: planId });
    await file.change(id, (now) => ({ ...(now ?? file.one(id)), isPlanOver: true }));
    const stays = new Set(parts.filter(({ state }) => state === 'stays').map((part) => part.id));
    const known = new Set(parts.map((part) => part.id));
    const { given: _given, ...plan } = before;
    // What has a migration that is over, or stays, is told of by this side.
    const machines = plan.machines.filter(
      ({ migration }) => migration === null || (known.has(migration) && !stays.has(migration)),
    );
    return { ...plan, machines };
  }

  /** How it is now, and what is wished so that it can go. */
  async #rested(part: HandoverPart): Promise<HandoverPart> {
    if (part.state !== 'waits' && part.state !== 'ready') return part;
    const view = await this.#view(part.id);
    const why = view === null ? 'It is gone.' : whyNot(view);
    if (view === null || why !== null) return { ...part, state: 'stays', says: why };
    if (!view.isRunning && !view.isQueued) return { ...part, state: 'ready', says: null };
    const { parts, scheduler } = this.#of;
    if (scheduler.isPausing(part.id)) return part;
    await scheduler.act(await parts.migrations.one(part.id), 'pause').catch(() => {}); // it has gone on meanwhile
    return part;
  }

  async #partsOf(plan: Plan): Promise<HandoverPart[]> {
    const found: HandoverPart[] = [];
    for (const { migration } of plan.machines) {
      const view = migration === null ? null : await this.#view(migration);
      if (view === null) continue;
      const { id, vm } = view.request;
      const why = whyNot(view);
      const says = why ?? (view.isRunning ? 'It runs: it is paused where it can be, and goes on there.' : null);
      const isWished = view.isQueued || view.isRunning;
      found.push({ id, vm: vm.name, isWished, state: why === null ? 'waits' : 'stays', says });
    }
    return found;
  }

  async #view(id: MigrationId): Promise<ScheduledMigration | null> {
    const { parts, scheduler } = this.#of;
    const record: MigrationRecord | null = await parts.migrations.one(id).catch(() => null);
    return record === null ? null : scheduler.view(record);
  }

  async #put(id: HandoverId, migration: MigrationId, change: Partial<HandoverPart>): Promise<void> {
    const { file } = this.#of;
    await file.change(id, (before) => {
      const of = before ?? file.one(id);
      return { ...of, parts: of.parts.map((part) => (part.id === migration ? { ...part, ...change } : part)) };
    });
  }

  /** @throws PlanGivenError, UnderWayError */
  #demandFree(plan: Plan, handover: HandoverId): void {
    if (plan.given !== undefined && plan.given.handover !== handover)
      throw new PlanGivenError(plan.name, plan.given.to.name);
    const other = this.#of.file.all.find(
      (one) => one.plan.id === plan.id && one.state === 'open' && one.id !== handover && one.side === 'giver',
    );
    if (other !== undefined) throw new UnderWayError(plan.name, other.peer.name);
  }
}

/** Null where it can go, at once or once it stands still. */
function whyNot({ stage, isRunning, given }: ScheduledMigration): string | null {
  if (given !== undefined) return `It was given to “${given.to.name}”.`;
  if (isOver(stage)) return stage === 'failed' ? 'It has failed: its retry is here.' : 'It is over.';
  if (stage === 'cleaning') return 'What it made is being undone.';
  const isBefore = ['planned', 'preflight', 'queued'].includes(stage);
  if (isRunning && !isBefore && exits[stage].pause === undefined)
    return 'It has come too far to be paused: it goes on to its end here.';
  return null;
}
