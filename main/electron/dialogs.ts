/** Questions that the system asks, for when the page cannot. */
import { dialog, type BrowserWindow } from 'electron';
import type { QuitDecision, QuitQuestion } from '../shared/desktop.ts';
import type { AfterCrash } from './crash.ts';
import type { Words } from './words/en.ts';

export async function askQuit(
  window: BrowserWindow,
  { quit: words }: Words,
  { why, running }: QuitQuestion,
): Promise<QuitDecision> {
  const isClose = why === 'close';
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: isClose ? words.closeTitle : words.title(running),
    detail: isClose ? words.closeBody : words.body,
    buttons: [isClose ? words.keepInTray : words.background, running > 0 ? words.pause : words.quit, words.cancel],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  });
  return (['background', 'quit', 'cancel'] as const)[response] ?? 'cancel';
}

export async function askAfterCrash(window: BrowserWindow, { crash: words }: Words): Promise<AfterCrash> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: words.title,
    detail: words.body,
    buttons: [words.reopen, words.logBundle, words.quit],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return (['reopen', 'logBundle', 'quit'] as const)[response] ?? 'reopen';
}
