/** A hand-over that has lost its way to the other side goes on by another one: the token was another server’s, was revoked, or the address has changed. */
import type { ApiClient } from '../shared/client/client.ts';
import { toErrorInfo } from '../shared/errors.ts';
import type { Handover, HandoverId, PeerWish } from '../shared/handover.ts';
import type { Vault } from '../vault/vault.ts';
import { isToGoOn, type Driver } from './driver.ts';
import { shownOf, type HandoverFile, type KeptHandover } from './handover-file.ts';

export interface WayParts {
  readonly file: HandoverFile;
  readonly driver: Driver;
  readonly vault: Vault;
}

/** What is asked for, by whom it would be begun, and by which way. */
export interface Asked {
  readonly plan: string;
  readonly side: Handover['side'];
  readonly peer: PeerWish;
  readonly client: ApiClient;
}

/** What a plan says that has changed hands already. */
const GONE: readonly string[] = ['plan.given', 'plan.wave-given'];

/** Whoever asks again for what was begun means that; otherwise it is begun. */
export async function goesOnOrBegins(
  parts: WayParts,
  asked: Asked,
  signal: AbortSignal,
  begin: () => Promise<Handover>,
): Promise<Handover> {
  const known = await goOn(parts, asked, signal);
  if (known?.state === 'open') return known;
  try {
    return await begin();
  } catch (error) {
    if (known !== null && GONE.includes(toErrorInfo(error).code)) return known;
    throw error;
  }
}

/** @returns the newest of that plan that goes on since; null where none does */
async function goOn(
  { file, driver, vault }: WayParts,
  { plan, side, peer: { url, trust, token }, client }: Asked,
  signal: AbortSignal,
): Promise<Handover | null> {
  let found: Handover | null = null;
  for (const one of file.all.filter(isToGoOn)) {
    if (one.error === null && (await vault.whereIs(one.id)) !== null) continue;
    if (one.way?.url !== url && !(await isKnownTo(client, one.id, signal))) continue;
    await vault.set(one.id, token);
    const after = await file.change(one.id, (before) => ({ ...(before ?? one), way: { url, trust }, error: null }));
    driver.start(one.id);
    if (isOf(one, plan) && one.side === side) found = shownOf(after);
  }
  return found;
}

const isOf = ({ plan: { id, name } }: KeptHandover, nameOrId: string): boolean =>
  id === nameOrId || name.toLowerCase() === nameOrId.toLowerCase();

async function isKnownTo(client: ApiClient, handover: HandoverId, signal: AbortSignal): Promise<boolean> {
  try {
    await client.call('handovers.show', { handover }, signal);
    return true;
  } catch (error) {
    if (toErrorInfo(error).code === 'handover.unknown') return false;
    throw error;
  }
}
