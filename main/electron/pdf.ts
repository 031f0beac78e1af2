/** Prints reports as PDF, as the browser prints them: in a window that nobody sees, which runs nothing and reaches nothing. */
import { BrowserWindow, type Session } from 'electron';
import { randomUUID } from 'node:crypto';
import { GutsError } from '../shared/errors.ts';
import { scheme } from './scheme.ts';

const HOST = `${scheme}://report/`;
/** The page's own policy holds as well; it names the one style. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/** In inches. */
const MARGINS = { top: 0.6, bottom: 0.75, left: 0.55, right: 0.55 };
const FOOT =
  '<div style="width:100%;padding:0 0.55in;font:8px system-ui,sans-serif;color:#566070;display:flex;justify-content:space-between">' +
  '<span class="title"></span><span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>';

/** Of 500 reports; one is printed within a second. */
const LONGEST_MS = 120_000;

class NotPrintedError extends GutsError {
  readonly code = 'report.not-printed';
  readonly remedy = 'Save the report as HTML and print that, or let “guts report --format pdf” write it.';
  override readonly retryable = true;
}

export class ReportPrinter {
  readonly #session: Session;
  /** Pages that are being printed, by their addresses. */
  readonly #pages = new Map<string, string>();

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

  async print(html: string): Promise<Uint8Array<ArrayBuffer>> {
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
      return await inTime(printed(window, url));
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

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NotPrintedError('The report was not printed in time.')), LONGEST_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
