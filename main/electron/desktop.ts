/** The desktop program once there is a screen: one window over one Guts, and all that goes with it. */
import {
  app,
  clipboard,
  ipcMain,
  nativeTheme,
  powerMonitor,
  screen,
  session,
  shell,
  type BrowserWindow,
} from 'electron';
import * as path from 'node:path';
import { pageFrom } from '../api/page.ts';
import type { Log } from '../logs/log.ts';
import type { Redactor } from '../logs/redactor.ts';
import { tellLog } from '../logs/tell-log.ts';
import { systemClock } from '../scheduler/clock.ts';
import { ApiClient } from '../shared/client/client.ts';
import type { DesktopLanguage, MenuPlace } from '../shared/desktop.ts';
import { Background } from './background.ts';
import { ChoicesFile } from './choices.ts';
import { CrashGuard } from './crash.ts';
import { EngineBook } from './engine-book.ts';
import { engineHandlers } from './engine-handlers.ts';
import { show, showLogs } from './deeds.ts';
import { askAfterCrash, askQuit } from './dialogs.ts';
import { guardSession } from './guards.ts';
import { handlersFor } from './handlers.ts';
import { serve, tell } from './ipc.ts';
import { Leaving } from './leaving.ts';
import { openLink } from './links.ts';
import { saveLogBundle } from './log-bundle.ts';
import { setMenu } from './menu.ts';
import { noticeTextOf } from './notice-text.ts';
import { showNotice } from './notices.ts';
import { ReportPrinter } from './pdf.ts';
import { PageLink } from './page-link.ts';
import { Question } from './question.ts';
import { answersOf, isPage, scheme } from './scheme.ts';
import { ShownGuts } from './shown-guts.ts';
import { ThemeFile } from './theme-file.ts';
import { feedIn, Updates } from './updates.ts';
import { WindowPlaceFile, openingOn } from './window-place.ts';
import { bringForward, openWindow } from './window.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';

export interface DesktopOptions {
  readonly dataDir: string;
  readonly redactor: Redactor;
  readonly log: Log;
  /** The place that a link names, where one has started the program. */
  readonly firstPlace: string | null;
}

/** So long a question waits for what runs; what is known by then must do. */
const COUNT_WITHIN_MS = 2000;

export class Desktop {
  readonly window: BrowserWindow;
  readonly leaving: Leaving;
  readonly #link: PageLink;

