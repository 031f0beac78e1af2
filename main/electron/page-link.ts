/** Where the page is sent: at once when it is there, with its first question when it is not yet. */
import type { WebContents } from 'electron';

export class PageLink {
  readonly #send: (path: string) => void;
  #isThere = false;
  #waiting: string | null = null;

  /** @param first where a program that was started by a link begins */
  constructor(page: Pick<WebContents, 'on'>, send: (path: string) => void, first: string | null) {
    this.#send = send;
    this.#waiting = first;
    page.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.#isThere = false;
    });
    page.on('render-process-gone', () => (this.#isThere = false));
  }

  go(path: string): void {
    if (this.#isThere) this.#send(path);
    else this.#waiting = path;
  }

  /** The page has begun, and asks. */
  take(): string | null {
    this.#isThere = true;
    const path = this.#waiting;
    this.#waiting = null;
    return path;
  }
}
