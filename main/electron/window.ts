/** The one window of Guts, sandboxed and without a way to Node. */
import { BrowserWindow, nativeTheme } from 'electron';
import { pageUrl } from './scheme.ts';

/** Opens the window; it shows itself when its page has drawn, so that nobody sees an empty one. */
export function openWindow(preload: string, hasDevTools: boolean): BrowserWindow {
  const window = new BrowserWindow({
    width: 1180,
    height: 780,
    minWidth: 480,
    minHeight: 420,
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
  window.once('ready-to-show', () => window.show());
  void window.loadURL(pageUrl);
  return window;
}
