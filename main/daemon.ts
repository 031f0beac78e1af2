/** The daemon: a host that has the data folder to itself, works off the queue, and answers on a port until it is stopped. */
import { version } from '../package.json';
import { OpenAccess } from './access/open-access.ts';
import { accessHandlers } from './access/handlers.ts';
import { makeApp, type App } from './api/app.ts';
import { pageFrom } from './api/page.ts';
import { serveOn, type ServeOptions } from './api/server.ts';
import { KeptAnswers } from './api/kept-answers.ts';
import { Host, type DaemonHost, type DaemonHostOptions } from './host.ts';
import { stateIn, type OpenedState, type State } from './state.ts';
import type { MigrationId } from './shared/migration.ts';
import type { EventHub } from './events.ts';
import type { VaultStatus } from './shared/vault.ts';
import { DataLock } from './store/data-lock.ts';
import { demandNoWorker } from './store/folder-role.ts';
import { demandOwnState } from './store/sql/mark.ts';
import { UploadStore } from './store/uploads.ts';

export interface DaemonOptions extends ServeOptions, DaemonHostOptions {
  /** The folder with the window's page, for browsers; without it none is served. */
  readonly pageFolder?: string | null;
  /** Opens a state that several servers share; the data folder has it without this. */
  readonly openState?: () => Promise<OpenedState>;
}

/** What runs gets so long to come to a halt where it can go on later. */
const PARKING_MS = 60_000;

interface Opened {
  readonly url: string;
  readonly vault: VaultStatus;
  readonly host: DaemonHost;
  readonly app: App;
  readonly lock: DataLock;
  readonly opened: readonly AsyncDisposable[];
}

export class Daemon {
  readonly url: string;
  /** Where secrets are kept, as it was at the start. */
  readonly vault: VaultStatus;
  readonly #host: DaemonHost;
  readonly #app: App;
  readonly #lock: DataLock;
  /** Last opened, first closed: nobody comes in any more when the rest goes. */
  readonly #opened: readonly AsyncDisposable[];

  private constructor({ url, vault, host, app, lock, opened }: Opened) {
    this.url = url;
    this.vault = vault;
    this.#host = host;
    this.#app = app;
    this.#lock = lock;
    this.#opened = opened;
  }

  /** What happens in it. */
  get events(): EventHub {
    return this.#host.events;
  }

  /** Answers as over the network, to who is in the same process; the request carries a token all the same. */
  async fetch(request: Request): Promise<Response> {
    return await this.#app.fetch(request);
  }

  /** @throws DataFolderHeldError, and why the port or the files cannot be had; nothing stays open then */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const { dataDir, onDetail, pageFolder = null } = options;
    const opened: AsyncDisposable[] = [];
    const keep = <T extends AsyncDisposable>(one: T): T => {
      opened.unshift(one);
      return one;
    };
    try {
      const lock = keep(await DataLock.take(dataDir));
      await demandNoWorker(dataDir);
      if (options.openState === undefined) await demandOwnState(dataDir);
      const state = options.openState === undefined ? stateIn(dataDir) : keep(await options.openState());
      const host = keep(await Host.forDaemon({ ...options, state }));
      const access = keep(await OpenAccess.open({ dataDir, state, connections: host.connections }));
      const keptAnswers = await KeptAnswers.open(dataDir);
      keep({ [Symbol.asyncDispose]: async () => await Promise.resolve(keptAnswers[Symbol.dispose]()) });
      const handlers = { ...host.handlers, ...accessHandlers(access) };
      const figures = async () => await host.figures();
      const app = makeApp({
        handlers,
        events: host.events,
        access,
        about: { version },
        uploads: new UploadStore(dataDir),
        keptAnswers,
        catchUp: async () => await caughtUp(state, onDetail),
        figures,
        readiness: async () => await host.readiness(),
        page: pageFolder === null ? null : pageFrom(pageFolder),
        onDetail,
      });
      const server = keep(await serveOn(app, options));
      keep({ [Symbol.asyncDispose]: async () => await Promise.resolve(app[Symbol.dispose]()) });
      const vault = await host.vault.status();
      await lock.announce({ url: server.url, fingerprint: server.fingerprint, version });
      await host.begin();
      return new Daemon({ url: server.url, vault, host, app, lock, opened });
    } catch (error) {
      for (const one of opened) await one[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Takes no requests any more, parks what runs, and lets go of the data folder.
   * @param parkingMs how long what runs has for that
   * @returns migrations that could not be parked: as after a crash, they go on where they stand
   */
  async stop(parkingMs = PARKING_MS): Promise<readonly MigrationId[]> {
    await this.#lock.unannounce();
    const [listeners, server, ...rest] = this.#opened;
    await listeners?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    const left = await this.#host.park(parkingMs);
    for (const one of rest) await one[Symbol.asyncDispose]();
    return left;
  }
}

/** What stands in the way of it stands in the way of what comes next, or of nothing that it needs: that tells. */
async function caughtUp(state: State, onDetail: DaemonOptions['onDetail']): Promise<void> {
  if (state.catchUp === undefined || state.trouble?.() !== undefined) return;
  await state.catchUp().catch((error: unknown) => onDetail?.(error instanceof Error ? error.message : String(error)));
}
