/** The Guts of the demo: a second one in this process, with simulators, a data folder and a vault that go with it. */
import { rm } from 'node:fs/promises';
import * as path from 'node:path';
import { DemoWorld } from '../demo-world.ts';
import { setUpDemo } from '../demo-set-up.ts';
import type { EngineStatus } from '../shared/engine.ts';
import { GutsError, RemoteError } from '../shared/errors.ts';
import { findDaemon } from '../store/data-lock.ts';
import { WindowGuts, type WindowGutsOptions } from './guts.ts';

/** What is copied comes to a halt within a moment, and nobody needs what does not. */
const PARKING_MS = 5_000;

/** What a demo has of the window around it. */
export interface DemoGutsOptions extends Pick<WindowGutsOptions, 'pageFolder' | 'onSecret' | 'onDetail'> {
  /** Of the real Guts: the demo keeps its own below it. */
  readonly dataDir: string;
}

class DemoHeldError extends GutsError {
  readonly code = 'demo.held';
  readonly remedy = 'End the demo in the other window, then start one here.';
}

export class DemoGuts implements AsyncDisposable {
  readonly guts: WindowGuts;
  readonly #folder: string;
  readonly #world: DemoWorld;

  private constructor(guts: WindowGuts, folder: string, world: DemoWorld) {
    this.guts = guts;
    this.#folder = folder;
    this.#world = world;
  }

  /** @throws GutsError; nothing of the demo is left then */
  static async start({ dataDir, ...options }: DemoGutsOptions, signal: AbortSignal): Promise<DemoGuts> {
    const folder = path.join(dataDir, 'demo');
    const own = path.join(folder, 'data');
    if ((await findDaemon(own, 0)) !== null) throw new DemoHeldError('Another window of Guts shows its demo now.');
    await remove(folder); // of a demo whose program was ended in the middle
    const world = await DemoWorld.start({ uploads: path.join(folder, 'uploads') });
    let told = (_status: EngineStatus): void => {};
    const guts = new WindowGuts({
      ...options,
      dataDir: own,
      isDemo: true,
      port: 0,
      env: { GUTS_VAULT: 'memory' },
      onChange: (status) => told(status),
    });
    const demo = new DemoGuts(guts, folder, world);
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
      await demo[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Nothing is undone: the clouds in which it would have to be go as well. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.guts.stop(PARKING_MS);
    await this.#world[Symbol.asyncDispose]();
    await remove(this.#folder);
  }
}

const remove = async (folder: string): Promise<void> =>
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
