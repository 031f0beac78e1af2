/** What is asked of whoever works on a migration, in this process or another: a file that appears beside its journal. */
import { access, rm, watch, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { MigrationId } from '../../../main/shared/migration.ts';

const WISHES = ['cancel', 'pause'] as const;
export type Wish = (typeof WISHES)[number];

/** True grants it, false refuses it, and null leaves it for later. */
export type Answer = (wish: Wish) => boolean | null;

export class Wishes {
  readonly #folder: string;
  readonly #id: MigrationId;

  constructor(folder: string, id: MigrationId) {
    this.#folder = folder;
    this.#id = id;
  }

  /** @param isOver says whether to wait no longer; a wish that is not held any more was refused, or nobody is there to hear it */
  async ask(wish: Wish, isOver: (isHeld: boolean) => Promise<boolean>, signal: AbortSignal): Promise<void> {
    await writeFile(this.#file(wish), '');
    for await (const _change of changes(this.#folder, signal)) {
      const isHeld = await this.#isThere(wish);
      if (await isOver(isHeld)) return;
    }
  }

  /** Asks for an answer to each wish as it appears, and to one that was left for later again and again; until it is disposed. */
  listen(answer: Answer): Disposable {
    const stop = new AbortController();
    const granted = new Set<Wish>();
    const look = async (): Promise<void> => {
      for (const wish of WISHES) {
        if (granted.has(wish) || !(await this.#isThere(wish)) || stop.signal.aborted) continue;
        const isGranted = answer(wish);
        if (isGranted === true) granted.add(wish);
        else if (isGranted === false) await rm(this.#file(wish), { force: true }); // which is how it is told
      }
    };
    void (async () => {
      for await (const _change of changes(this.#folder, stop.signal)) await look();
    })().catch(() => {}); // the folder went away: nobody can wish anything there
    return { [Symbol.dispose]: () => stop.abort() };
  }

  /** Forgets them: they were about something that is over. */
  async drop(): Promise<void> {
    for (const wish of WISHES) await rm(this.#file(wish), { force: true });
  }

  async #isThere(wish: Wish): Promise<boolean> {
    return await access(this.#file(wish)).then(
      () => true,
      () => false,
    );
  }

  #file(wish: Wish): string {
    return path.join(this.#folder, `${this.#id}.${wish}`);
  }
}

/** Yields at once, and again whenever something in the folder may have changed, but at least twice a second. */
async function* changes(folder: string, signal: AbortSignal): AsyncGenerator<void, void, void> {
  while (!signal.aborted) {
    yield;
    const round = AbortSignal.any([signal, AbortSignal.timeout(500)]);
    try {
      for await (const _event of watch(folder, { signal: round })) break;
    } catch (error) {
      if ((error as Error).name !== 'AbortError') throw error;
    }
  }
}
