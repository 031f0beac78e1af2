/** What was chosen about the desktop program, kept in its profile; what is missing or damaged there is as at the first start. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Closing, DesktopLanguage, NoticeWishes, UpdateChannel, UpdateFeed } from '../shared/desktop.ts';
import { EngineId, KeptEngine } from '../shared/engines.ts';
import { writeDurably } from '../store/durable-file.ts';

const allNotices = { finished: true, failed: true, needsYou: true, window: true };

export const Choices = z.object({
  /** Null takes the system's. */
  language: DesktopLanguage.nullable().catch(null),
  closing: Closing.catch('ask'),
  notices: NoticeWishes.catch(allNotices),
  channel: UpdateChannel.catch('off'),
  feed: UpdateFeed.nullable().catch(null),
  /** Elsewhere; their tokens are in the vault. */
  engines: z.array(KeptEngine).catch([]),
  /** Which of them the window shows; null is its own. */
  shown: EngineId.nullable().catch(null),
});
export type Choices = z.infer<typeof Choices>;

export class ChoicesFile {
  readonly #file: string;
  #choices: Choices;
  #writing = Promise.resolve();

  /** Reads the file at once: menus and tray wait for it. */
  constructor(file: string) {
    this.#file = file;
    this.#choices = read(file);
  }

  get choices(): Choices {
    return this.#choices;
  }

  /** What is not named stays. Holds at once, and is on the disk when this returns. @throws what writing throws */
  async change(change: Partial<Choices>): Promise<Choices> {
    this.#choices = { ...this.#choices, ...change };
    const text = `${JSON.stringify(this.#choices, null, 2)}\n`;
    const written = this.#writing.then(async () => await writeDurably(this.#file, text, false));
    this.#writing = written.catch(() => {}); // whoever asked is told; the next one is not kept from it
    await written;
    return this.#choices;
  }
}

function read(file: string): Choices {
  try {
    return Choices.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return Choices.parse({});
  }
}
