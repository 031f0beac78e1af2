/** The parts of which the report's sections are made: sections, tables, lists of facts, tags. */
import { html, Markup, type Slot } from './markup.ts';

export interface Column {
  readonly title: string;
  /** `main` gets the room that others leave; `tight` is one of these, and breaks its tags. */
  readonly kind?: 'number' | 'time' | 'name' | 'label' | 'main' | 'tight';
}

/** A table with a header for each column and each row; the first cell of a row names it. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Slot[])[]): Markup {
  const cell = (value: Slot, index: number): Markup => {
    const kind = columns[index]?.kind ?? '';
    return index === 0 ? html`<th scope="row" class="${kind}">${value}</th>` : html`<td class="${kind}">${value}</td>`;
  };
  return html`<div class="wide" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(({ title, kind }) => html`<th scope="col" class="${kind ?? ''}">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(cell)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

export function section(title: string, body: Slot, note = '', kind: 'short' | 'long' = 'short'): Markup {
  const id = title.toLowerCase().replaceAll(/[^a-z]+/g, '-');
  return html`<section class="${kind}" aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${note === '' ? '' : html`<p class="note">${note}</p> `}${body}
  </section> `;
}

/** The same markup with its ids under `place`, so that several of its kind fit into one page. Texts have no quotes: those are escaped. */
export function placed({ text }: Markup, place: string): Markup {
  return new Markup(text.replaceAll(/\b(id|aria-labelledby)="([a-z-]+)"/g, `$1="${place}-$2"`));
}

/** Names and values, one under the other. */
export function facts(list: readonly (readonly [name: string, value: Slot])[]): Markup {
  return html`<dl class="facts">
    ${list.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd> `,
    )}
  </dl>`;
}

/** A word with a sign before it, so that colour does not stand alone. */
export function tag(kind: 'good' | 'bad' | 'wait' | 'plain', word: string): Markup {
  const sign = { good: '✓ ', bad: '✗ ', wait: '! ', plain: '' }[kind];
  return html`<span class="tag ${kind}">${sign}${word}</span>`;
}

/** 2026-03-01T12:00:05.120Z as “2026-03-01 12:00:05 UTC”. */
export function momentText(moment: string): string {
  return `${moment.slice(0, 10)} ${moment.slice(11, 19)} UTC`;
}
