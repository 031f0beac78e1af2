/** Texts by their keys, in the chosen language. Everything that the window shows comes through here. */
import { create } from 'zustand';
import { usePreferences, type Language } from '../state/preferences.ts';
import { en } from './en/index.ts';
import { pseudo } from './pseudo.ts';

type Key = keyof typeof en;
type Plural<K> = K extends `${infer Stem}_one` ? Stem : never;
type Single = Exclude<Key, `${string}_one` | `${string}_other`>;
export type TextKey = Single | Plural<Key>;
type Values = Readonly<Record<string, string | number>>;

type Words = Readonly<Record<string, string>>;

const known = new Map<Language, Words>([['en', en]]);
/** In the language of now. */
let words: Words = en;
let plurals = new Intl.PluralRules('en');

/** The language whose words are there: for a moment after it was chosen, that is still the one before. */
export const useSpoken = create<{ readonly language: Language }>()(() => ({ language: 'en' }));

/** English is there at once; another language is fetched when it is chosen. */
export async function startTexts(): Promise<void> {
  await speak(usePreferences.getState().language);
  usePreferences.subscribe(({ language: now }, { language: before }) => {
    if (now !== before) void speak(now);
  });
}

async function speak(language: Language): Promise<void> {
  const chosen = known.get(language) ?? (language === 'de' ? (await import('./de/index.ts')).de : pseudo(en));
  known.set(language, chosen);
  if (usePreferences.getState().language !== language) return; // another was chosen meanwhile
  words = chosen;
  const tag = language === 'en-XA' ? 'en' : language;
  plurals = new Intl.PluralRules(tag);
  document.documentElement.lang = tag;
  useSpoken.setState({ language });
}

/** @param values what is filled in; by `count` it is told which of the plural forms is meant */
export function t(key: TextKey, values?: Values): string {
  if (values === undefined) return words[key] ?? key;
  const { count } = values;
  const form = typeof count === 'number' ? words[`${key}_${plurals.select(count)}`] : undefined;
  const text = form ?? words[key] ?? key;
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_gap, name: string) => String(values[name] ?? ''));
}
