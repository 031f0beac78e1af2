/** Prints reports as PDF, as the browser prints them: in a window that nobody sees, which runs nothing and reaches nothing. */
import { BrowserWindow, type Session } from 'electron';
import { randomUUID } from 'node:crypto';
import { scheme } from './scheme.ts';

const HOST = `${scheme}://report/`;
/** The page's own policy holds as well; it names the one style. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/** In inches. */
const MARGINS = { top: 0.6, bottom: 0.75, left: 0.55, right: 0.55 };
const FOOT =
  '<div style="width:100%;padding:0 0.55in;font:8px system-ui,sans-serif;color:#566070;display:flex;justify-content:space-between">' +
  '<span class="title"></span><span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>';

/** One report is printed within a second; a page of many takes longer. */
const longestMs = (html: string): number => 20_000 + html.length / 200;

export class ReportPrinter {
  readonly #session: Session;
  /** Pages that are being printed, by their addresses. */
  readonly #pages = new Map<string, string>();
  /** Chromium did not come to an end with one, and prints nothing any more as long as this program runs. */
  #isStuck = false;

  /** @param session of its own, which keeps nothing */
  constructor(session: Session) {
    this.#session = session;
    session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
    session.setPermissionCheckHandler(() => false);
    session.on('will-download', (event) => event.preventDefault());
    session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !this.#pages.has(url) }));
    session.protocol.handle(scheme, ({ url }) => {
      const page = this.#pages.get(url);
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY };
      return page === undefined
        ? new Response('There is no such page.', { status: 404 })
        : new Response(page, { headers });
    });
  }

  /** Null where it is not printed in time: then somebody else has to write it. */
  async print(html: string): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#isStuck) return null;
    const url = HOST + randomUUID();
    this.#pages.set(url, html);
    const window = new BrowserWindow({
      show: false,
      webPreferences: {
        session: this.#session,
        javascript: false,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
        spellcheck: false,
      },
    });
    try {
      const pdf = await within(longestMs(html), printed(window, url));
      if (pdf === null) this.#isStuck = true; // whatever another that runs beside it comes to
      return pdf;
    } finally {
      this.#pages.delete(url);
      window.destroy();
    }
  }
}

async function printed(window: BrowserWindow, url: string): Promise<Uint8Array<ArrayBuffer>> {
  await window.loadURL(url);
  const pdf = await window.webContents.printToPDF({
    pageSize: 'A4',
    printBackground: true,
    margins: MARGINS,
    displayHeaderFooter: true,
    headerTemplate: '<span></span>',
    footerTemplate: FOOT,
  });
  return new Uint8Array(pdf);
}

/** Null where it takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
