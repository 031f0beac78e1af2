/** HTML from templates in which every value is escaped unless it is markup already. */

/** Text that is HTML. Only `html` makes it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Slot = Markup | string | number | readonly Markup[];

/** ``html`<p>${name}</p>` ``: strings and numbers become text (or the text of a quoted attribute), markup stays markup. */
export function html(parts: TemplateStringsArray, ...values: readonly Slot[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + rendered(values[index - 1] ?? '') + part));
}

function rendered(slot: Slot): string {
  if (slot instanceof Markup) return slot.text;
  if (typeof slot === 'string' || typeof slot === 'number') return escaped(String(slot));
  return slot.map((markup) => markup.text).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
// Control characters have no place in HTML, and those that turn the direction of text can make a name read as another.
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function escaped(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replaceAll(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
