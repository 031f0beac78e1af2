/** Takes secrets out of whatever is about to be written down, also where they are spelled as JSON, XML, URLs or base64 spell them. */

import type { z } from 'zod';

const MARK = '[secret]';
/** What is a secret by its looks: tokens of Guts, and those that Keystone gives out. */
const SHAPES = ['guts_[A-Za-z0-9_-]{43}', 'gAAAAA[A-Za-z0-9_-]{60,}={0,2}'];
/** Fewer letters of base64 are met by chance. */
const LEAST_BASE64 = 6;
/** A shorter secret is part of too many words: it is taken out where it stands alone. */
const LEAST_ANYWHERE = 4;

export class Redactor {
  readonly #known = new Set<string>();
  readonly #patterns = new Set<string>();
  #pattern = new RegExp(SHAPES.join('|'), 'gu');

  /** From now on it is taken out. Whoever gets hold of a secret tells it here, before anything can be said about it. */
  know(secret: string): void {
    if (secret === '' || this.#known.has(secret)) return;
    this.#known.add(secret);
    for (const spelling of spellingsOf(secret)) this.#patterns.add(patternOf(spelling));
    // Longest first: a secret that contains another is taken out whole.
    const all = [...this.#patterns].sort((a, b) => b.length - a.length);
    this.#pattern = new RegExp([...all, ...SHAPES].join('|'), 'gu');
  }

  /** The text without any secret that is known. */
  redact(text: string): string {
    return text.replace(this.#pattern, MARK);
  }

  /**
   * The same without any secret that is known, wherever it stands in free text. A word that the schema chooses from its own list, or
   * knows by its letters, stays, though somebody's password may be that word; so do the names of fields.
   */
  redactIn<T>(schema: z.ZodType<T>, value: unknown): T {
    const clean = this.#redactIn(value);
    const found = schema.safeParse(clean);
    if (found.success) return found.data;
    for (const { code, path } of found.error.issues)
      if (code === 'invalid_value' || code === 'invalid_format') putBack(clean, value, path);
    return schema.parse(clean);
  }

  #redactIn(value: unknown): unknown {
    if (typeof value === 'string') return this.redact(value);
    if (Array.isArray(value)) return value.map((one) => this.#redactIn(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.#redactIn(one)]));
  }
}

/** One text, where it was. */
function putBack(into: unknown, from: unknown, path: readonly PropertyKey[]): void {
  const [last, ...rest] = path.toReversed();
  const parents = [into, from].map((root) =>
    rest
      .toReversed()
      .reduce<unknown>((at, name) => (at === null || at === undefined ? at : Reflect.get(Object(at), name)), root),
  );
  const [target, origin] = parents;
  if (
    last === undefined ||
    typeof target !== 'object' ||
    target === null ||
    typeof origin !== 'object' ||
    origin === null
  )
    return;
  const text: unknown = Reflect.get(origin, last);
  if (typeof text === 'string') Reflect.set(target, last, text);
}

/** Every way in which a secret may stand in a text. */
export function spellingsOf(secret: string): string[] {
  const plain = [secret, secret.trim()];
  const spellings = [
    ...plain,
    ...plain.flatMap(jsonSpellings),
    ...plain.flatMap(urlSpellings),
    ...plain.flatMap(xmlSpellings),
    ...plain.flatMap(base64Spellings),
    ...plain.map((text) => Buffer.from(text).toString('hex')),
  ];
  return [...new Set(spellings)].filter(Boolean);
}

/** Within a string of JSON, within JSON in a string of JSON, and as those write it that keep to ASCII. */
function jsonSpellings(text: string): string[] {
  const inside = (value: string): string => JSON.stringify(value).slice(1, -1);
  const ascii = inside(text).replace(
    /[\u0080-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [inside(text), inside(inside(text)), ascii];
}

function urlSpellings(text: string): string[] {
  const whole = Buffer.from(text).toString('utf8'); // half of a pair of letters cannot be encoded
  const component = encodeURIComponent(whole);
  const strict = component.replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams([['', text]]).toString().slice(1);
  const all = [component, strict, form, encodeURI(whole)];
  return [...all, ...all.map((spelled) => spelled.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

function xmlSpellings(text: string): string[] {
  const least = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = least.replaceAll('"', '&quot;');
  return [least, quoted, quoted.replaceAll("'", '&apos;'), quoted.replaceAll("'", '&#39;')];
}

/** Also in the middle of what was encoded, as `user:password` is: the letters that depend on the secret alone. */
function base64Spellings(text: string): string[] {
  const bytes = Buffer.from(text);
  const found: string[] = [];
  for (const before of [0, 1, 2]) {
    const letters = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const own = letters.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    if (own.length >= LEAST_BASE64) found.push(own, own.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return found;
}

function patternOf(spelling: string): string {
  const escaped = spelling.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return spelling.length >= LEAST_ANYWHERE ? escaped : `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`;
}
