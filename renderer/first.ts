/**
 * First of all the page's modules: keeps libraries within its content security policy. No text becomes HTML, except style
 * sheets that they write as text; no text becomes a program.
 */
import * as z from 'zod';

interface Factory {
  createPolicy(name: string, rules: { createHTML(text: string): string }): unknown;
}

const { trustedTypes } = globalThis as { readonly trustedTypes?: Factory }; // Chromium's; not in every library of types

trustedTypes?.createPolicy('default', {
  createHTML: (text) => {
    if (text.includes('<')) throw new TypeError('Guts makes no HTML of text.');
    return text;
  },
});
z.config({ jitless: true }); // before any schema is made: each would try whether it may compile itself
