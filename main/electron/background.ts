/** What the desktop program does whether anybody sees its window or not: tray, notices, keeping the computer awake. */
import { powerSaveBlocker } from 'electron';
import { systemClock } from '../scheduler/clock.ts';
import type { ApiClient } from '../shared/client/client.ts';
import { Awake } from './awake.ts';
import { ClosingWindows } from './closing-windows.ts';
import { pauseAll, resumeAll } from './deeds.ts';
import { NoticeBoard, type NoticeBoardParts } from './notice-board.ts';
import { hasTrayHost } from './tray-host.ts';
import { GutsTray } from './tray.ts';
import { Watch } from './watch.ts';
import type { Words } from './words/en.ts';

export interface BackgroundParts extends Pick<NoticeBoardParts, 'isWished' | 'show'> {
  readonly client: ApiClient;
  /** With the tray's icons. */
  readonly iconFolder: string;
  readonly words: () => Words;
  readonly open: () => void;
  readonly quit: () => void;
  readonly onDetail: (detail: string) => void;
  readonly onError: (what: string, error: unknown) => void;
}

export class Background implements Disposable {
  readonly watch: Watch;
  readonly #parts: BackgroundParts;
  readonly #board: NoticeBoard;
  readonly #awake = new Awake(powerSaveBlocker);
  #tray: GutsTray | null = null;
  #isOver = false;

  constructor(parts: BackgroundParts) {
    const { client, onDetail, onError } = parts;
    this.#parts = parts;
    this.#board = new NoticeBoard({ ...parts, clock: systemClock });
    const onNotice: NoticeBoard['add'] = (notice) => this.#board.add(notice);
    const windows = new ClosingWindows({ client, clock: systemClock, onNotice });
    this.watch = new Watch({
      client,
      onSummary: (summary) => {
        this.#tray?.show(summary);
        this.#awake.keep(summary.running > 0);
      },
      onNotice,
      onRunning: (id, vm, isRunning) => windows.hear(id, vm, isRunning),
      onDetail,
    });
    this.#openTray().catch((error: unknown) => onError('tray', error)); // Guts is the same without
  }

  get hasTray(): boolean {
    return this.#tray !== null;
  }

  speak(words: Words): void {
    this.#tray?.speak(words);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.watch[Symbol.dispose]();
    this.#board[Symbol.dispose]();
    this.#awake[Symbol.dispose]();
    this.#tray?.[Symbol.dispose]();
    this.#tray = null;
  }

  async #openTray(): Promise<void> {
    const hasHost = await hasTrayHost();
    if (!hasHost || this.#isOver) return;
    const { client, iconFolder, words, open, quit, onError } = this.#parts;
    const { watch } = this;
    const deeds = {
      open,
      pauseAll: () => void pauseAll(client, watch).catch((error: unknown) => onError('tray.pause', error)),
      resumeAll: () => void resumeAll(client, watch).catch((error: unknown) => onError('tray.resume', error)),
      quit,
    };
    this.#tray = new GutsTray({ folder: iconFolder, deeds, words: words() });
    this.#tray.show(watch.summary);
  }
}
