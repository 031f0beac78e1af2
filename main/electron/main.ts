/** Entry of the desktop program: one window over one engine. */
import '../shared/shim.ts';
import { app, clipboard, ipcMain, protocol, session } from 'electron';
import * as path from 'node:path';
import { EngineHost } from './engine.ts';
import { guardContents, guardSession } from './guards.ts';
import { handlersFor } from './handlers.ts';
import { serve, tell } from './ipc.ts';
import { setMenu } from './menu.ts';
import { pageFrom, pageOrigin, scheme } from './page.ts';
import { seeLiveNumberMove } from './smoke.ts';
import { openWindow } from './window.ts';

const SMOKE_LIMIT_MS = 60_000;

const isSmoke = process.argv.includes('--smoke');
protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true } }]);
guardContents(app);

if (app.requestSingleInstanceLock()) void app.whenReady().then(start, stop);
else app.quit();

function start(): void {
  const out = path.join(app.getAppPath(), 'out');
  guardSession(session.defaultSession);
  session.defaultSession.protocol.handle(scheme, pageFrom(path.join(out, 'renderer')));
  setMenu(app.isPackaged);

  const window = openWindow(path.join(out, 'preload.cjs'), !app.isPackaged);
  const page = window.webContents;
  const engine = new EngineHost({
    file: path.join(out, 'engine.cjs'),
    onChange: (status) => tell(page, 'engine.changed', status),
    log: (line) => process.stderr.write(`guts: ${line}\n`),
  });
  serve(
    ipcMain,
    handlersFor(app, clipboard, engine),
    ({ senderFrame }) => senderFrame !== null && senderFrame.origin === pageOrigin && senderFrame.parent === null,
  );
  engine.start();

  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => void engine[Symbol.asyncDispose]());
  if (isSmoke) {
    seeLiveNumberMove(page, SMOKE_LIMIT_MS).then((shown) => {
      process.stdout.write(`smoke: the window is open and its engine has been up for ${shown}\n`);
      app.quit();
    }, stop);
  }
}

function stop(error: unknown): void {
  process.stderr.write(`guts: ${error instanceof Error ? error.message : String(error)}\n`);
  app.exit(1);
}
