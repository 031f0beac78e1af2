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
