/** A hand-over that has lost its way to the other side goes on by another one: the token was another server’s, was revoked, or the address has changed. */
import { isDeepStrictEqual } from 'node:util';
import type { ApiClient } from '../shared/client/client.ts';
import { toErrorInfo } from '../shared/errors.ts';
import type { Handover, PeerWish } from '../shared/handover.ts';
import type { Vault } from '../vault/vault.ts';
import { isToGoOn, type Driver } from './driver.ts';
import { shownOf, type HandoverFile, type KeptHandover } from './handover-file.ts';

export interface WayParts {
  readonly file: HandoverFile;
  readonly driver: Driver;
  readonly vault: Vault;
}

/** What is asked for, from which side, and by which way. */
export interface Asked {
  readonly side: Handover['side'];
  /** Of what is on its way already, whether it is of the plan that was named. */
  readonly isOf: (handover: KeptHandover) => boolean;
  /** Undefined is all of it. */
  readonly waves: readonly number[] | undefined;
  readonly peer: PeerWish;
  readonly client: ApiClient;
}

/** Who asks again for what has lost its way means that: it goes on. Otherwise it is begun. */
export async function goesOnOrBegins(
  parts: WayParts,
  asked: Asked,
  signal: AbortSignal,
  begin: () => Promise<Handover>,
): Promise<Handover> {
  let known: Handover | null = null;
  for (const one of parts.file.all) {
    if (!isToGoOn(one) || one.side !== asked.side || !asked.isOf(one) || !isAskedFor(one, asked)) continue;
    if (!(await isLost(parts, one, asked)) || !(await leadsThere(one, asked, signal))) continue;
    known = await goOn(parts, one, asked);
    if (known.state === 'open') return known;
  }
  try {
    return await begin();
  } catch (error) {
    if (known !== null && GONE.includes(toErrorInfo(error).code)) return known;
    throw error;
  }
}

/** What a plan says that has changed hands already. */
const GONE: readonly string[] = ['plan.given', 'plan.wave-given'];

const isAskedFor = ({ isWhole, waves }: KeptHandover, { waves: wished }: Asked): boolean =>
  wished === undefined ? isWhole : isDeepStrictEqual(wished.toSorted(), waves.toSorted());

/** What only has to be tried again is not. */
async function isLost({ vault }: WayParts, { id, error, way }: KeptHandover, { peer }: Asked): Promise<boolean> {
  if ((await vault.whereIs(id)) === null) return true;
  return error !== null && (!error.retryable || way?.url !== peer.url);
}

/** The token is good there, and it is the other side: that knows of it, or nothing of it has come there yet. */
async function leadsThere(one: KeptHandover, { client, peer }: Asked, signal: AbortSignal): Promise<boolean> {
  try {
    const { side, plan } = await client.call('handovers.show', { handover: one.id }, signal);
    return side !== one.side && plan.id === one.plan.id;
  } catch (error) {
    if (toErrorInfo(error).code === 'handover.unknown') return one.way?.url === peer.url;
    throw error;
  }
}

async function goOn(
  { file, driver, vault }: WayParts,
  one: KeptHandover,
  { peer: { url, trust, token } }: Asked,
): Promise<Handover> {
  await vault.set(one.id, token);
  const after = await file.change(one.id, (before) => ({ ...(before ?? one), way: { url, trust }, error: null }));
  driver.start(one.id);
  return shownOf(after);
}
