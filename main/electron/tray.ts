/** Guts in the tray: how things are as an icon and a line, and what can be done without the window. */
import { Menu, nativeImage, Tray, type NativeImage } from 'electron';
import * as path from 'node:path';
import { nothingKnown, trayStateOf, type Summary, type TrayState } from './standing.ts';
import { summaryText } from './summary-text.ts';
import type { Words } from './words/en.ts';

export interface TrayDeeds {
  open(): void;
  pauseAll(): void;
  resumeAll(): void;
  quit(): void;
}

export interface TrayParts {
  /** With the icons. */
  readonly folder: string;
  readonly deeds: TrayDeeds;
  readonly words: Words;
}

export class GutsTray implements Disposable {
  readonly #tray: Tray;
  readonly #icons: Readonly<Record<TrayState, NativeImage>>;
  readonly #deeds: TrayDeeds;
  #words: Words;
  #summary = nothingKnown;

  /** @throws where the system has no tray after all */
  constructor({ folder, deeds, words }: TrayParts) {
    this.#icons = {
      idle: iconOf(folder, 'idle'),
      working: iconOf(folder, 'working'),
      needsYou: iconOf(folder, 'needs-you'),
      failed: iconOf(folder, 'failed'),
    };
    this.#deeds = deeds;
    this.#words = words;
    this.#tray = new Tray(this.#icons.idle);
    this.#tray.on('click', () => deeds.open());
    this.show(nothingKnown);
  }

  show(summary: Summary): void {
    this.#summary = summary;
    this.#tray.setImage(this.#icons[trayStateOf(summary)]);
    this.#tray.setToolTip(`Guts: ${summaryText(this.#words, summary)}`);
    this.#tray.setContextMenu(this.#menu());
  }

  speak(words: Words): void {
    this.#words = words;
    this.show(this.#summary);
  }

  [Symbol.dispose](): void {
    this.#tray.destroy();
  }

  #menu(): Menu {
    const { tray } = this.#words;
    const { open, pauseAll, resumeAll, quit } = this.#deeds;
    return Menu.buildFromTemplate([
      { label: summaryText(this.#words, this.#summary), enabled: false }, // there are trays without tool tips
      { type: 'separator' },
      { label: tray.open, click: open },
      { label: tray.pauseAll, click: pauseAll, enabled: !this.#summary.isPaused },
      { label: tray.resumeAll, click: resumeAll },
      { type: 'separator' },
      { label: tray.quit, click: quit },
    ]);
  }
}

/** macOS colours icons itself, after their shape alone. */
function iconOf(folder: string, name: string): NativeImage {
  const isMac = process.platform === 'darwin';
  const icon = nativeImage.createFromPath(path.join(folder, isMac ? `${name}Template.png` : `${name}.png`));
  if (isMac) icon.setTemplateImage(true);
  return icon;
}
