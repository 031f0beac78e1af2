/** Which theme the window has, remembered before any page is loaded, so that no window flashes in the wrong one. */
import type { NativeTheme } from 'electron';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Theme } from '../shared/contract.ts';

export class ThemeFile {
  readonly #file: string;
  readonly #native: NativeTheme;

  /** Reads the file at once: the window waits for it. */
  constructor(file: string, native: NativeTheme) {
    this.#file = file;
    this.#native = native;
    this.#show(read(file));
  }

  async set(theme: Theme): Promise<void> {
    this.#show(theme);
    await writeFile(this.#file, JSON.stringify(theme), { mode: 0o600 });
  }

  #show(theme: Theme): void {
    this.#native.themeSource = theme === 'auto' ? 'system' : theme;
  }
}

/** `auto` where nothing was chosen, or what is there is no choice. */
function read(file: string): Theme {
  try {
    return Theme.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return 'auto';
  }
}
