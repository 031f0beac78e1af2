/**
 * Keeps the keyboard where it was: what has the focus goes away with a screen or a dialog, or cannot be used for a while,
 * and the browser leaves the focus nowhere then.
 */
import { useEffect } from 'react';

/** Enough for a dialog that was opened from a dialog. */
const MOST_REMEMBERED = 8;

export function useKeptFocus(): void {
  useEffect(() => {
    /** What had the focus, newest first. */
    let had: HTMLElement[] = [];
    /** The newest, while it cannot be used. */
    let waiting: HTMLElement | null = null;
    const remember = ({ target }: FocusEvent): void => {
      if (!(target instanceof HTMLElement)) return;
      had = [target, ...had.filter((one) => one !== target)].slice(0, MOST_REMEMBERED);
      waiting = null;
    };
    const look = (): void => {
      const [last] = had;
      if (last?.isConnected === true && last.matches(':disabled')) waiting = last;
      if (last === undefined || document.activeElement !== document.body) return;
      if (last === waiting && last.matches(':enabled')) last.focus();
      if (last.isConnected) return; // else somebody has clicked on what takes no focus
      had = had.filter((one) => one.isConnected);
      const content = document.getElementById('content');
      const before = had.find((one) => content?.contains(one) === true && one.checkVisibility());
      if (before === undefined) content?.focus({ preventScroll: true });
      else before.focus();
    };
    const watch = new MutationObserver(look);
    watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] });
    document.addEventListener('focusin', remember);
    return () => {
      watch.disconnect();
      document.removeEventListener('focusin', remember);
    };
  }, []);
}
