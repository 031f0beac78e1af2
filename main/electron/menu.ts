/** The menu: what every desktop program has, the window's places, and help that needs no network. */
import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { MenuChoice, MenuPlace } from '../shared/desktop.ts';
import type { Words } from './words/en.ts';

export interface MenuDeeds {
  go(path: string): void;
  choose(what: MenuChoice): void;
  openLogs(): void;
  saveLogBundle(): void;
  openLicences(): void;
  close(): void;
  quit(): void;
}

export interface MenuParts {
  readonly words: Words;
  readonly places: readonly MenuPlace[];
  readonly deeds: MenuDeeds;
  readonly isPackaged: boolean;
  readonly isMac: boolean;
}

export function setMenu(parts: MenuParts): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate([...menuOf(parts)]));
}

export function menuOf({ words: { menu }, places, deeds, isPackaged, isMac }: MenuParts): MenuItemConstructorOptions[] {
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const about = { label: menu.about, click: () => deeds.choose('about') };
  const quit = { label: menu.quit, accelerator: 'CommandOrControl+Q', click: () => deeds.quit() };
  const close = { label: menu.close, accelerator: 'CommandOrControl+W', click: () => deeds.close() };
  const ofMac: MenuItemConstructorOptions[] = [
    {
      label: 'Guts',
      submenu: [
        about,
        line,
        { role: 'services' },
        line,
        { role: 'hide' },
        { role: 'hideOthers' },
        { role: 'unhide' },
        line,
        quit,
      ],
    },
  ];
  return [
    ...(isMac ? ofMac : []),
    { label: menu.file, submenu: isMac ? [close] : [close, line, quit] },
    {
      label: menu.edit,
      submenu: [
        { role: 'undo', label: menu.undo },
        { role: 'redo', label: menu.redo },
        line,
        { role: 'cut', label: menu.cut },
        { role: 'copy', label: menu.copy },
        { role: 'paste', label: menu.paste },
        { role: 'selectAll', label: menu.selectAll },
      ],
    },
    {
      label: menu.view,
      submenu: [
        { label: menu.palette, accelerator: 'CommandOrControl+K', click: () => deeds.choose('palette') },
        line,
        { role: 'resetZoom', label: menu.resetZoom },
        { role: 'zoomIn', label: menu.zoomIn },
        { role: 'zoomOut', label: menu.zoomOut },
        { role: 'togglefullscreen', label: menu.fullScreen },
        ...(isPackaged ? [] : [line, { role: 'toggleDevTools' as const }]),
      ],
    },
    ...(places.length === 0
      ? []
      : [{ label: menu.go, submenu: places.map((place, at) => placeItem(place, at, deeds)) }]),
    ...(isMac ? [{ role: 'windowMenu' as const }] : []),
    {
      role: 'help',
      label: menu.help,
      submenu: [
        { label: menu.keys, click: () => deeds.choose('keys') },
        line,
        { label: menu.logs, click: () => deeds.openLogs() },
        { label: menu.logBundle, click: () => deeds.saveLogBundle() },
        line,
        { label: menu.licences, click: () => deeds.openLicences() },
        ...(isMac ? [] : [about]),
      ],
    },
  ];
}

function placeItem({ path, title }: MenuPlace, at: number, deeds: MenuDeeds): MenuItemConstructorOptions {
  const accelerator = at < 9 ? { accelerator: `CommandOrControl+${at + 1}` } : {};
  // An ampersand in a title is no mnemonic.
  return { label: title.replaceAll('&', '&&'), ...accelerator, click: () => deeds.go(path) };
}
