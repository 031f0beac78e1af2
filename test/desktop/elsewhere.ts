/** For stories of engines elsewhere: a desktop program’s Guts and its book without a window, and what its page is told. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { ChoicesFile } from '../../main/electron/choices.ts';
import { EngineBook } from '../../main/electron/engine-book.ts';
import { ShownGuts } from '../../main/electron/shown-guts.ts';
import { ApiClient } from '../../main/shared/client/client.ts';
import type { EngineStatus } from '../../main/shared/engine.ts';
import type { KeptEngine } from '../../main/shared/engines.ts';
import { until } from '../support/until.ts';

export interface Room extends AsyncDisposable {
  readonly guts: ShownGuts;
  readonly book: EngineBook;
  /** As the page asks: whichever is shown. */
  readonly page: ApiClient;
  /** This computer’s own, whichever is shown. */
  readonly own: ApiClient;
  /** What the page was told, oldest first. */
  readonly told: readonly EngineStatus[];
  readonly secrets: readonly string[];
  /** What the profile has of it. */
  profile(): string;
  shown(isSo: (status: EngineStatus) => boolean): Promise<EngineStatus>;
}

/** Looks often, so that no story waits; with the patience of every day, for a computer that is busy is not out of reach. */
const pace = { lookEveryMs: 100, firstPauseMs: 50, longestPauseMs: 200, patienceMs: 10_000 };

/** @param folder keeps everything; of an earlier room, to go on there */
export async function openRoom(folder: string): Promise<Room> {
  const file = path.join(folder, 'profile', 'desktop.json');
  const told: EngineStatus[] = [];
  const secrets: string[] = [];
  const guts: ShownGuts = new ShownGuts({
    dataDir: path.join(folder, 'own'),
    env: { GUTS_VAULT: 'file', GUTS_VAULT_PASSPHRASE_FILE: path.join(folder, 'passphrase') },
    port: 0,
    pace,
    onChange: (status) => void told.push(status),
    onReal: () => {},
    tokenOf: async ({ id }) => await book.token(id),
    onSecret: (secret) => void secrets.push(secret),
    onDetail: () => {},
  });
  const choices = new ChoicesFile(file);
  const book = new EngineBook({ choices, vault: async () => await guts.real.vault(), onChange: () => {} });
  guts.start();
  guts.show(book.shown);
  await until(
    async () => await Promise.resolve(guts.real.status),
    ({ state }) => state === 'running',
  );
  const baseUrl = 'http://127.0.0.1';
  return {
    guts,
    book,
    page: new ApiClient(async (request) => await guts.fetch(request), { baseUrl }),
    own: new ApiClient(async (request) => await guts.real.fetch(request), { baseUrl }),
    told,
    secrets,
    profile: () => readFileSync(file, 'utf8'),
    shown: async (isSo) => await until(async () => await Promise.resolve(guts.status), isSo),
    [Symbol.asyncDispose]: async () => await guts.stop(),
  };
}

export const isUp = (status: EngineStatus): boolean =>
  status.state === 'running' && status.elsewhere !== null && status.elsewhere.lost === null;
export const isLost = (status: EngineStatus): boolean =>
  status.state === 'running' && status.elsewhere !== null && status.elsewhere.lost !== null;

/** Shows it as the page does. */
export async function show({ guts, book }: Room, engine: KeptEngine | null): Promise<void> {
  await book.show(engine?.id ?? null);
  guts.show(book.shown);
}
