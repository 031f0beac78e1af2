/** Small parts of the assessment’s page. */
import { html, type Markup, type Slot } from '../markup.ts';
import { numberText } from './words.ts';

export const places = (texts: readonly Slot[]): Markup =>
  html`<ul class="places">
    ${texts.map((text) => html`<li>${text}</li>`)}
  </ul>`;

export const cut = (all: number, most: number): Markup | string =>
  all <= most
    ? ''
    : html`<p class="note">
        The first ${numberText(most)} of ${numberText(all)}; the others are in XLSX, CSV and JSON.
      </p>`;

/** A date is not broken at its hyphens. */
export const withWholeDates = (text: string): readonly Markup[] =>
  text
    .split(/(\d{4}-\d{2}-\d{2})/)
    .map((part, at) => (at % 2 === 0 ? html`${part}` : html`<span class="time">${part}</span>`));
