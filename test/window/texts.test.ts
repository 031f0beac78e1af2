/** The words of the window: the same ones in every language, with the same gaps to fill, and in the tone that was agreed on. */
import { describe, expect, test } from 'vitest';
import { de } from '../../renderer/texts/de/index.ts';
import { en } from '../../renderer/texts/en/index.ts';
import { sizeText } from '../../renderer/texts/format.ts';
import { pseudo } from '../../renderer/texts/pseudo.ts';
import { t } from '../../renderer/texts/t.ts';

const english: Readonly<Record<string, string>> = en;
const languages: Readonly<Record<string, Readonly<Record<string, string>>>> = { de, 'en-XA': pseudo(en) };
const gapsIn = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();
/** Keys of texts for which `says` holds. */
const keysOf = (texts: Readonly<Record<string, string>>, says: (text: string, key: string) => boolean): string[] =>
  Object.entries(texts).flatMap(([key, text]) => (says(text, key) ? [key] : []));

describe.each(Object.entries(languages))('%s', (_language, texts) => {
  test('has every text that there is in English, and no other', () => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(english).sort());
  });

  test('has the same gaps to fill', () => {
    const differing = keysOf(texts, (text, key) => `${gapsIn(text)}` !== `${gapsIn(english[key] ?? '')}`);

    expect(differing).toEqual([]);
  });
});

describe.each([
  ['en', english, /\b(please|oops|sorry)\b/i],
  ['de', de as Readonly<Record<string, string>>, /\b(bitte|hoppla|leider)\b/i],
] as const)('%s', (_language, texts, unwanted) => {
  test('says nothing with an exclamation mark, and does not beg', () => {
    expect(keysOf(texts, (text) => text.includes('!') || unwanted.test(text))).toEqual([]);
  });

  test('leaves nothing empty, and no blank at an end', () => {
    expect(keysOf(texts, (text) => text.trim() === '' || text !== text.trim())).toEqual([]);
  });

  test('has a plural for each singular', () => {
    const stems = (ending: string): string[] =>
      Object.keys(texts).flatMap((key) => (key.endsWith(ending) ? [key.slice(0, -ending.length)] : []));

    expect(stems('_one').sort()).toEqual(stems('_other').sort());
  });
});

/** Without what is filled in; names such as “Secure Boot” are the same everywhere. */
const wordsIn = (text: string): number => text.replaceAll(/\{\{\w+\}\}/g, '').match(/\p{L}+/gu)?.length ?? 0;

test('German is not English: no sentence was left as it was', () => {
  const same = keysOf(
    de as Readonly<Record<string, string>>,
    (text, key) => text === english[key] && wordsIn(text) > 2,
  );

  expect(same).toEqual([]);
});

test('the test’s own language can be told from English at every text, and keeps what is filled in', () => {
  const strange = pseudo({ a: 'Copied {{part}} of {{whole}}' });

  expect(strange.a).toMatch(/^⟦.*\{\{part\}\}.*\{\{whole\}\}.*⟧$/);
  expect(strange.a.length).toBeGreaterThan('Copied {{part}} of {{whole}}'.length * 1.25);
});

test('gaps are filled in, and a count tells which form is meant', () => {
  const files = (count: number): string => t('assessment.files', { count, names: 'a.xlsx $1' });

  expect(files(1)).toBe('1 file: a.xlsx $1');
  expect(files(2)).toBe('2 files: a.xlsx $1');
  expect(t('assessment.pilot', { number: 3 })).toBe('3 (pilot)');
});

test('sizes are rounded as in reports, to the nearest tenth', () => {
  const GiB = 2 ** 30;

  expect([512, 1.25 * GiB, 512.34 * GiB, 1023.96 * GiB, 4 * GiB].map(sizeText)).toEqual([
    '512 B',
    '1.3 GiB',
    '512.3 GiB',
    '1.0 TiB',
    '4 GiB',
  ]);
});
