/** The page around every report: its policy, its style, its brand. Nothing in it needs anything else. */
import { createHash } from 'node:crypto';
import { html, Markup, type Slot } from './markup.ts';
import { reportStyle } from './style.ts';

interface PageParts {
  /** For the window's or the tab's title. */
  readonly title: string;
  /** What kind of report, beside the mark. */
  readonly kind: string;
  /** At the right of that: when. */
  readonly when: string;
  readonly head: Slot;
  readonly main: Slot;
  readonly foot: Slot;
}

/** The page, self-standing and escaped. Its policy forbids scripts, and every style but its own. */
export function page({ title, kind, when, head, main, foot }: PageParts): string {
  const styleHash = createHash('sha256').update(reportStyle).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
  const whole = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${new Markup(`<style>${reportStyle}</style>`)}
      </head>
      <body>
        <div class="page">
          <header>
            <div class="brand">${mark}<span>${kind}</span><span class="when">${when}</span></div>
            ${head}
          </header>
          <main>${main}</main>
          <footer><p>${foot}</p></footer>
        </div>
      </body>
    </html> `;
  return whole.text;
}

const mark = html`<svg viewBox="0 0 64 64" aria-hidden="true" focusable="false">
  <rect class="ground" width="64" height="64" rx="14" />
  <path class="lines" d="M11 24h9M8 32h10M11 40h9" />
  <circle class="lines" cx="39" cy="32" r="16" />
  <circle class="hub" cx="39" cy="32" r="5" />
</svg>`;

/** The large figures under a head: name, value, a few words more. */
export function figures(list: readonly (readonly [name: string, value: string, more: string])[]): Markup {
  return html`<dl class="figures">
    ${list.map(
      ([name, value, more]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}<small>${more}</small></dd>
        </div> `,
    )}
  </dl>`;
}

const tick = html`<svg viewBox="0 0 44 44" aria-hidden="true" focusable="false">
  <circle cx="22" cy="22" r="19" />
  <path d="M13 23l6.5 6.5L31.5 16" />
</svg>`;
const cross = html`<svg viewBox="0 0 44 44" aria-hidden="true" focusable="false">
  <circle cx="22" cy="22" r="19" />
  <path d="M15 15l14 14M29 15L15 29" />
</svg>`;
const mind = html`<svg viewBox="0 0 44 44" aria-hidden="true" focusable="false">
  <circle cx="22" cy="22" r="19" />
  <path d="M22 12v12M22 31v.5" />
</svg>`;

/** `unseen`: what could be checked was proved, but not that the guest runs. */
const signs = { proved: tick, unseen: mind, unproved: cross } as const;

/** The verdict with its sign: never by colour alone. */
export function verdictBox(is: keyof typeof signs, word: string, body: Slot): Markup {
  return html`<div class="verdict ${is}" role="status">
    ${signs[is]}
    <div><strong>${word}</strong> ${body}</div>
  </div>`;
}
