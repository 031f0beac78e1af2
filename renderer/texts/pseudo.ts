/** A language for tests: English with strange letters and a third longer, so that raw texts and narrow places show. */

const LETTERS = 'aáeéiíoóuúcçnñyýAÁEÉIÍOÓUÚCÇNÑ';
const strange = new Map(Array.from({ length: LETTERS.length / 2 }, (_, at) => [LETTERS[2 * at], LETTERS[2 * at + 1]]));

export function pseudo<K extends string>(texts: Readonly<Record<K, string>>): Record<K, string> {
  const entries = Object.entries<string>(texts).map(([key, text]) => [key, `⟦${widened(text)}⟧`]);
  return Object.fromEntries(entries) as Record<K, string>; // the same keys
}

/** What is filled in stays as it is. */
const widened = (text: string): string =>
  text
    .split(/(\{\{\w+\}\})/)
    .map((part) => (part.startsWith('{{') ? part : [...part].map((one) => strange.get(one) ?? one).join('')))
    .join('') + '·'.repeat(Math.ceil(text.length / 3));
