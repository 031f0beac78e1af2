/** Lets a table take what height the window has left below its beginning. */
import { useLayoutEffect, type RefObject } from 'react';

export function useRoom(scroller: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const one = scroller.current;
    if (one === null) return;
    const top = Math.round(one.getBoundingClientRect().top + globalThis.scrollY);
    one.style.setProperty('--top', `${top}px`);
  });
}
