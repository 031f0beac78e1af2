/** What a schema finds wrong with a value, in words for whoever wrote it by hand. */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const HAS = 'has to be ';
/** What a schema calls things, and what is read. */
const nouns: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of fields',
  record: 'a group of fields',
  null: 'nothing',
};
const formats: Readonly<Record<string, string>> = {
  datetime: 'a moment such as 2026-12-01T22:00:00Z',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  url: 'an address such as https://example.net',
};
/** Words of the schema’s library; all others are of whoever wrote the schema. */
const PLAIN = /^(?:Invalid|Too small|Too big)\b/;

export function wordsOf(issue: Issue): string {
  if (!PLAIN.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return typeText(issue.expected, /received (\w+)$/.exec(issue.message)?.[1] ?? '');
    case 'invalid_value':
      return `${HAS}${alternatives(issue.values.map((value) => (typeof value === 'string' ? `“${value}”` : String(value))))}`;
    case 'too_small':
      return boundText(issue.origin, 'least', Number(issue.minimum), issue.inclusive !== false);
    case 'too_big':
      return boundText(issue.origin, 'most', Number(issue.maximum), issue.inclusive !== false);
    case 'invalid_format':
      return `${HAS}${formats[issue.format] ?? `of the form “${issue.pattern ?? issue.format}”`}`;
    default:
      return issue.message;
  }
}

/** Of a value that may be one of several things. */
export function eitherOf(ways: readonly string[]): string {
  const quotes = ways.find((way) => way.endsWith(QUOTES));
  if (quotes !== undefined) return quotes;
  const all = [...new Set(ways)];
  return all.every((way) => way.startsWith(HAS))
    ? `${HAS}${alternatives(all.map((way) => way.slice(HAS.length)))}`
    : all.join(', or ');
}

const QUOTES = 'write it in quotes';

function typeText(expected: string, received: string): string {
  if (received === 'undefined') return 'is missing';
  if (expected === 'string' && (received === 'number' || received === 'boolean')) return `${HAS}a text: ${QUOTES}`;
  const noun = nouns[expected] ?? expected;
  return expected === 'int' ? `${HAS}${noun}` : `${HAS}${noun}, not ${nouns[received] ?? received}`;
}

function boundText(origin: string, side: 'least' | 'most', bound: number, isInclusive: boolean): string {
  const amount = isInclusive ? `at ${side} ${bound}` : `${side === 'least' ? 'more' : 'less'} than ${bound}`;
  if (origin !== 'string' && origin !== 'array') return `${HAS}${amount}`;
  if (side === 'least' && bound === 1) return 'must not be empty';
  return `has to have ${amount} ${origin === 'string' ? 'letters' : 'entries'}`;
}

function alternatives(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} or ${last}`;
}
