/** The taking side: says beforehand whether it can take each migration, and goes on with each that was given. */
import { version } from '../../package.json';
import { API_CONTRACT, fitOf } from '../shared/api-contract.ts';
import type { Carried, Handover, HandoverId, HandoverPart, Offer, TakenEnds } from '../shared/handover.ts';
import { elsewhereOf, wavesHere, type Plan, type PlannedMachine } from '../shared/plans.ts';
import { isOver } from '../shared/stages.ts';
import { endsHere } from './ends.ts';
import { AlreadyHereError, NoEndSecretError, NoRoomError, OlderTakerError, TakenNameError } from './errors.ts';
import { shownOf, type KeptHandover } from './handover-file.ts';
import { joined } from './joined-plan.ts';
import { entryOf, putPlan, withElsewhere } from './open-waves.ts';
import type { SideParts } from './side-parts.ts';
import type { Parcel, TakingSide } from './sides.ts';

export class Taker implements TakingSide {
  readonly #of: SideParts;

  constructor(of: SideParts) {
    this.#of = of;
  }

  async reserve(offer: Offer, isDry: boolean): Promise<TakenEnds> {
    return (await this.begin(offer, isDry, null)).ends;
  }

  /** @param way of the active side, to the other one */
  async begin(offer: Offer, isDry: boolean, way: KeptHandover['way']): Promise<{ readonly ends: TakenEnds }> {
    const { file } = this.#of;
    const known = file.find(offer.id);
    if (known !== null && known.ends !== null) return { ends: known.ends };
    const ends = await this.#demandTakeable(offer);
    if (!isDry)
      await file.put({
        id: offer.id,
        side: 'taker',
        isActive: way !== null,
        peer: offer.giver,
        plan: { id: offer.plan.id, name: offer.plan.name },
        isWhole: offer.isWhole,
        waves: offer.waves,
        isPlanOver: false,
        parts: offer.parts,
        state: 'open',
        error: null,
        at: new Date().toISOString(),
        way,
        ends,
        others: offer.others,
        isFollowed: false,
      });
    return { ends };
  }

  async receive(id: HandoverId, { plan, carried }: Parcel): Promise<Handover> {
    const { file } = this.#of;
    const handover = file.one(id);
    if (plan !== null && !handover.isPlanOver)
      await this.#of.plans.inTurnOf(plan.id, async (here) => await this.#takePlan(handover, plan, here));
    if (carried !== null && handover.parts.find((part) => part.id === carried.id)?.state !== 'taken')
      await this.#take(handover, carried);
    return shownOf(file.one(id));
  }

