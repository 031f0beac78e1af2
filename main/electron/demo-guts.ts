/** The Guts of the demo: a second one in this process, with simulators, a data folder, a log and a vault that go with it. */
import { rm } from 'node:fs/promises';
import * as path from 'node:path';
import { DemoWorld } from '../demo-world.ts';
import { setUpDemo } from '../demo-set-up.ts';
import { LogFile } from '../logs/log-file.ts';
import { Log } from '../logs/log.ts';
import { Redactor } from '../logs/redactor.ts';
import { tellLog } from '../logs/tell-log.ts';
import type { EngineStatus } from '../shared/engine.ts';
import { GutsError, RemoteError } from '../shared/errors.ts';
import { findDaemon } from '../store/data-lock.ts';
import { WindowGuts, type WindowGutsOptions } from './guts.ts';

/** What is copied comes to a halt within a moment, and nobody needs what does not. */
const PARKING_MS = 5_000;

/** What a demo has of the window around it. */
export interface DemoGutsOptions extends Pick<WindowGutsOptions, 'pageFolder'> {
  /** Of the real Guts: the demo keeps its own below it. */
  readonly dataDir: string;
  /** Gets why a demo could not be had: its own log is gone with it then. */
  readonly onDetail: (detail: string) => void;
}

class DemoHeldError extends GutsError {
  readonly code = 'demo.held';
  readonly remedy = 'End the demo in the other window, then start one here.';
}

export class DemoGuts implements AsyncDisposable {
  readonly guts: WindowGuts;
  readonly dataDir: string;
  readonly #folder: string;
  readonly #world: DemoWorld;
  readonly #log: Log;

  private constructor(guts: WindowGuts, folder: string, world: DemoWorld, log: Log) {
    this.guts = guts;
    this.dataDir = ownIn(folder);
    this.#folder = folder;
    this.#world = world;
    this.#log = log;
  }

  /** @throws GutsError; nothing of the demo is left then */
  static async start({ dataDir, onDetail, ...options }: DemoGutsOptions, signal: AbortSignal): Promise<DemoGuts> {
    const folder = path.join(dataDir, 'demo');
    const own = ownIn(folder);
    if ((await findDaemon(own, 0)) !== null) throw new DemoHeldError('Another window of Guts shows its demo now.');
    await remove(folder); // of a demo whose program was ended in the middle
    const world = await DemoWorld.start({ uploads: path.join(folder, 'uploads') });
    const redactor = new Redactor();
    const log = new Log({ redactor, places: [new LogFile(own)] });
    let told = (_status: EngineStatus): void => {};
    const guts = new WindowGuts({
      ...options,
      dataDir: own,
      isDemo: true,
      port: 0,
      env: { GUTS_VAULT: 'memory' },
      onChange: (status) => told(status),
      onDaemon: (daemon) => tellLog(daemon.events, log),
      onSecret: (secret) => redactor.know(secret),
      redact: (text) => redactor.redact(text),
      onDetail: (detail) => log.detail(detail),
    });
    const demo = new DemoGuts(guts, folder, world, log);
    try {
      const settled = new Promise<EngineStatus>((resolve) => {
        told = (status) => {
          if (status.state !== 'starting') resolve(status);
        };
      });
      guts.start();
      const status = await settled;
      if (status.state === 'failed') throw new RemoteError(status.error);
      await setUpDemo(async (request) => await guts.fetch(request), world.facts, signal);
      return demo;
    } catch (error) {
      onDetail(String(error));
      await demo[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Nothing is undone: the clouds in which it would have to be go as well. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.guts.stop(PARKING_MS);
    await this.#world[Symbol.asyncDispose]();
    await this.#log[Symbol.asyncDispose]();
    await remove(this.#folder);
  }
}

const ownIn = (folder: string): string => path.join(folder, 'data');

const remove = async (folder: string): Promise<void> =>
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
