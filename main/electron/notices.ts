/** Shows notices of the operating system; a click on one opens what it is about. */
import { Notification } from 'electron';
import type { NoticeText } from './notice-text.ts';

/** A notice that nobody refers to any more is collected, and its click with it. */
const shown = new Set<Notification>();

export function showNotice({ title, body, path }: NoticeText, go: (path: string) => void): void {
  if (!Notification.isSupported()) return;
  const notice = new Notification({ title, body });
  const forget = (): void => void shown.delete(notice);
  shown.add(notice);
  notice.on('click', () => {
    forget();
    go(path);
  });
  notice.on('close', forget);
  notice.show();
}
