/** The giving side: brings migrations to rest, and writes down that they are given before anybody else may go on with them. */
import { hostname } from 'node:os';
import { version } from '../../package.json';
import { allowedActions } from '../shared/actions.ts';
import { API_CONTRACT } from '../shared/api-contract.ts';
import type { Handover, HandoverId, HandoverPart, Offer, WaveStanding } from '../shared/handover.ts';
import type { MigrationId, MigrationRecord } from '../shared/migration.ts';
import { elsewhereOf, wavesHere, type Plan } from '../shared/plans.ts';
import type { ScheduledMigration } from '../shared/schedule.ts';
import { exits, isOver } from '../shared/stages.ts';
import { NoSuchWaveError, NotAtRestError, PlanGivenError, UnderWayError, WaveGivenError } from './errors.ts';
import { shownOf, type KeptHandover } from './handover-file.ts';
import { entryOf, openWaves, putElsewhere, putPlan } from './open-waves.ts';
import type { SideParts } from './side-parts.ts';
import type { GivingSide, OfferWish, Parcel } from './sides.ts';

/** As it is called to the other side. */
export const ownName = (): string => hostname().slice(0, 63) || 'Guts';

export class Giver implements GivingSide {
  readonly #of: SideParts;

  constructor(of: SideParts) {
    this.#of = of;
  }

  async offer({ handover, plan: nameOrId, waves: wished }: OfferWish): Promise<Offer> {
    const { parts, plans, file, scheduler } = this.#of;
    const plan = plans.find(nameOrId);
    this.#demandFree(plan, handover);
    const known = file.find(handover);
    const waves = known?.waves ?? goingOf(plan, wished);
    const source = await parts.connections.find('source', plan.source);
    const destination = await parts.connections.find('destination', plan.destination);
    const of = known === null ? await this.#partsOf(plan, waves, 'stays') : [...known.parts];
    return {
      id: handover,
      version,
      contract: API_CONTRACT,
      giver: { name: ownName(), url: null },
      plan: trimmed(plan, waves),
      isWhole: wished === undefined,
      waves,
      others: await this.#othersOf(plan, waves),
      ends: { source, destination },
      parts: of,
      mostSpaceBytes: Math.max(0, ...of.map(({ id }) => scheduler.spaceOf(id))),
    };
  }

  /** Writes it down as begun, unless that was done. */
  async begin(wish: OfferWish, way: KeptHandover['way']): Promise<KeptHandover> {
    const { handover, plan: nameOrId, waves: wished, taker } = wish;
    const { plans, file } = this.#of;
    const plan = plans.find(nameOrId);
    this.#demandFree(plan, handover);
    const waves = goingOf(plan, wished);
    const parts = await this.#partsOf(plan, waves, 'waits');
    return await file.change(
      handover,
      (before) =>
        before ?? {
          id: handover,
          side: 'giver',
          isActive: way !== null,
          peer: taker,
          plan: { id: plan.id, name: plan.name },
          isWhole: wished === undefined,
          waves,
          isPlanOver: false,
          parts,
          state: 'open',
          error: null,
          at: new Date().toISOString(),
          way,
          ends: null,
          others: [],
          isFollowed: false,
        },
    );
  }

