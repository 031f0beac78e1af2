/** Where the window was and how large, remembered in a small file; given back only where a screen still is. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

export const WindowPlace = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  isMaximized: z.boolean(),
});
export type WindowPlace = z.infer<typeof WindowPlace>;

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const leastSize = { width: 480, height: 420 };
const firstSize = { width: 1180, height: 780 };
/** So much of the title bar must be on a screen, for a hand to grab it. */
const GRIP = { width: 120, height: 20 };

/** How to open the window: without x and y it stands in the middle of the first screen. */
export interface Opening {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly isMaximized: boolean;
}

/** @param screens their work areas, the first one first */
export function openingOn(screens: readonly Area[], last: WindowPlace | null): Opening {
  if (last === null) return { ...firstSize, isMaximized: false };
  const { x, y, isMaximized } = last;
  const screen = screens.find((area) => isGripOn(area, last)) ?? null;
  const room = screen ?? screens[0];
  const width = within(last.width, leastSize.width, room?.width);
  const height = within(last.height, leastSize.height, room?.height);
  return { width, height, isMaximized, ...(screen === null ? {} : { x, y }) };
}

const within = (size: number, least: number, most: number | undefined): number =>
  Math.max(least, Math.min(size, most ?? size));

function isGripOn(screen: Area, { x, y, width }: WindowPlace): boolean {
  const seenWidth = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x);
  const isTopSeen = y >= screen.y - GRIP.height && y + GRIP.height <= screen.y + screen.height;
  return seenWidth >= GRIP.width && isTopSeen;
}

/** The window as far as its place is concerned. */
interface Placed {
  getNormalBounds(): Area;
  isMaximized(): boolean;
  isDestroyed(): boolean;
  on(event: 'resize' | 'move' | 'maximize' | 'unmaximize' | 'close' | 'hide', hear: () => void): unknown;
}

/** A window that is dragged tells of every pixel. */
const WRITE_AFTER_MS = 400;

export class WindowPlaceFile {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Null where none was kept, or what is there is no place. */
  read(): WindowPlace | null {
    try {
      return WindowPlace.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      return null;
    }
  }

  follow(window: Placed): void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = (): void => {
      clearTimeout(timer);
      if (!window.isDestroyed()) this.#write({ ...whole(window.getNormalBounds()), isMaximized: window.isMaximized() });
    };
    const soon = (): void => {
      clearTimeout(timer);
      timer = setTimeout(write, WRITE_AFTER_MS);
    };
    for (const event of ['resize', 'move', 'maximize', 'unmaximize'] as const) window.on(event, soon);
    for (const event of ['close', 'hide'] as const) window.on(event, write);
  }

  /** In one step, and before the window is gone. Where it cannot be written, the next start opens in the middle. */
  #write(place: WindowPlace): void {
    const part = `${this.#file}.part`;
    try {
      writeFileSync(part, JSON.stringify(place), { mode: 0o600 });
      renameSync(part, this.#file);
    } catch {
      // a profile that is full or gone is no reason to keep anybody from closing a window
    }
  }
}

/** Scaled screens give halves. */
const whole = ({ x, y, width, height }: Area): Area => ({
  x: Math.round(x),
  y: Math.round(y),
  width: Math.round(width),
  height: Math.round(height),
});
