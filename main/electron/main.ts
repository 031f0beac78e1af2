/** Entry of the desktop program: there is one of it, and it ends in good order. */
import '../shared/shim.ts';
import { app, powerMonitor, protocol } from 'electron';
import * as path from 'node:path';
import { z } from 'zod';
import { dataDir } from '../data-dir.ts';
import { LogFile } from '../logs/log-file.ts';
import { Log } from '../logs/log.ts';
import { Redactor } from '../logs/redactor.ts';
import { linkIn, pathOfLink } from './deep-link.ts';
import { Desktop } from './desktop.ts';
import { guardContents } from './guards.ts';
import { scheme } from './scheme.ts';
import { seeItWork } from './smoke.ts';

const SMOKE_LIMIT_MS = 60_000;

// Chromium's own switch, which Electron does not follow in all that it keeps in the profile.
const profile = app.commandLine.getSwitchValue('user-data-dir');
if (profile !== '') app.setPath('userData', path.resolve(profile));

const isSmoke = process.argv.includes('--smoke');
const firstLink = linkIn(process.argv.slice(1));
let firstPlace = firstLink === null ? null : pathOfLink(firstLink);
let desktop: Desktop | null = null;

/** What a second start hands over to the first. */
const HandedOver = z.object({ link: z.string().max(2000).nullable() });

protocol.registerSchemesAsPrivileged([
  { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
]);
guardContents(app);
registerLinks();

if (app.requestSingleInstanceLock({ link: firstLink })) {
  // macOS hands links over by an event, the first one before there is a window.
  app.on('open-url', (event, link) => {
    event.preventDefault();
    open(link);
  });
  app.on('second-instance', (_event, words, _folder, handed) => {
    const told = HandedOver.safeParse(handed);
    open(told.success ? told.data.link : linkIn(words));
  });
  void app.whenReady().then(start).catch(stop);
} else app.quit();

function open(link: string | null): void {
  const place = link === null ? null : pathOfLink(link);
  if (desktop === null) firstPlace = place;
  else desktop.open(place);
}

function start(): void {
  const folder = dataDir();
  const redactor = new Redactor();
  const log = new Log({ redactor, places: [new LogFile(folder)] });
  const opened = new Desktop({ dataDir: folder, redactor, log, firstPlace });
  const { leaving, window } = (desktop = opened);

  app.on('activate', () => opened.open(null));
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (leaving.isOver) return;
    event.preventDefault();
    void leaving.quit();
  });
  // Nobody is there to be asked.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void leaving.end());
  // Its types leave out that the computer waits where that is asked.
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault();
    void leaving.end();
  });
  window.on('session-end', () => void leaving.end());
  if (isSmoke) {
    seeItWork(window.webContents, SMOKE_LIMIT_MS).then((said) => {
      process.stdout.write(`smoke: the window is open, and its Guts answers: ${said}\n`);
      app.quit();
    }, stop);
  }
}

/** Packages for Linux and macOS say it themselves; Windows has to be told, and not by a program without installation. */
function registerLinks(): void {
  if (!app.isPackaged || process.platform === 'linux' || process.env['PORTABLE_EXECUTABLE_DIR'] !== undefined) return;
  app.setAsDefaultProtocolClient(scheme);
}

function stop(error: unknown): void {
  process.stderr.write(`guts: ${error instanceof Error ? error.message : String(error)}\n`);
  app.exit(1);
}
