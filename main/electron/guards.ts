/** Keeps the window on its own page: no other address, no new windows, no permissions, no network, no downloads but its own. */
import type { App, Session } from 'electron';
import { pageUrl } from './scheme.ts';

const isOurPage = (url: string): boolean => url.startsWith(pageUrl);
/** What the page made itself, such as an export; Electron asks where to keep it. */
const isOurOwn = (url: string): boolean => url.startsWith(`blob:${pageUrl}`);
/** DevTools load themselves from here; packaged builds have none. */
const isDevTools = (url: string): boolean => url.startsWith('devtools://');

/** Covers every web contents of the program, also those that nobody thought of. */
export function guardContents(app: App): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event, item) => {
    if (!isOurOwn(item.getURL())) event.preventDefault();
  });
  session.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !isOurPage(url) && !isOurOwn(url) && !isDevTools(url) }),
  );
}
