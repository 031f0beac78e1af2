/** Answers what is asked about plans that change hands: by operators, and by the other side. */
import { trustingFetch } from '../api/network-fetch.ts';
import { Driver } from '../handover/driver.ts';
import { NotLeadingError } from '../handover/errors.ts';
import { Giver, ownName } from '../handover/giver.ts';
import { HandoverFile, shownOf, type KeptHandover } from '../handover/handover-file.ts';
import { goesOnOrBegins } from '../handover/lost-way.ts';
import { lackingAt, sendEnds } from '../handover/send-ends.ts';
import { hearWaves, wavesFor } from '../handover/open-waves.ts';
import type { SideParts } from '../handover/side-parts.ts';
import { givingOver, takingOver, type WaveSide } from '../handover/sides.ts';
import { Taker } from '../handover/taker.ts';
import type { PlanFile } from '../scheduler/plan-file.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import { ApiClient } from '../shared/client/client.ts';
import { toErrorInfo } from '../shared/errors.ts';
import { HandoverId, type Handover, type HandoverPart, type Offer, type PeerWish } from '../shared/handover.ts';
import type { NodeId } from '../shared/node-id.ts';
import type { HandoverLook } from '../shared/operations/handovers.ts';
import { randomLetters } from '../store/connections.ts';
import type { CallContext, Parts, Some } from './handlers.ts';

export type HandoverNames =
  | 'handovers.list'
  | 'handovers.show'
  | 'handovers.look'
  | 'handovers.give'
  | 'handovers.take'
  | 'handovers.offer'
  | 'handovers.reserve'
  | 'handovers.rest'
  | 'handovers.release'
  | 'handovers.receive'
  | 'handovers.close'
  | 'handovers.waves'
  | 'handovers.tellWaves';

export interface Handovers {
  readonly handlers: Some<HandoverNames>;
  readonly driver: Driver;
}

const newId = (): HandoverId => HandoverId.parse(`hnd_${randomLetters()}`);

export interface HandoverOptions {
  readonly scheduler: Scheduler;
  readonly plans: PlanFile;
  /** Where servers share the state: whether this one leads, and which one does. */
  readonly leads: () => { readonly isHere: boolean; readonly leader: NodeId | null } | null;
  readonly onDetail: (detail: string) => void;
}

