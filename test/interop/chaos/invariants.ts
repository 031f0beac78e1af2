/** What holds after every fault: nothing lost, nothing done twice, one writer at a time, nothing left over, and the journals tell it. */
import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
import type { MigrationId } from '../../../main/shared/migration.ts';
import type { LabWrite } from '../../lab/openstack/start.ts';
import { WORKERS, type Scene } from './scene.ts';

const SOON = { timeout: 120_000, interval: 1000 };

/** @param about is told with what does not hold */
export async function everythingHolds(scene: Scene, ids: readonly MigrationId[], about: string): Promise<void> {
  const records = await scene.records(ids);
  for (const { request, stage, ledger, error } of records)
    expect({ id: request.id, stage, ledger, error }, about).toMatchObject({ stage: 'done', ledger: [], error: null });
  for (const id of ids) await journalHolds(scene, id, about);
  expect(twoWriters(scene.estate.writes), about).toEqual([]);
  await cloudHolds(scene, about);
  await nothingIsLeft(scene, about);
}

/** Each line under one token after the other, in its place; and one end. */
async function journalHolds(scene: Scene, id: MigrationId, about: string): Promise<void> {
  const lines = await scene.journal(id);
  const entries = lines.map((line) => JSON.parse(line) as { what: string; by?: { token: number; number: number } });
  const tokens = entries.flatMap(({ by }) => by?.token ?? []);
  expect(tokens, `${id} ${about}`).toEqual(tokens.toSorted((a, b) => a - b));
  for (const [place, { by }] of entries.entries())
    if (by !== undefined) expect(by.number, `${id} ${about}`).toBe(place);
  expect(lines.filter((line) => line.includes('"stage":"done"')).length, `${id} ${about}`).toBe(1);
}

/** One server that runs for each machine that was ever moved, and nothing else of Guts. */
async function cloudHolds({ fleet, estate }: Scene, about: string): Promise<void> {
  const names: string[] = [];
  for await (const { request, stage } of fleet.daemon.client.all('migrations.list', { limit: 1000 }))
    if (stage === 'done') names.push(`${request.vm.name} ACTIVE`);
  const { servers, images, volumes, ports } = estate.cloud.state();
  expect(servers.map(({ name, status }) => `${name} ${status}`).toSorted(), about).toEqual(names.toSorted());
  const ours = [...images, ...volumes, ...ports].filter(({ name }) => (name ?? '').startsWith('guts-'));
  expect(ours, about).toEqual([]);
}

async function nothingIsLeft({ fleet, estate }: Scene, about: string): Promise<void> {
  expect((await fleet.daemon.client.call('tidy.run', {})).leftovers, about).toEqual([]);
  const leases = (): unknown[] =>
    estate.vcenter.state().leases.filter(({ state }) => state === 'ready' || state === 'initializing');
  await expect.poll(leases, { ...SOON, message: about }).toEqual([]);
  const kept = (): string[] => WORKERS.flatMap((name) => readdirSync(fleet.file(name, `${name}-space`)));
  await expect.poll(kept, { ...SOON, message: about }).toEqual([]);
  // Jobs, the truth, and what nobody could deal with; as the broker counted last.
  await expect.poll(async () => await fleet.held(), { ...SOON, message: about }).toEqual([]);
}

interface Tenure {
  readonly from: string;
  readonly firstMs: number;
  lastMs: number;
}

/** Things of the cloud that somebody changed, then somebody else, then the first again. */
export function twoWriters(writes: readonly LabWrite[]): string[] {
  const byTarget = new Map<string, Tenure[]>();
  for (const { atMs, from, path } of writes) {
    const [target] = /(images|servers|volumes|ports|floatingips)\/[0-9a-f-]{32,36}/.exec(path) ?? [];
    if (target === undefined) continue;
    const tenures = byTarget.get(target) ?? [];
    byTarget.set(target, tenures);
    const last = tenures.at(-1);
    if (last?.from === from) last.lastMs = atMs;
    else tenures.push({ from, firstMs: atMs, lastMs: atMs });
  }
  return [...byTarget].flatMap(([target, tenures]) => {
    const hands = tenures.map(({ from }) => from);
    return new Set(hands).size === hands.length ? [] : [`${target}: ${hands.join(', ')}`];
  });
}
