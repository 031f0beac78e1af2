/** What a JSON Schema allows, in words for people. */
import { html, type Markup } from '../reports/markup.ts';
import type { JsonSchema } from './json-schemas.ts';

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  null: 'null',
  object: 'object',
};

export function typeText(schema: JsonSchema): Markup {
  const { $ref: reference, enum: choices, const: only, anyOf, oneOf, items, type, format } = schema;
  if (typeof reference === 'string') {
    const name = reference.split('/').at(-1) ?? '';
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (only !== undefined) return html`<code>${JSON.stringify(only)}</code>`;
  if (Array.isArray(choices)) return joined(choices.map((one) => html`<code>${JSON.stringify(one)}</code>`));
  const several = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : null;
  if (several !== null) return joined((several as JsonSchema[]).map(typeText)); // schemas all of them, by JSON Schema
  if (Array.isArray(type)) return joined(type.map((one: unknown) => typeText({ ...schema, type: one })));
  if (type === 'array') return html`list of ${typeText((items ?? {}) as JsonSchema)}`; // as above
  if (type === 'object' && schema.properties !== undefined)
    return html`{ ${joinedBy(Object.entries(schema.properties).map(fieldText), ', ')} }`;
  const word = WORDS[String(type)] ?? 'anything';
  const bounds = boundsText(schema);
  return html`${word}${typeof format === 'string' ? ` (${format})` : ''}${bounds}`;
}

/** With its value where it can have but one: that tells the kinds of an object apart. */
const fieldText = ([name, { const: only }]: [string, JsonSchema]): Markup =>
  only === undefined ? html`${name}` : html`${name}: <code>${JSON.stringify(only)}</code>`;

function boundsText({ minimum, maximum, minLength, maxLength }: JsonSchema): string {
  const least = minimum ?? minLength;
  const most = maximum ?? maxLength;
  const unit = minLength === undefined && maxLength === undefined ? '' : ' letters';
  if (minLength === 1 && maxLength === undefined) return ', not empty';
  const isHuge = typeof most === 'number' && Math.abs(most) >= Number.MAX_SAFE_INTEGER;
  if (most === undefined || isHuge) return typeof least === 'number' && least > 0 ? `, at least ${least}${unit}` : '';
  return `, ${typeof least === 'number' && least > -Number.MAX_SAFE_INTEGER ? `${least} to ` : 'up to '}${String(most)}${unit}`;
}

const joined = (parts: readonly Markup[]): Markup => joinedBy(parts, ' or ');

function joinedBy(parts: readonly Markup[], between: string): Markup {
  return html`${parts.map((part, index) => (index === 0 ? part : html`${between}${part}`))}`;
}
