/** What happens when the window asks something of the desktop program. */
import type { App, Clipboard } from 'electron';
import * as path from 'node:path';
import { reportHtml } from '../reports/html.ts';
import { reportPdf } from '../reports/pdf/report-pdf.ts';
import { summaryPdf } from '../reports/pdf/summary-pdf.ts';
import { summaryHtml } from '../reports/summary-html.ts';
import { ApiClient } from '../shared/client/client.ts';
import type { AppFacts, Handlers } from '../shared/contract.ts';
import type { DesktopLanguage, MenuPlace, QuitAnswer, WindowNews } from '../shared/desktop.ts';
import type { ChoicesFile } from './choices.ts';
import type { EngineHandlers } from './engine-handlers.ts';
import type { ShownGuts } from './shown-guts.ts';
import type { ReportWish } from '../shared/report-wish.ts';
import type { ReportPrinter } from './pdf.ts';
import { pageOrigin } from './scheme.ts';
import type { ThemeFile } from './theme-file.ts';
import type { Updates } from './updates.ts';

export interface HandlerParts {
  readonly app: App;
  readonly clipboard: Clipboard;
  readonly guts: ShownGuts;
  readonly printer: ReportPrinter;
  readonly theme: ThemeFile;
  readonly choices: ChoicesFile;
  readonly updates: Updates;
  readonly engines: EngineHandlers;
  readonly desktop: DesktopDeeds;
}

/** What takes the whole of the desktop program. */
export interface DesktopDeeds {
  news(): WindowNews;
  setPlaces(places: readonly MenuPlace[]): void;
  speak(language: DesktopLanguage): Promise<void>;
  answer(answer: QuitAnswer): void;
  openLink(url: string): Promise<void>;
  openFolder(which: 'logs' | 'licences'): Promise<void>;
}

const done = async (): Promise<null> => await Promise.resolve(null);

export function handlersFor({
  app,
  clipboard,
  guts,
  printer,
  theme,
  choices,
  updates,
  engines,
  desktop,
}: HandlerParts): Handlers {
  const facts = factsOf(app);
  return {
    'app.facts': async () => facts,
    'app.versions': async () => [
      { name: 'Guts', version: app.getVersion() },
      { name: 'Electron', version: process.versions.electron ?? '' },
      { name: 'Chromium', version: process.versions['chrome'] ?? '' },
      { name: 'Node', version: process.versions.node },
      { name: process.platform, version: `${process.getSystemVersion()} ${process.arch}` },
    ],
    'engine.status': async () => guts.status,
    'engine.restart': async () => {
      guts.start();
      return await done();
    },
    'engine.unlock': async ({ passphrase }) => {
      guts.unlock(passphrase);
      return await done();
    },
    ...engines,
    'demo.start': async () => {
      await guts.startDemo();
      return null;
    },
    'demo.end': async () => {
      await guts.endDemo();
      return null;
    },
    'clipboard.write': async ({ text }) => {
      clipboard.writeText(text);
      return await done();
    },
    'report.pdf': async ({ of }) => await reportPdfOf(guts, printer, of),
    'theme.set': async ({ theme: wish }) => {
      await theme.set(wish);
      return null;
    },
    'language.set': async ({ language }) => {
      await desktop.speak(language);
      return null;
    },
    'window.news': async () => desktop.news(),
    'menu.places': async ({ places }) => {
      desktop.setPlaces(places);
      return await done();
    },
    'quit.answer': async ({ answer }) => {
      desktop.answer(answer);
      return await done();
    },
    'closing.get': async () => choices.choices.closing,
    'closing.set': async ({ closing }) => (await choices.change({ closing })).closing,
    'notifications.get': async () => choices.choices.notices,
    'notifications.set': async (notices) => (await choices.change({ notices })).notices,
    'updates.get': async () => updates.state,
    'updates.set': async ({ channel, feed }) => await updates.set(channel, feed),
    'updates.check': async () => await updates.check(),
    'link.open': async ({ url }) => {
      await desktop.openLink(url);
      return null;
    },
    'folder.open': async ({ which }) => {
      await desktop.openFolder(which);
      return null;
    },
  };
}

/** As the browser prints it, else plainly. What is printed is asked for here; the page does not say what that is. */
async function reportPdfOf(guts: ShownGuts, printer: ReportPrinter, of: ReportWish): Promise<Uint8Array<ArrayBuffer>> {
  const client = new ApiClient(async (request) => await guts.fetch(request), { baseUrl: pageOrigin });
  if ('id' in of) {
    const report = await client.call('reports.show', of);
    return (await printer.print(reportHtml(report))) ?? new Uint8Array(reportPdf(report));
  }
  const summary = await client.call('reports.summary', of.scope);
  return (await printer.print(summaryHtml(summary))) ?? new Uint8Array(summaryPdf(summary));
}

/** The command line lies beside the window: in a checkout behind npm, in a package as a file that Node 20 can run. */
function factsOf(app: Pick<App, 'isPackaged' | 'getAppPath' | 'getVersion'>): AppFacts {
  const common = { version: app.getVersion(), platform: process.platform };
  if (!app.isPackaged) return { ...common, command: 'npm run -s guts --', commandFolder: app.getAppPath() };
  return {
    ...common,
    command: `node "${path.join(`${app.getAppPath()}.unpacked`, 'out', 'cli.cjs')}"`,
    commandFolder: null,
  };
}
