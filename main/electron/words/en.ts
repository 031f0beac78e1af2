/** What menus, tray, notices and the system's dialogs say, in English; the page has its own words. */

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
const migrations = (number: number): string => count(number, 'migration', 'migrations');

export const en = {
  menu: {
    file: '&File',
    edit: '&Edit',
    view: '&View',
    go: '&Go',
    window: '&Window',
    help: '&Help',
    close: 'Close window',
    quit: 'Quit Guts',
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    selectAll: 'Select all',
    resetZoom: 'Actual size',
    zoomIn: 'Larger',
    zoomOut: 'Smaller',
    fullScreen: 'Full screen',
    palette: 'Go to, or do …',
    keys: 'Keys',
    logs: 'Open the log folder',
    logBundle: 'Save a log bundle …',
    licences: 'Licences of what Guts is made of',
    about: 'About Guts',
  },
  tray: {
    open: 'Open Guts',
    pauseAll: 'Pause all migrations',
    resumeAll: 'Resume all migrations',
    quit: 'Quit Guts',
    nothing: 'Nothing is running',
    running: (number: number) => `${number} running`,
    waitingForYou: (number: number) => count(number, 'needs you', 'need you'),
    failed: (number: number) => `${number} failed`,
    paused: 'paused',
  },
  notice: {
    finished: (number: number, names: string) => ({
      title: number === 1 ? `${names} has been moved` : `${migrations(number)} are done`,
      body: number === 1 ? 'The migration is done. Open it for what was proved.' : names,
    }),
    failed: (number: number, names: string) => ({
      title: number === 1 ? `${names} failed` : `${migrations(number)} failed`,
      body: number === 1 ? 'Open it to see why, and what to do.' : names,
    }),
    needsYou: (number: number, names: string) => ({
      title: number === 1 ? `${names} needs you` : `${migrations(number)} need you`,
      body: number === 1 ? 'It goes on when you have decided. Open it to see what it waits for.' : names,
    }),
    window: (number: number, names: string, time: string) => ({
      title: `The window closes at ${time}`,
      body: `${number === 1 ? `${names} still runs and goes` : `${migrations(number)} still run and go`} on. What has not begun waits for the next window.`,
    }),
    more: (number: number) => `and ${number} more`,
  },
  quit: {
    title: (running: number) => `${migrations(running)} ${running === 1 ? 'is' : 'are'} copying`,
    body: 'Guts can go on without its window. If it quits, they are paused where they can go on later.',
    closeTitle: 'Keep Guts in the tray?',
    closeBody: 'There it goes on with migrations and tells you when one needs you. It is asked this once.',
    background: 'Keep running in the background',
    keepInTray: 'Keep in the tray',
    pause: 'Pause and quit',
    quit: 'Quit Guts',
    cancel: 'Cancel',
  },
  crash: {
    title: 'The window of Guts has broken twice',
    body: 'Migrations are not touched by this: they run outside of the window. Open it again; if it breaks once more, save a log bundle and report it with what you did last.',
    reopen: 'Open the window again',
    logBundle: 'Save a log bundle …',
    quit: 'Quit Guts',
  },
  logBundle: {
    saved: 'The log bundle is saved',
    savedBody: 'It has no secrets that Guts knows of. Look into it before you send it to anybody.',
    show: 'Show the file',
    failed: 'The log bundle could not be saved',
    close: 'Close',
  },
};
export type Words = typeof en;
