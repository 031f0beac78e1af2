/** Texts by their keys, in the chosen language. Everything that the window shows comes through here. */
import i18next from 'i18next';
import { create } from 'zustand';
import { usePreferences, type Language } from '../state/preferences.ts';
import { en } from './en/index.ts';
import { pseudo } from './pseudo.ts';

type Key = keyof typeof en;
type Plural<K> = K extends `${infer Stem}_one` ? Stem : never;
type Single = Exclude<Key, `${string}_one` | `${string}_other`>;
export type TextKey = Single | Plural<Key>;
type Values = Readonly<Record<string, string | number>>;

const texts = i18next.createInstance();

/** The language whose words are there: for a moment after it was chosen, that is still the one before. */
export const useSpoken = create<{ readonly language: Language }>()(() => ({ language: 'en' }));

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
  if (usePreferences.getState().language !== language) return; // another was chosen meanwhile
  await texts.changeLanguage(language);
  plain.clear();
  document.documentElement.lang = language === 'en-XA' ? 'en' : language;
  useSpoken.setState({ language });
}

/** Those in which nothing is filled in, in the language of now: a table asks for them ten thousand times. */
const plain = new Map<TextKey, string>();

export function t(key: TextKey, values?: Values): string {
  if (values !== undefined) return texts.t(key, values);
  const known = plain.get(key);
  if (known !== undefined) return known;
  const text = texts.t(key);
  plain.set(key, text);
  return text;
}
