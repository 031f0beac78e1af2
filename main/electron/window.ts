/** The one window of Guts, sandboxed and without a way to Node. */
import { BrowserWindow, nativeTheme } from 'electron';
import { pageUrl } from './scheme.ts';
import { leastSize, type Opening } from './window-place.ts';

/** Opens the window; it shows itself when its page has drawn, so that nobody sees an empty one. */
export function openWindow(preload: string, hasDevTools: boolean, { isMaximized, ...place }: Opening): BrowserWindow {
  const window = new BrowserWindow({
    ...place,
    minWidth: leastSize.width,
    minHeight: leastSize.height,
    show: false,
    title: 'Guts',
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#14171c' : '#f5f6f8', // the page's own, see renderer/theme
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false, // would fetch dictionaries
      devTools: hasDevTools,
    },
  });
  window.once('ready-to-show', () => {
    if (isMaximized) window.maximize();
    window.show();
  });
  void window.loadURL(pageUrl);
  return window;
}

/** Brings it back from the tray, from the task bar, and to the front. */
export function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
