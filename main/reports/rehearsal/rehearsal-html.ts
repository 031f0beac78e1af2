/** A rehearsal as one HTML page that needs nothing else: go or no go, why, and what to ask for. */
import type { Rehearsal } from '../../shared/rehearsal.ts';
import { html, type Markup, type Slot } from '../markup.ts';
import { figures, page, verdictBox } from '../page.ts';
import { momentText, section, table, tag } from '../tables.ts';
import { sectionsOf, type Section } from './sections.ts';
import { figuresOf, routeOf, titleOf, verdictSays, verdictWords } from './words.ts';

const boxes = { go: 'proved', goWithCare: 'unseen', noGo: 'unproved' } as const;

export function rehearsalHtml(rehearsal: Rehearsal): string {
  const title = titleOf(rehearsal);
  const word = verdictWords[rehearsal.verdict];
  return page({
    title: `${title}: ${word.toLowerCase()}`,
    kind: 'Guts rehearsal',
    when: momentText(rehearsal.takenAt),
    head: html`<h1>${title}</h1>
      <p class="under">${routeOf(rehearsal)}</p>
      ${verdictBox(boxes[rehearsal.verdict], word, html`<p>${verdictSays(rehearsal)}</p>`)}
      ${figures(figuresOf(rehearsal))}`,
    main: html`${requestSection(rehearsal)} ${sectionsOf(rehearsal).map(sectionHtml)}`,
    foot: 'Nothing was made or changed. As JSON the rehearsal holds the same facts for programs.',
  });
}

function requestSection({ request }: Rehearsal): Markup | string {
  if (request === null) return '';
  const note = 'To be sent to whoever runs the cloud, as it is.';
  return section('What to ask for', html`<pre tabindex="0">${request}</pre>`, note, 'long');
}

function sectionHtml({ title, note, columns, rows, tones }: Section): Markup {
  const heads = columns.map((column, index) => ({
    title: column.title,
    kind: column.isNumber === true ? ('number' as const) : index === 0 ? ('label' as const) : ('name' as const),
  }));
  const cells = rows.map((row, at) =>
    row.map((cell, index): Slot => (index === 0 ? tag(tones[at] ?? 'plain', String(cell ?? '–')) : (cell ?? '–'))),
  );
  return section(title, table(title, heads, cells), note, 'long');
}