  async rest(wish: OfferWish): Promise<Handover> {
    const { file } = this.#of;
    const handover = file.find(wish.handover) ?? (await this.begin(wish, null));
    const parts = [...handover.parts, ...(await this.#startedSince(handover))].sort((a, b) => a.wave - b.wave);
    const now = new Map<MigrationId, HandoverPart>();
    let first = Infinity; // wave of which something has still to go, or to end here
    for (const part of parts) {
      const rested = await this.#rested(handover.id, part, first);
      now.set(part.id, rested);
      if (rested.state === 'waits') first = Math.min(first, part.wave);
    }
    const after = await file.change(wish.handover, (before) => ({
      ...(before ?? file.one(wish.handover)),
      parts: parts.map((one) => {
        const part = before?.parts.find(({ id }) => id === one.id) ?? one;
        return part.state === 'waits' || part.state === 'ready' ? (now.get(part.id) ?? part) : part;
      }),
    }));
    return shownOf(after);
  }

  async release(id: HandoverId, migration: MigrationId | null): Promise<Parcel> {
    const handover = this.#of.file.one(id);
    if (migration === null) return { plan: await this.#releasePlan(handover), carried: null };
    const { parts, scheduler } = this.#of;
    const part = handover.parts.find((one) => one.id === migration);
    const now = scheduler.view(await parts.migrations.one(migration));
    if (now.isRunning) throw new NotAtRestError(now.request.vm.name); // it was started since it was at rest
    const given = { handover: id, to: handover.peer, at: new Date().toISOString() };
    // From this line on it is the taker's, whatever happens to either side.
    const lines = await parts.journals.give(migration, given);
    await parts.migrations.refresh(migration);
    await this.#put(id, migration, { state: 'given', says: null });
    const view = scheduler.view(await parts.migrations.one(migration));
    const isWished = part?.isWished ?? false;
    const carried = { id: migration, schedule: view.schedule, isWished, lines: lines as Record<string, unknown>[] }; // journals have no other lines
    return { plan: null, carried };
  }

  async close(id: HandoverId, isRefused: boolean): Promise<Handover> {
    const { file, parts, scheduler } = this.#of;
    const now = file.one(id);
    if (now.state !== 'open') return shownOf(now);
    // What was brought to rest and did not go, goes on here. First: cut short, it is closed again, and nothing stands still for ever.
    for (const part of now.parts) {
      if (!part.isWished || part.state === 'given' || part.state === 'taken') continue;
      const view = await this.#view(part.id);
      if (view === null || view.isQueued || view.isRunning) continue;
      const action = allowedActions(view).includes('resume') ? 'resume' : 'start';
      if (allowedActions(view).includes(action)) await scheduler.act(await parts.migrations.one(part.id), action);
    }
    const after = await file.change(id, (before) => ({
      ...(before ?? now),
      parts: (before?.parts ?? []).map((part) =>
        part.state === 'given' ? { ...part, state: 'taken' as const } : part,
      ),
      state: isRefused ? 'refused' : 'done',
      error: isRefused ? (before?.error ?? null) : null,
      isFollowed: before?.isActive === true && !isRefused,
    }));
    return shownOf(after);
  }

  /** As long as the plan has not gone, somebody may start what is to go. */
  async #startedSince({ plan: { id }, waves, parts, isPlanOver }: KeptHandover): Promise<HandoverPart[]> {
    const plan = isPlanOver ? undefined : this.#of.plans.plans.find((one) => one.id === id);
    const now = plan === undefined ? [] : await this.#partsOf(plan, waves, 'waits');
    return now.filter((part) => parts.every((one) => one.id !== part.id));
  }

  /** The plan, or those waves of it, are the taker's, and it alone starts what was not started of them. */
  async #releasePlan(handover: KeptHandover): Promise<Plan> {
    const { plans, file } = this.#of;
    const { id, waves } = handover;
    const before = await plans.inTurn(handover.plan.id, async (plan) => {
      this.#demandFree(plan, id);
      await this.#putGiven(handover, plan);
      return plan;
    });
    await file.change(id, (now) => ({ ...(now ?? file.one(id)), isPlanOver: true }));
    return trimmed(before, waves);
  }

  async #putGiven(handover: KeptHandover, before: Plan): Promise<void> {
    const { id, peer, isWhole, waves } = handover;
    if (!isWhole) {
      const others = (before.elsewhere ?? []).filter(({ wave }) => !waves.includes(wave));
      const gone = waves.map((wave) => elsewhereOf(before, wave) ?? entryOf(handover, { wave, isOpen: true }));
      await putElsewhere(this.#of, before, [...others, ...gone]);
    } else if (before.given === undefined)
      await putPlan(this.#of, { ...before, given: { handover: id, to: peer, at: new Date().toISOString() } });
  }

  /** Waves that do not go, and are here or known of. */
  async #othersOf(plan: Plan, waves: readonly number[]): Promise<WaveStanding[]> {
    const open = new Set(await openWaves(this.#of, plan.id, null));
    const all = new Set([...plan.machines, ...(plan.elsewhere ?? [])].map(({ wave }) => wave));
    return [...all]
      .filter((wave) => !waves.includes(wave))
      .map((wave) => ({ wave, isOpen: open.has(wave) }))
      .sort((a, b) => a.wave - b.wave);
  }

  /**
   * How it is now, and what is wished so that it can go.
   * @param id of the hand-over
   * @param first the first wave of which something is not at rest yet: none after it may start elsewhere before that is
   */
  async #rested(id: HandoverId, part: HandoverPart, first: number): Promise<HandoverPart> {
    if (part.state !== 'waits' && part.state !== 'ready') return part;
    const view = await this.#view(part.id);
    if (view === null) return { ...part, state: 'stays', says: 'It is gone.' };
    // Its journal says so, which comes first: that could not be noted here, and it has still to be sent.
    if (view.given?.handover === id) return { ...part, state: 'given', says: null };
    const why = whyNot(view);
    // Its retry would wait for waves that have gone, and this hand-over for it.
    if (why !== null && (!why.isOver || !view.isQueued))
      return { ...part, state: why.isOver ? 'stays' : 'waits', says: why.says };
    if (!view.isRunning && !view.isQueued)
      return first < part.wave
        ? { ...part, state: 'waits', says: `It goes once wave ${first} has gone, or is over here.` }
        : { ...part, state: 'ready', says: null };
    const { parts, scheduler } = this.#of;
    if (scheduler.isPausing(part.id)) return part;
    await scheduler.act(await parts.migrations.one(part.id), 'pause').catch(() => {}); // it has gone on meanwhile
    return part;
  }

  /** By their waves. @param late what is said of those that go on to their end here */
  async #partsOf({ machines }: Plan, waves: readonly number[], late: HandoverPart['state']): Promise<HandoverPart[]> {
    const found: HandoverPart[] = [];
    for (const { migration, wave } of machines) {
      if (!waves.includes(wave)) continue;
      const view = migration === null ? null : await this.#view(migration);
      if (view === null) continue;
      const { id, vm } = view.request;
      const why = whyNot(view);
      const says = why?.says ?? (view.isRunning ? 'It runs: it is paused where it can be, and goes on there.' : null);
      const isWished = view.isQueued || view.isRunning;
      const state = why === null ? 'waits' : why.isOver ? 'stays' : late;
      found.push({ id, vm: vm.name, wave, isWished, state, says });
    }
    return found.sort((a, b) => a.wave - b.wave);
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

const TOO_FAR = 'It has come too far to be paused: it goes on to its end here.';

/** @throws WaveGivenError, NoSuchWaveError */
function goingOf(plan: Plan, wished: readonly number[] | undefined): number[] {
  const here = wavesHere(plan);
  for (const wave of wished ?? (here.length === 0 ? plan.machines.map((one) => one.wave) : [])) {
    const elsewhere = elsewhereOf(plan, wave);
    if (elsewhere !== undefined) throw new WaveGivenError(plan.name, wave, elsewhere.to.name);
    if (!here.includes(wave)) throw new NoSuchWaveError(plan.name, wave);
  }
  return wished === undefined ? here : here.filter((wave) => wished.includes(wave));
}

/** As it goes: what others have of it is none of the taker's business. */
function trimmed(plan: Plan, waves: readonly number[]): Plan {
  const { given: _given, elsewhere: _elsewhere, ...rest } = plan;
  return {
    ...rest,
    waves: plan.waves.filter(({ number }) => waves.includes(number)),
    machines: plan.machines.filter(({ wave }) => waves.includes(wave)),
  };
}

interface Stays {
  readonly says: string;
  /** Otherwise it goes on to its end here. */
  readonly isOver: boolean;
}

/** Null where it can go, at once or once it stands still. */
function whyNot({ stage, isRunning, isQueued, given }: ScheduledMigration): Stays | null {
  if (given !== undefined) return { says: `It was given to “${given.to.name}”.`, isOver: true };
  if (isOver(stage) && isQueued)
    return { says: 'It has failed, and is taken out of the queue: its retry is here.', isOver: true };
  if (isOver(stage))
    return { says: stage === 'failed' ? 'It has failed: its retry is here.' : 'It is over.', isOver: true };
  if (stage === 'cleaning') return { says: 'What it made is being undone.', isOver: false };
  const isBefore = ['planned', 'preflight', 'queued'].includes(stage);
  if (isRunning && !isBefore && exits[stage].pause === undefined) return { says: TOO_FAR, isOver: false };
  return null;
}
