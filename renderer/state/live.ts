/** Keeps what the window shows up to date: loads it once, and listens to what Guts tells from then on. */
import type { GutsEvent } from '../../main/shared/events.ts';
import { events } from '../api.ts';
import { forgetActivity, hearActivity, seedActivity } from './activity.ts';
import { destinations, plans, planTemplates, sources } from './connections.ts';
import { forgetMigrations, hearMigration, loadMigrations, useMigrations } from './migrations.ts';
import { details } from './details.ts';
import { forgetWaiting, tellBack } from './reach.ts';

type Hear = (event: GutsEvent) => void;

const kept = [sources, destinations, plans, planTemplates, details];
const others = new Set<Hear>();
let stop: AbortController | null = null;

export function startLive(): void {
  endLive();
  const { signal } = (stop = new AbortController());
  void loadAll();
  void (async () => {
    for await (const { event } of events(signal)) hear(event);
  })().catch(() => {}); // who may not listen any more is told by the next thing that it asks
}

export function endLive(): void {
  stop?.abort();
  stop = null;
  forgetWaiting();
  for (const one of kept) one.reset();
  forgetMigrations();
  forgetActivity();
}

/** It was out of reach: all that may have changed is asked for, and what had failed meanwhile. */
export function catchUp(): void {
  hear({ kind: 'gap' });
  tellBack();
}

/** For screens that keep something of their own up to date; the function that it returns ends that. */
export function onEvent(hear: Hear): () => void {
  others.add(hear);
  return () => void others.delete(hear);
}

async function loadAll(): Promise<void> {
  await Promise.all([loadMigrations(), ...kept.map(async ({ load }) => await load())]);
  seedActivity(useMigrations.getState().rows, Date.now());
}

function hear(event: GutsEvent): void {
  hearMigration(event);
  hearActivity(event, Date.now());
  if (event.kind === 'connection') void (event.side === 'source' ? sources : destinations).load();
  if (event.kind === 'connection' || event.kind === 'inventory') void details.load();
  if (event.kind === 'plan') void plans.load();
  if (event.kind === 'gap') void loadAll();
  for (const one of others) one(event);
}