  async close(id: HandoverId, isRefused: boolean): Promise<Handover> {
    const { file } = this.#of;
    const handover = file.one(id);
    if (handover.state !== 'open') return shownOf(handover);
    if (handover.isPlanOver)
      await this.#of.plans.inTurnOf(handover.plan.id, async (here) => {
        if (here !== undefined) await this.#settlePlan(handover, here);
      });
    const after = await file.change(id, (before) => ({
      ...(before ?? handover),
      parts: handover.parts.map((part) => (part.state === 'taken' ? part : { ...part, state: 'stays' as const })),
      state: isRefused ? 'refused' : 'done',
      error: isRefused ? (before?.error ?? null) : null,
      isFollowed: handover.isActive && !isRefused,
    }));
    return shownOf(after);
  }

  /** All of its waves that could come are here from now on; what has ended on the other side meanwhile is told of there. */
  async #settlePlan({ parts: of, waves }: KeptHandover, here: Plan): Promise<void> {
    const { parts } = this.#of;
    const left = new Set<string>();
    for (const { id, state } of of) {
      if (state === 'taken' || state === 'stays') continue;
      if ((await parts.migrations.one(id).catch(() => null)) === null) left.add(id);
    }
    const kept = here.machines.filter(({ migration }) => migration === null || !left.has(migration));
    const machines = [...kept, ...(await this.#unplanned(of, here))];
    const elsewhere = (here.elsewhere ?? []).filter(({ wave }) => !waves.includes(wave));
    const after = { ...here, machines: machines.length > 0 ? machines : here.machines };
    await putPlan(this.#of, withElsewhere(after, elsewhere));
  }

  /** Those that have come although nobody thought that they would when the plan went. */
  async #unplanned(of: readonly HandoverPart[], { machines }: Plan): Promise<PlannedMachine[]> {
    const planned = new Set(machines.map(({ migration }) => migration));
    const late = of.filter(({ id, state }) => state === 'taken' && !planned.has(id));
    const records = await Promise.all(late.map(async ({ id }) => await this.#of.parts.migrations.one(id)));
    return late.flatMap(({ id, wave }, at): PlannedMachine[] => {
      const vm = records[at]?.request.vm;
      return vm === undefined ? [] : [{ vm, wave, options: {}, migration: id }];
    });
  }

  /** Until all has come, its waves count as elsewhere: nothing of them, and nothing after them, is begun by this side. */
  async #takePlan(handover: KeptHandover, plan: Plan, here: Plan | undefined): Promise<void> {
    const { file } = this.#of;
    const { id, ends, parts, waves, others } = handover;
    if (ends === null) return;
    const stays = new Set<string>(parts.filter(({ state }) => state === 'stays').map((part) => part.id));
    const come = { ...plan, ...ends };
    const known = here?.elsewhere ?? [];
    const own = new Set(here === undefined || here.given !== undefined ? [] : wavesHere(here));
    const fresh = [
      ...waves.map((wave) => ({ wave, isOpen: true })),
      ...others.filter(({ wave }) => !own.has(wave)),
    ].filter(({ wave }) => !known.some((one) => one.wave === wave));
    const elsewhere = [...known, ...fresh.map((one) => entryOf(handover, one))];
    await putPlan(this.#of, withElsewhere(joined(here, come, stays), elsewhere));
    await file.change(id, (before) => ({ ...(before ?? file.one(id)), isPlanOver: true }));
  }

  /** In this order: cut short anywhere, it is done again and comes to the same. */
  async #take({ id: handover, ends, peer }: KeptHandover, { id, lines, schedule, isWished }: Carried): Promise<void> {
    const { parts, scheduler, file } = this.#of;
    if (ends === null) return;
    await parts.journals.receive(id, { handover, from: peer, ...ends, entries: lines });
    await parts.migrations.refresh(id);
    if (schedule !== null) {
      const all = new Set((await parts.migrations.all()).map(({ request }) => request.id));
      const after = schedule.after.filter((one) => all.has(one));
      await scheduler.schedule(id, { ...schedule, after, nodes: [] });
    }
    const record = await parts.migrations.one(id);
    const view = scheduler.view(record);
    if (isWished && !view.isQueued && !view.isRunning && !isOver(view.stage)) await scheduler.act(record, 'start');
    await file.change(handover, (before) => {
      const of = before ?? file.one(handover);
      const taken = { id, vm: record.request.vm.name, wave: schedule?.wave ?? 1, isWished, says: null };
      return { ...of, parts: withTaken(of.parts, { ...taken, state: 'taken' }) };
    });
    const { request, stage } = record;
    parts.events.tell({
      kind: 'migration',
      id,
      vm: request.vm.name,
      stage,
      isRunning: false,
      isQueued: isWished,
      waitsFor: null,
      placement: null,
      slowedBy: null,
    });
  }

  async #demandTakeable(offer: Offer): Promise<TakenEnds> {
    const { parts, plans, scheduler } = this.#of;
    const own = { version, contract: API_CONTRACT };
    if (fitOf(`“${offer.giver.name}”`, offer, own) === 'newer') throw new OlderTakerError(offer.version, version);
    const { id, name } = offer.plan;
    const same = plans.plans.find((one) => one.name.toLowerCase() === name.toLowerCase() && one.id !== id);
    if (same !== undefined) throw new TakenNameError(name);
    this.#demandNotHere(offer);
    for (const part of offer.parts) {
      if (part.state === 'stays') continue;
      const record = await parts.migrations.one(part.id).catch(() => null);
      if (record !== null && record.stage !== 'given') throw new AlreadyHereError(`${part.id} (“${part.vm}”)`);
    }
    const most = Math.max(0, ...(await scheduler.nodes()).map(({ space }) => space.totalBytes));
    if (offer.mostSpaceBytes > most) throw new NoRoomError(offer.mostSpaceBytes, most);
    // Last: the giver can send what is missing, and does once nothing else is in the way.
    const ends = await endsHere(parts.connections, offer.ends);
    for (const [kind, end] of [
      ['source', ends.source],
      ['destination', ends.destination],
    ] as const)
      if ((await parts.vault.whereIs(end)) === null)
        throw new NoEndSecretError((await parts.connections.find(kind, end)).name);
    return ends;
  }

  /** @throws AlreadyHereError */
  #demandNotHere({ plan, parts }: Offer): void {
    const here = this.#of.plans.plans.find(({ id }) => id === plan.id);
    if (here === undefined || here.given !== undefined) return;
    const stays = new Set<string>(parts.filter(({ state }) => state === 'stays').map(({ id }) => id));
    const own = new Set(
      here.machines.filter(({ wave }) => elsewhereOf(here, wave) === undefined).map(({ vm }) => vm.ref),
    );
    for (const { vm, migration } of plan.machines)
      if (own.has(vm.ref) && (migration === null || !stays.has(migration)))
        throw new AlreadyHereError(`“${vm.name}” of the plan “${here.name}”`);
  }
}

/** It may have been started there after it was offered. */
const withTaken = (parts: readonly HandoverPart[], taken: HandoverPart): HandoverPart[] =>
  parts.some(({ id }) => id === taken.id)
    ? parts.map((part) => (part.id === taken.id ? { ...part, state: 'taken' } : part))
    : [...parts, taken];
