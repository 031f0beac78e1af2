/** Entry of the desktop program: one window over one Guts. */
import '../shared/shim.ts';
import { app, clipboard, ipcMain, nativeTheme, protocol, session } from 'electron';
import * as path from 'node:path';
import { pageFrom } from '../api/page.ts';
import { dataDir } from '../data-dir.ts';
import { LogFile } from '../logs/log-file.ts';
import { Log } from '../logs/log.ts';
import { Redactor } from '../logs/redactor.ts';
import { tellLog } from '../logs/tell-log.ts';
import { guardContents, guardSession } from './guards.ts';

import { handlersFor } from './handlers.ts';
import { serve, tell } from './ipc.ts';
import { setMenu } from './menu.ts';
import { answersOf, pageOrigin, scheme } from './scheme.ts';
import { ShownGuts } from './shown-guts.ts';
import { seeItWork } from './smoke.ts';
import { ThemeFile } from './theme-file.ts';
import { openWindow } from './window.ts';

const SMOKE_LIMIT_MS = 60_000;

const isSmoke = process.argv.includes('--smoke');
protocol.registerSchemesAsPrivileged([
  { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
]);
guardContents(app);

if (app.requestSingleInstanceLock()) void app.whenReady().then(start, stop);
else app.quit();

function start(): void {
  const out = path.join(app.getAppPath(), 'out');
  const folder = dataDir();
  const redactor = new Redactor();
  const log = new Log({ redactor, places: [new LogFile(folder)] });
  const theme = new ThemeFile(path.join(app.getPath('userData'), 'theme.json'), nativeTheme);
  const pageFolder = path.join(out, 'renderer');
  const guts = new ShownGuts({
    dataDir: folder,
    pageFolder,
    onChange: (status) => tell(page, 'engine.changed', status),
    onDaemon: (daemon) => tellLog(daemon.events, log),
    onSecret: (secret) => redactor.know(secret),
    onDetail: (detail) => log.detail(detail),
  });
  guardSession(session.defaultSession);
  session.defaultSession.protocol.handle(
    scheme,
    answersOf(pageFrom(pageFolder), async (request) => await guts.fetch(request)),
  );
  setMenu(app.isPackaged);

  const window = openWindow(path.join(out, 'preload.cjs'), !app.isPackaged);
  const page = window.webContents;
  serve(
    ipcMain,
    handlersFor({ app, clipboard, guts, theme }),
    ({ senderFrame }) => senderFrame !== null && senderFrame.origin === pageOrigin && senderFrame.parent === null,
  );
  guts.start();

  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('window-all-closed', () => app.quit());
  let isStopped = false;
  app.on('before-quit', (event) => {
    if (isStopped) return;
    event.preventDefault();
    void guts.stop().finally(async () => {
      isStopped = true;
      await log[Symbol.asyncDispose]();
      app.quit();
    });
  });
  if (isSmoke) {
    seeItWork(page, SMOKE_LIMIT_MS).then((said) => {
      process.stdout.write(`smoke: the window is open, and its Guts answers: ${said}\n`);
      app.quit();
    }, stop);
  }
}

function stop(error: unknown): void {
  process.stderr.write(`guts: ${error instanceof Error ? error.message : String(error)}\n`);
  app.exit(1);
}
