/** The taking side: says beforehand whether it can take each migration, and goes on with each that was given. */
import { version } from '../../package.json';
import { API_CONTRACT, fitOf } from '../shared/api-contract.ts';
import type { Carried, Handover, HandoverId, Offer, TakenEnds } from '../shared/handover.ts';
import type { Plan, PlannedMachine } from '../shared/plans.ts';
import { isOver } from '../shared/stages.ts';
import { endsHere } from './ends.ts';
import { AlreadyHereError, NoEndSecretError, NoRoomError, OlderTakerError, TakenNameError } from './errors.ts';
import type { GiverParts } from './giver.ts';
import { shownOf, type KeptHandover } from './handover-file.ts';
import type { Parcel, TakingSide } from './sides.ts';

const never = new AbortController().signal;

export class Taker implements TakingSide {
  readonly #of: GiverParts;

  constructor(of: GiverParts) {
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
        isPlanOver: false,
        parts: offer.parts,
        state: 'open',
        error: null,
        at: new Date().toISOString(),
        way,
        ends,
      });
    return { ends };
  }

  async receive(id: HandoverId, { plan, carried }: Parcel): Promise<Handover> {
    const { file } = this.#of;
    const handover = file.one(id);
    if (plan !== null && !handover.isPlanOver) await this.#takePlan(handover, plan);
    if (carried !== null && handover.parts.find((part) => part.id === carried.id)?.state !== 'taken')
      await this.#take(handover, carried);
    return shownOf(file.one(id));
  }

  async close(id: HandoverId, isRefused: boolean): Promise<Handover> {
    const { file, plans, parts } = this.#of;
    const { state, parts: of, plan, isPlanOver } = file.one(id);
    if (state !== 'open') return shownOf(file.one(id));
    const taken = new Set(of.filter((part) => part.state === 'taken').map((part) => part.id));
    const stays = new Set(of.filter((part) => !taken.has(part.id)).map((part) => part.id));
    if (isPlanOver && stays.size > 0) {
      const here = plans.find(plan.id);
      const machines = here.machines.filter(({ migration }) => migration === null || !stays.has(migration));
      await plans.put({ ...here, machines: machines.length > 0 ? machines : here.machines });
      parts.events.tell({ kind: 'plan', id: plan.id });
    }
    const after = await file.change(id, (before) => ({
      ...(before ?? file.one(id)),
      parts: of.map((part) => (part.state === 'taken' ? part : { ...part, state: 'stays' as const })),
      state: isRefused ? 'refused' : 'done',
      error: isRefused ? (before?.error ?? null) : null,
    }));
    return shownOf(after);
  }

  async #takePlan({ id, ends, plan: { id: planId } }: KeptHandover, plan: Plan): Promise<void> {
    const { plans, file, parts } = this.#of;
    if (ends === null) return;
    const here = plans.plans.find((one) => one.id === planId);
    // It comes back: what ended here before is told of by this side still.
    const machines = here === undefined ? plan.machines : joined(here.machines, plan.machines);
    const { given: _given, ...mine } = plan;
    await plans.put({ ...mine, ...ends, machines });
    await file.change(id, (before) => ({ ...(before ?? file.one(id)), isPlanOver: true }));
    parts.events.tell({ kind: 'plan', id: planId });
  }

  /** In this order: cut short anywhere, it is done again and comes to the same. */
  async #take({ id: handover, ends, peer }: KeptHandover, { id, lines, schedule, isWished }: Carried): Promise<void> {
    const { parts, scheduler, file } = this.#of;
    if (ends === null) return;
    const job = { kind: 'receive', id, dataDir: parts.dataDir, handover, from: peer, ...ends, entries: lines } as const;
    await parts.engines.run(job, never);
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
      return { ...of, parts: of.parts.map((part) => (part.id === id ? { ...part, state: 'taken' as const } : part)) };
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
    const ends = await endsHere(parts.connections, offer.ends);
    for (const [kind, id] of [
      ['source', ends.source],
      ['destination', ends.destination],
    ] as const)
      if ((await parts.vault.whereIs(id)) === null)
        throw new NoEndSecretError((await parts.connections.find(kind, id)).name);
    const { id, name } = offer.plan;
    const same = plans.plans.find((one) => one.name.toLowerCase() === name.toLowerCase() && one.id !== id);
    if (same !== undefined) throw new TakenNameError(name);
    const here = plans.plans.find((one) => one.id === id);
    if (here !== undefined && here.given === undefined) throw new AlreadyHereError(`the plan “${name}”`);
    for (const part of offer.parts) {
      if (part.state === 'stays') continue;
      const record = await parts.migrations.one(part.id).catch(() => null);
      if (record !== null && record.stage !== 'given') throw new AlreadyHereError(`${part.id} (“${part.vm}”)`);
    }
    const most = Math.max(0, ...(await scheduler.nodes()).map(({ space }) => space.totalBytes));
    if (offer.mostSpaceBytes > most) throw new NoRoomError(offer.mostSpaceBytes, most);
    return ends;
  }
}

/** Those that come take the place of theirs here; others stay. */
function joined(here: readonly PlannedMachine[], come: readonly PlannedMachine[]): PlannedMachine[] {
  const byRef = new Map(come.map((machine) => [machine.vm.ref, machine]));
  const known = new Set(here.map(({ vm }) => vm.ref));
  return [
    ...here.map((machine) => byRef.get(machine.vm.ref) ?? machine),
    ...come.filter(({ vm }) => !known.has(vm.ref)),
  ];
}
