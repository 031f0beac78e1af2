/** What the user likes: theme, language, density; kept on this computer. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Theme } from '../../main/shared/contract.ts';
import { ask, isDesktop } from '../bridge.ts';

/** `en-XA` is for tests. */
export const languages = ['en', 'de', 'en-XA'] as const;
export type Language = (typeof languages)[number];

export interface Preferences {
  readonly theme: Theme;
  readonly language: Language;
  readonly isCompact: boolean;
}

const ofSystem = (): Language => (globalThis.navigator?.language.startsWith('de') === true ? 'de' : 'en');

export const usePreferences = create<Preferences>()(
  persist<Preferences>(() => ({ theme: 'auto', language: ofSystem(), isCompact: true }), {
    name: 'guts.preferences',
    version: 1,
  }),
);

export function prefer(wish: Partial<Preferences>): void {
  usePreferences.setState(wish);
}

/** The desktop program remembers the theme as well, for the moment before there is a page. */
export function followTheme(): void {
  if (!isDesktop()) return;
  const tell = (theme: Theme): void => {
    ask('theme.set', { theme }).catch(() => {}); // the page has it all the same
  };
  tell(usePreferences.getState().theme);
  usePreferences.subscribe((now, before) => {
    if (now.theme !== before.theme) tell(now.theme);
  });
}
