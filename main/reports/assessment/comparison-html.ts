/** What has changed since an export before, as a part of the assessment’s page. */
import type { Comparison } from '../../shared/compare-assessments.ts';
import { html, type Markup, type Slot } from '../markup.ts';
import { momentText, section, table, tag } from '../tables.ts';
import {
  changeText,
  diskText,
  doubtWords,
  memoryText,
  numberText,
  readinessOrder,
  readinessWords,
  filesText,
} from './words.ts';

const MOST_ROWS = 300;

export function comparisonSection(comparison: Comparison): Markup {
  const { doubt, before, after, added, gone, changed, unchanged, rules } = comparison;
  const sums = table(
    'Sums before and now',
    [
      { title: 'What', kind: 'name' },
      { title: 'Before', kind: 'number' },
      { title: 'Now', kind: 'number' },
    ],
    [
      ['Machines', numberText(before.machines), numberText(after.machines)],
      ['vCPU', numberText(before.cpus), numberText(after.cpus)],
      ['Memory', memoryText(before.memoryMiB), memoryText(after.memoryMiB)],
      ['Disks', diskText(before.diskGiB), diskText(after.diskGiB)],
      ...readinessOrder.map((one): Slot[] => [
        readinessWords[one].word,
        numberText(before.readiness[one]),
        numberText(after.readiness[one]),
      ]),
    ],
  );
  const findings = table(
    'Findings before and now',
    [
      { title: 'What was found', kind: 'name' },
      { title: 'Machines before', kind: 'number' },
      { title: 'Now', kind: 'number' },
    ],
    rules.map(({ id, says, before: had, after: has }): Slot[] => [
      html`${says}<small>${id}</small>`,
      numberText(had),
      numberText(has),
    ]),
  );
  const rows: Slot[][] = [
    ...added.map(({ name, cpus, memoryMiB, diskGiB }) => [
      name,
      tag('plain', 'added'),
      `${cpus} vCPU, ${memoryText(memoryMiB)}, ${diskText(diskGiB)}`,
    ]),
    ...gone.map(({ name, cpus, memoryMiB, diskGiB }) => [
      name,
      tag('plain', 'gone'),
      `${cpus} vCPU, ${memoryText(memoryMiB)}, ${diskText(diskGiB)}`,
    ]),
    ...changed.map(({ name, changes }) => [name, tag('plain', 'changed'), changes.map(changeText).join('; ')]),
  ];
  const columns = [{ title: 'Machine', kind: 'name' }, { title: '' }, { title: 'What', kind: 'name' }] as const;
  const more =
    rows.length <= MOST_ROWS
      ? ''
      : html`<p class="note">
          The first ${numberText(MOST_ROWS)} of ${numberText(rows.length)}; the others are in XLSX and JSON.
        </p>`;
  const from = `${filesText(before.from)}${before.takenAt === null ? '' : ` of ${momentText(new Date(before.takenAt).toISOString())}`}`;
  const note = `Since ${from}: ${numberText(added.length)} added, ${numberText(gone.length)} gone, ${numberText(changed.length)} changed, ${numberText(unchanged)} as they were.`;
  return section(
    'What has changed',
    html`${doubt === null ? '' : html`<p><strong>${doubtWords[doubt]}</strong></p>`} ${sums}
    ${rules.length === 0 ? '' : findings}
    ${rows.length === 0 ? '' : table('Machines that have changed', columns, rows.slice(0, MOST_ROWS))} ${more}`,
    note,
    'long',
  );
}
