/** Texts by their keys, in the chosen language. Everything that the window shows comes through here. */
import i18next from 'i18next';
import { usePreferences, type Language } from '../state/preferences.ts';
import { en } from './en/index.ts';
import { pseudo } from './pseudo.ts';

type Key = keyof typeof en;
type Plural<K> = K extends `${infer Stem}_one` ? Stem : never;
type Single = Exclude<Key, `${string}_one` | `${string}_other`>;
export type TextKey = Single | Plural<Key>;
type Values = Readonly<Record<string, string | number>>;

const texts = i18next.createInstance();

/** English is there at once; another language is fetched when it is chosen. */
export async function startTexts(): Promise<void> {
  const { language } = usePreferences.getState();
  await texts.init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false }, // React does
  });
  await speak(language);
  usePreferences.subscribe(({ language: now }, { language: before }) => {
    if (now !== before) void speak(now);
  });
}

async function speak(language: Language): Promise<void> {
  if (!texts.hasResourceBundle(language, 'translation')) {
    const words = language === 'de' ? (await import('./de/index.ts')).de : pseudo(en);
    texts.addResourceBundle(language, 'translation', words);
  }
  await texts.changeLanguage(language);
  document.documentElement.lang = language === 'en-XA' ? 'en' : language;
}

export const t = (key: TextKey, values: Values = {}): string => texts.t(key, values);