export async function openHandovers(
  parts: Parts,
  { scheduler, plans, leads, onDetail }: HandoverOptions,
): Promise<Handovers> {
  const file = await HandoverFile.open(parts.state.documents);
  const of: SideParts = { parts, scheduler, plans, file };
  const [giver, taker] = [new Giver(of), new Taker(of)];
  const waves: WaveSide = {
    waves: async (handover) => await wavesFor(of, file.one(handover)),
    tellWaves: async (handover, open) => {
      await hearWaves(of, file.one(handover), open);
      return await wavesFor(of, file.one(handover));
    },
  };
  const driver = new Driver({ file, giver, taker, waves, vault: parts.vault, onDetail });
  const ways = { file, driver, vault: parts.vault };
  file.onOthers(() => driver.look());

  const clientTo = ({ url, trust, token }: PeerWish): ApiClient => {
    parts.vault.notice(token);
    return new ApiClient(trustingFetch(trust), { baseUrl: url, token, timeoutMs: PATIENCE_MS });
  };

  /** Only the server that leads knows what runs, and may write into journals. */
  const demandLead = (): void => {
    const leading = leads();
    if (leading?.isHere === false) throw new NotLeadingError(leading.leader);
  };
  const led =
    <I, O>(handle: (input: I, context: CallContext) => Promise<O>) =>
    async (input: I, context: CallContext): Promise<O> => {
      demandLead();
      return await handle(input, context);
    };
  /** What is on its way already is known by the plan’s id, whatever it is called by now. */
  const isOfPlan = (nameOrId: string) => {
    const isIt = ({ id, name }: Handover['plan']): boolean =>
      id === nameOrId || name.toLowerCase() === nameOrId.toLowerCase();
    const here = plans.plans.find(isIt);
    return ({ plan }: Pick<Handover, 'plan'>): boolean => (here === undefined ? isIt(plan) : plan.id === here.id);
  };

  /** Keeps the token as long as what is begun needs it. */
  const withToken = async (
    handover: HandoverId,
    token: string,
    begin: () => Promise<KeptHandover>,
  ): Promise<Handover> => {
    await parts.vault.set(handover, token);
    try {
      const begun = await begin();
      driver.start(handover);
      return shownOf(begun);
    } catch (error) {
      await parts.vault.delete(handover);
      throw error;
    }
  };

  const handlers: Some<HandoverNames> = {
    'handovers.list': async () => await Promise.resolve({ handovers: file.all.map(shownOf) }),
    'handovers.show': async ({ handover }) => shownOf(await file.lookFor(handover)),
    'handovers.look': led(async ({ plan, waves: only, peer, direction, withSecrets }, { signal }) => {
      const [client, handover] = [clientTo(peer), newId()];
      const isGift = direction === 'give';
      const from = isGift ? giver : givingOver(client, signal);
      const to = isGift ? takingOver(client, signal) : taker;
      const who = { name: isGift ? peer.name : ownName(), url: isGift ? peer.url : null };
      const offer = await from.offer({ handover, plan, waves: only, taker: who });
      const obstacle = await to.reserve(offer, true).then(() => null, toErrorInfo);
      if (isGift && withSecrets && obstacle?.code === NO_CONNECTION)
        return { ...lookOf(offer, []), sends: await sentTo(client, offer, signal) };
      return { ...lookOf(offer, obstacle === null ? [] : [obstacle]), sends: [] };
    }),
    'handovers.give': led(async ({ plan, waves: only, peer, withSecrets }, { signal }) => {
      const [client, handover] = [clientTo(peer), newId()];
      const { name, url, trust, token } = peer;
      const asked = { side: 'giver', isOf: isOfPlan(plan), waves: only, peer, client } as const;
      return await goesOnOrBegins(ways, asked, signal, async () => {
        const wish = { handover, plan, waves: only, taker: { name, url } };
        const to = takingOver(client, signal);
        const offer = await giver.offer(wish);
        // What is refused is refused before anything is there.
        await to.reserve(offer, true).catch(async (error: unknown) => {
          if (!withSecrets || toErrorInfo(error).code !== NO_CONNECTION) throw error;
          await sendEnds(parts, client, offer, signal);
          await to.reserve(offer, true);
        });
        demandLead(); // that may have taken a minute
        return await withToken(handover, token, async () => await giver.begin(wish, { url, trust }));
      });
    }),
    'handovers.take': led(async ({ plan, waves: only, peer }, { signal }) => {
      const [client, handover] = [clientTo(peer), newId()];
      const { name, url, trust, token } = peer;
      const asked = { side: 'taker', isOf: isOfPlan(plan), waves: only, peer, client } as const;
      return await goesOnOrBegins(ways, asked, signal, async () => {
        const who = { name: ownName(), url: null };
        const offer = await givingOver(client, signal).offer({ handover, plan, waves: only, taker: who });
        demandLead();
        return await withToken(handover, token, async () => {
          await taker.begin({ ...offer, giver: { name, url } }, false, { url, trust });
          return file.one(handover);
        });
      });
    }),
    'handovers.offer': led(async (wish) => await giver.offer(wish)),
    'handovers.reserve': led(async ({ offer, isDry }) => ({ ends: await taker.reserve(offer, isDry) })),
    'handovers.rest': led(async (wish) => await giver.rest(wish)),
    'handovers.release': led(async ({ handover, migration }) => await giver.release(handover, migration)),
    'handovers.receive': led(async ({ handover, ...parcel }) => await taker.receive(handover, parcel)),
    'handovers.close': led(
      async ({ handover, isRefused }) =>
        await (file.one(handover).side === 'giver' ? giver : taker).close(handover, isRefused),
    ),
    'handovers.waves': led(async ({ handover }) => await waves.waves(handover)),
    'handovers.tellWaves': led(async ({ handover, open }) => await waves.tellWaves(handover, open)),
  };
  return { handlers, driver };
}

const PATIENCE_MS = 60_000;
const NO_CONNECTION = 'handover.no-connection';

async function sentTo(client: ApiClient, offer: Offer, signal: AbortSignal): Promise<string[]> {
  const { source, destination } = offer.ends;
  const lacks = await lackingAt(client, offer, signal);
  return [...(lacks.source ? [source.name] : []), ...(lacks.destination ? [destination.name] : [])];
}

function lookOf({ plan, parts, others }: Offer, obstacles: HandoverLook['obstacles']): Omit<HandoverLook, 'sends'> {
  const first = others.find(({ isOpen }) => isOpen)?.wave ?? Infinity; // earlier ones that do not go are waited for
  const saysOf = ({ says, wave }: HandoverPart): string =>
    `${says ?? 'At once.'}${wave > first ? ` It starts there once wave ${first} is over.` : ''}`;
  return {
    plan: { name: plan.name, machines: plan.machines.length },
    goes: parts
      .filter(({ state }) => state !== 'stays')
      .map((part) => ({ id: part.id, vm: part.vm, says: saysOf(part) })),
    stays: parts.filter(({ state }) => state === 'stays').map(({ id, vm, says: why }) => ({ id, vm, says: why ?? '' })),
    obstacles: obstacles.map(({ code, message, remedy }) => ({ code, message, remedy })),
  };
}
