/** A browser of one window, for tests: Electron's own, without a preload, at the address that it is given. */
// oxlint-disable-next-line typescript/no-require-imports -- the oldest Electron takes its entry as CommonJS alone
const { app, BrowserWindow } = require('electron');

const address = process.argv.find((word) => /^https?:/.test(word)) ?? 'about:blank';

void app.whenReady().then(async () => {
  const window = new BrowserWindow({
    width: 1180,
    height: 780,
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false },
  });
  await window.loadURL(address);
});
