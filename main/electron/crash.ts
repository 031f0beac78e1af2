/** A page that breaks is loaded again once; when it breaks again soon, somebody is asked what to do. */
import type { RenderProcessGoneDetails, WebContents } from 'electron';

export type AfterCrash = 'reopen' | 'logBundle' | 'quit';

export interface CrashParts {
  readonly page: Pick<WebContents, 'on' | 'reload' | 'isDestroyed'>;
  readonly now: () => number;
  readonly ask: () => Promise<AfterCrash>;
  readonly saveLogBundle: () => Promise<void>;
  readonly quit: () => void;
  /** The page and all that it showed is gone. */
  readonly onGone: (details: RenderProcessGoneDetails) => void;
}

/** Beyond this, a second break is another story. */
const SOON_MS = 10 * 60_000;
/** Ended on purpose, as when the window closes. */
const peaceful: readonly RenderProcessGoneDetails['reason'][] = ['clean-exit'];

export class CrashGuard {
  readonly #parts: CrashParts;
  #lastMs = -Infinity;
  #cameBack = false;

  constructor(parts: CrashParts) {
    this.#parts = parts;
    parts.page.on('render-process-gone', (_event, details) => {
      if (!peaceful.includes(details.reason)) void this.#recover(details);
    });
  }

  /** Whether the page that asks comes back after a break; told once. */
  takeCameBack(): boolean {
    const was = this.#cameBack;
    this.#cameBack = false;
    return was;
  }

  async #recover(details: RenderProcessGoneDetails): Promise<void> {
    const { page, now, ask, saveLogBundle, quit, onGone } = this.#parts;
    onGone(details);
    const isAgain = now() - this.#lastMs < SOON_MS;
    this.#lastMs = now();
    for (let choice = isAgain ? await ask() : 'reopen'; ; choice = await ask()) {
      if (choice === 'quit') {
        quit();
        return;
      }
      if (choice === 'reopen') break;
      await saveLogBundle();
    }
    if (page.isDestroyed()) return;
    this.#cameBack = true;
    page.reload();
  }
}
