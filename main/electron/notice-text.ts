/** The words of a notice, for one migration or for several at once. */
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
