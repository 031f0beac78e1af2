/** Shows notices of the operating system; a click on one opens what it is about. */
import { Notification } from 'electron';
import type { DesktopLanguage, NoticeKind } from '../shared/desktop.ts';
import type { Notice } from './watch.ts';
import type { Words } from './words/en.ts';

/** Names beyond this are counted. */
const MOST_NAMES = 4;

export interface NoticeText {
  readonly title: string;
  readonly body: string;
  /** Where a click leads. */
  readonly path: string;
}

/** One notice about all of them. */
export function noticeTextOf(
  { notice }: Words,
  language: DesktopLanguage,
  kind: NoticeKind,
  notices: readonly Notice[],
): NoticeText {
  const [first] = notices;
  const shown = notices.slice(0, MOST_NAMES).map(({ vm }) => vm);
  const rest = notices.length - shown.length;
  const names = shown.join(', ') + (rest > 0 ? ` ${notice.more(rest)}` : '');
  const closesAtMs = Math.min(...notices.map(({ closesAtMs: at }) => at ?? Infinity));
  const text =
    kind === 'window'
      ? notice.window(notices.length, names, timeOf(closesAtMs, language))
      : notice[kind](notices.length, names);
  return { ...text, path: notices.length === 1 && first !== undefined ? `/migrations/${first.id}` : '/migrations' };
}

const timeOf = (atMs: number, language: DesktopLanguage): string =>
  Number.isFinite(atMs)
    ? new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hour12: false }).format(atMs)
    : '';

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
