/** Gives the desktop program's menu the places of the rail, in the words of the page. */
import { useEffect } from 'react';
import { ask, isDesktop } from '../bridge.ts';
import { t, type TextKey } from '../texts/t.ts';

export function useMenuPlaces(places: readonly { readonly path: string; readonly title: TextKey }[]): void {
  useEffect(() => {
    if (!isDesktop()) return;
    const shown = places.map(({ path, title }) => ({ path, title: t(title) }));
    ask('menu.places', { places: shown }).catch(() => {}); // the rail has them as well
  }, [places]);
}
