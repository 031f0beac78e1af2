/** The Guts that the window shows: its own, one elsewhere, or for a while that of a demo. Its own goes on meanwhile. */
import type { EngineStatus } from '../shared/engine.ts';
import type { KeptEngine } from '../shared/engines.ts';
import { DemoGuts, type DemoGutsOptions } from './demo-guts.ts';
import { FarGuts, type FarGutsOptions } from './far-guts.ts';
import { WindowGuts, type WindowGutsOptions } from './guts.ts';

export interface ShownGutsOptions extends WindowGutsOptions, Pick<FarGutsOptions, 'pace'> {
  /** Is told of its own, whichever is shown. */
  readonly onReal: (status: EngineStatus) => void;
  /** For an engine elsewhere. @throws GutsError where none is known */
  readonly tokenOf: (engine: KeptEngine) => Promise<string>;
}

export class ShownGuts {
  readonly #real: WindowGuts;
  readonly #options: ShownGutsOptions;
  readonly #ended = new AbortController();
  #far: FarGuts | null = null;
  #demo: DemoGuts | null = null;
  /** Demos start and end one after another. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param options `onChange` is told of the one that is shown */
  constructor({ onReal, ...options }: ShownGutsOptions) {
    this.#options = { onReal, ...options };
    this.#real = new WindowGuts({
      ...options,
      onChange: (status) => {
        onReal(status);
        this.#tell();
      },
    });
  }

  get status(): EngineStatus {
    const { status } = this.#real;
    if (this.#demo !== null) return this.#demo.guts.status;
    // The vault has the token of what is elsewhere as well; and everything ends together.
    return this.#far === null || status.state === 'locked' || status.state === 'stopping' ? status : this.#far.status;
  }

  /** Of the one that is shown on this computer: its log is there. */
  get dataDir(): string {
    return this.#demo?.dataDir ?? this.#options.dataDir;
  }

  /** For what is about this computer only: the tray, notices, secrets, quitting with work under way. */
  get real(): Pick<WindowGuts, 'status' | 'fetch' | 'vault'> {
    return this.#real;
  }

  /** Starts its own, or starts it again after it failed; tries again at once what is elsewhere. */
  start(): void {
    this.#real.start();
    this.#far?.look();
  }

  /** The passphrase that its own waits for: a demo keeps nothing. */
  unlock(passphrase: string | null): void {
    this.#real.unlock(passphrase);
  }

  async fetch(request: Request): Promise<Response> {
    return await (this.#demo?.guts ?? this.#far ?? this.#real).fetch(request);
  }

  /** Shows an engine elsewhere; null shows its own again. What runs there goes on, whichever is shown. */
  show(engine: KeptEngine | null): void {
    this.#far?.stop();
    this.#far = null;
    if (engine !== null && !this.#ended.signal.aborted) {
      const { tokenOf, pace } = this.#options;
      const far = new FarGuts({
        engine,
        token: async () => await tokenOf(engine),
        onChange: () => this.#tell(),
        ...(pace === undefined ? {} : { pace }),
      });
      this.#far = far;
      far.look();
    }
    this.#tell();
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

  /** Shows what was shown before, and removes everything of the demo. */
  async endDemo(): Promise<void> {
    await this.#next(async () => {
      const demo = this.#demo;
      if (demo === null) return;
      this.#demo = null;
      this.#options.onChange(this.status);
      await demo[Symbol.asyncDispose]();
    });
  }

  /** Parks what runs in its own; a demo ends with everything. */
  async stop(): Promise<void> {
    this.#ended.abort();
    this.#far?.stop();
    await Promise.all([this.endDemo(), this.#real.stop()]);
  }

  #tell(): void {
    if (this.#demo === null) this.#options.onChange(this.status);
  }

  async #next(work: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {}); // whoever asked hears of it
    await mine;
  }
}
