/** What the desktop program around the page tells it: where to go, what was chosen in its menu. In a browser, nothing. */
import { toast } from '../parts/toast.ts';
import type { MenuChoice } from '../../main/shared/desktop.ts';
import { ask, isDesktop, listen } from '../bridge.ts';
import { go } from '../router.ts';
import { t } from '../texts/t.ts';
import { usePreferences, type Language } from './preferences.ts';

const deeds = new Map<MenuChoice, () => void>();

/** Says what the page does when `what` is chosen in the menu. */
export function onMenu(what: MenuChoice, act: () => void): void {
  deeds.set(what, act);
}

export function followDesktop(): void {
  if (!isDesktop()) return;
  listen('window.go', ({ path }) => go(path));
  listen('menu.chosen', ({ what }) => deeds.get(what)?.());
  tellLanguage(usePreferences.getState().language);
  usePreferences.subscribe(({ language: now }, { language: before }) => {
    if (now !== before) tellLanguage(now);
  });
  ask('window.news', {}).then(
    ({ path, cameBack }) => {
      if (path !== null) go(path);
      if (cameBack) toast(t('desktop.cameBackWhy'), { title: t('desktop.cameBack'), stays: true });
    },
    () => {}, // an older program around the page has no news
  );
}

function tellLanguage(language: Language): void {
  ask('language.set', { language: language === 'de' ? 'de' : 'en' }).catch(() => {}); // the page has it all the same
}
