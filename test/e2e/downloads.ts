/** What a page gives to its user as a file. */
import type { ElectronApplication } from 'playwright-core';
import { readFileSync } from 'node:fs';

export interface Download {
  readonly name: string;
  readonly bytes: Buffer;
}

/** @param file where it is put @param act what makes the page give it */
export async function downloaded(app: ElectronApplication, file: string, act: () => Promise<void>): Promise<Download> {
  // Playwright hears nothing of downloads in Electron, so Electron's own session is asked.
  const listening = await app.evaluateHandle(({ session }, to) => {
    const name = new Promise<string>((resolve, reject) => {
      session.defaultSession.once('will-download', (_event, item) => {
        item.setSavePath(to);
        item.once('done', (_done, state) =>
          state === 'completed' ? resolve(item.getFilename()) : reject(new Error(`the download was ${state}`)),
        );
      });
    });
    return { name };
  }, file);
  await act();
  const name = await listening.evaluate(async (one) => await one.name);
  return { name, bytes: readFileSync(file) };
}