  constructor({ dataDir, redactor, log, firstPlace }: DesktopOptions) {
    const { isPackaged } = app;
    const out = path.join(app.getAppPath(), 'out');
    const inProfile = (name: string): string => path.join(app.getPath('userData'), name);
    const choices = new ChoicesFile(inProfile('desktop.json'));
    const theme = new ThemeFile(inProfile('theme.json'), nativeTheme);
    const place = new WindowPlaceFile(inProfile('window.json'));
    const language = (): DesktopLanguage =>
      choices.choices.language ?? (app.getLocale().startsWith('de') ? 'de' : 'en');
    const words = () => (language() === 'de' ? de : en);
    const onDetail = (detail: string): void => log.detail(detail);
    const logging = (what: string) => (error: unknown) => log.error(what, error);

    const pageFolder = path.join(out, 'renderer');
    const guts: ShownGuts = new ShownGuts({
      dataDir,
      pageFolder,
      onChange: (status) => tell(page, 'engine.changed', status),
      onReal: ({ state }) => {
        if (state === 'running') watch.start();
        else watch.stop();
      },
      tokenOf: async ({ id }) => await engines.token(id),
      onDaemon: (daemon) => tellLog(daemon.events, log),
      onSecret: (secret) => redactor.know(secret),
      redact: (text) => redactor.redact(text),
      onDetail,
    });
    const engines = new EngineBook({
      choices,
      vault: async () => await guts.real.vault(),
      onChange: (view) => tell(page, 'engines.changed', view),
    });
    const fetch = async (request: Request): Promise<Response> => await guts.real.fetch(request);
    const client = new ApiClient(fetch, { baseUrl: 'http://guts.invalid' });
    const shown = new ApiClient(async (request) => await guts.fetch(request), { baseUrl: 'http://guts.invalid' });
    /** What is told of this computer’s migrations leads to them, whichever engine is shown. */
    const openOwn = (to: string): void => {
      if (engines.shown === null) return this.open(to);
      engines.show(null).catch(logging('desktop.choices'));
      guts.show(null);
      this.open(to);
    };

    const background = new Background({
      client,
      iconFolder: path.join(out, 'tray'),
      words,
      isWished: (kind) => choices.choices.notices[kind],
      show: (kind, notices) => showNotice(noticeTextOf(words(), language(), kind, notices), (to) => openOwn(to)),
      open: () => this.open(null),
      quit: () => void leaving.quit(),
      onDetail,
      onError: (what, error) => log.error(what, error),
    });
    const { watch } = background;

    guardSession(session.defaultSession);
    session.defaultSession.protocol.handle(
      scheme,
      answersOf(pageFrom(pageFolder), async (request) => await guts.fetch(request)),
    );
    const first = screen.getPrimaryDisplay();
    const screens = [first, ...screen.getAllDisplays().filter(({ id }) => id !== first.id)];
    const opening = openingOn(
      screens.map(({ workArea }) => workArea),
      place.read(),
    );
    const window = openWindow(path.join(out, 'preload.cjs'), !isPackaged, opening);
    const page = window.webContents;
    place.follow(window);
    this.window = window;
    this.#link = new PageLink(page, (to) => tell(page, 'window.go', { path: to }), firstPlace);

    const question = new Question({
      put: (asked) => {
        bringForward(window);
        tell(page, 'quit.asked', asked);
      },
      dialog: async (asked) => await askQuit(window, words(), asked),
    });
    const leaving = new Leaving({
      question,
      running: async () => {
        const { status } = guts.real;
        if (status.state !== 'running' || status.where === 'daemon') return 0; // a daemon goes on
        await Promise.race([watch.load(), new Promise((resolve) => setTimeout(resolve, COUNT_WITHIN_MS))]);
        return watch.summary.running;
      },
      hasTray: () => background.hasTray,
      closing: () => choices.choices.closing,
      remember: (closing) => void choices.change({ closing }).catch(logging('desktop.choices')),
      hide: () => window.hide(),
      stop: async () => {
        await guts.stop();
        background[Symbol.dispose]();
        updates[Symbol.dispose]();
        await log[Symbol.asyncDispose]();
      },
      exit: () => app.quit(),
    });
    this.leaving = leaving;

    const bundle = async (): Promise<void> =>
      await saveLogBundle({ window, dataDir, version: app.getVersion(), words: words() });
    const crash = new CrashGuard({
      page,
      now: () => performance.now(),
      ask: async () => await askAfterCrash(window, words()),
      saveLogBundle: bundle,
      quit: () => void leaving.quit(),
      onGone: ({ reason, exitCode }) => {
        log.warn('window.broke', { reason, exitCode });
        question.pageIsGone();
      },
    });
    const updates = new Updates({
      choices,
      version: app.getVersion(),
      ownFeed: isPackaged ? feedIn(path.join(process.resourcesPath, 'app-update.yml')) : null,
      isManaged: process.env['GUTS_UPDATES'] === 'off',
      look: async (feed, channel) => await (await import('./update-look.ts')).lookForUpdate(feed, channel),
      isIdle: () => guts.real.status.state === 'running' && watch.summary.running === 0,
      clock: systemClock,
      onChange: (state) => tell(page, 'updates.changed', state),
    });

    const notices = isPackaged ? process.resourcesPath : out;
    const openLicences = async (): Promise<void> => await show(path.join(notices, 'THIRD-PARTY-NOTICES.txt'));
    let places: readonly MenuPlace[] = [];
    const setWords = (): void => {
      background.speak(words());
      setMenu({
        words: words(),
        places,
        isPackaged,
        isMac: process.platform === 'darwin',
        deeds: {
          go: (to) => this.open(to),
          choose: (what) => tell(page, 'menu.chosen', { what }),
          openLogs: () => void showLogs(guts.dataDir).catch(logging('desktop.logs')),
          saveLogBundle: () => void bundle().catch(logging('desktop.log-bundle')),
          openLicences: () => void openLicences().catch(logging('desktop.licences')),
          close: () => window.close(),
          quit: () => void leaving.quit(),
        },
      });
    };
    setWords();
    serve(
      ipcMain,
      handlersFor({
        app,
        clipboard,
        guts,
        printer: new ReportPrinter(session.fromPartition('report')),
        theme,
        choices,
        updates,
        engines: engineHandlers(engines, guts, client),
        desktop: {
          news: () => ({ path: this.#link.take(), cameBack: crash.takeCameBack() }),
          setPlaces: (wished) => {
            places = wished;
            setWords();
          },
          speak: async (wish) => {
            await choices.change({ language: wish });
            setWords();
          },
          answer: (answer) => question.answer(answer),
          openLink: async (url) => await openLink(shown, url, async (href) => await shell.openExternal(href)),
          openFolder: async (which) => await (which === 'logs' ? showLogs(guts.dataDir) : openLicences()),
        },
      }),
      isPage,
    );

    window.on('focus', () => watch.seen());
    window.on('close', (event) => {
      if (leaving.isOver) return;
      event.preventDefault();
      void leaving.close();
    });
    powerMonitor.on('suspend', () => log.info('computer.sleeps', { running: watch.summary.running }));
    powerMonitor.on('resume', () => {
      log.info('computer.wakes');
      void watch.load(); // whatever was told meanwhile
    });
    guts.start();
    guts.show(engines.shown);
  }

  /** Shows the window; at a place where one is named. */
  open(to: string | null): void {
    bringForward(this.window);
    if (to !== null) this.#link.go(to);
  }
}
