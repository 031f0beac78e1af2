/** The Guts that the window shows: the real one, or for a while that of a demo. The real one goes on meanwhile. */
import type { EngineStatus } from '../shared/engine.ts';
import { DemoGuts, type DemoGutsOptions } from './demo-guts.ts';
import { WindowGuts, type WindowGutsOptions } from './guts.ts';

export class ShownGuts {
  readonly #real: WindowGuts;
  readonly #options: WindowGutsOptions;
  readonly #ended = new AbortController();
  #demo: DemoGuts | null = null;
  /** Demos start and end one after another. */
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * @param options of the real one; `onChange` is told of the one that is shown
   * @param onReal is told of the real one, whichever is shown
   */
  constructor(options: WindowGutsOptions, onReal: (status: EngineStatus) => void) {
    this.#options = options;
    this.#real = new WindowGuts({
      ...options,
      onChange: (status) => {
        onReal(status);
        if (this.#demo === null) options.onChange(status);
      },
    });
  }

  get status(): EngineStatus {
    return this.#shown.status;
  }

  /** Of the one that is shown: its log is there. */
  get dataDir(): string {
    return this.#demo?.dataDir ?? this.#options.dataDir;
  }

  /** For what is about real machines only: the tray, notices, quitting with work under way. */
  get real(): Pick<WindowGuts, 'status' | 'fetch'> {
    return this.#real;
  }

  /** Starts the real one, or starts it again after it failed. */
  start(): void {
    this.#real.start();
  }

  /** The passphrase that the real one waits for: a demo keeps nothing. */
  unlock(passphrase: string | null): void {
    this.#real.unlock(passphrase);
  }

  async fetch(request: Request): Promise<Response> {
    return await this.#shown.fetch(request);
  }

  /** Shows a demo once it can be worked with; does nothing where one is shown. @throws GutsError where it cannot be had */
  async startDemo(): Promise<void> {
    await this.#next(async () => {
      if (this.#demo !== null) return;
      const { dataDir, pageFolder, onDetail = () => {} } = this.#options;
      const options: DemoGutsOptions = {
        dataDir,
        onDetail,
        ...(pageFolder === undefined ? {} : { pageFolder }),
      };
      this.#demo = await DemoGuts.start(options, this.#ended.signal);
      this.#options.onChange(this.status);
    });
  }

  /** Shows the real one again, and removes everything of the demo. */
  async endDemo(): Promise<void> {
    await this.#next(async () => {
      const demo = this.#demo;
      if (demo === null) return;
      this.#demo = null;
      this.#options.onChange(this.status);
      await demo[Symbol.asyncDispose]();
    });
  }

  /** Parks what runs in the real one; a demo ends with everything. */
  async stop(): Promise<void> {
    this.#ended.abort();
    await Promise.all([this.endDemo(), this.#real.stop()]);
  }

  get #shown(): WindowGuts {
    return this.#demo?.guts ?? this.#real;
  }

  async #next(work: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {}); // whoever asked hears of it
    await mine;
  }
}
