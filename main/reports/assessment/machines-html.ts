/** Every machine, as a part of the assessment’s page: those that need somebody first. */
import { minutesText } from '../../shared/figures.ts';
import type { AssessedMachine, Assessment } from '../../shared/assessment.ts';
import { html, type Markup, type Slot } from '../markup.ts';
import { section, table, tag } from '../tables.ts';
import { idBeside, placesIn, untoldIn } from '../../shared/assessed/naming.ts';
import { cut, places, withWholeDates } from './parts-html.ts';
import { firmwareText, offTexts, trackingText } from './waves.ts';
import { diskText, memoryText, numberText, readinessWords } from './words.ts';

/** More rows than that are for a spreadsheet. */
const MOST_MACHINES = 1000;

type Rules = ReadonlyMap<string, Assessment['rules'][number]>;

export function machinesSection(assessment: Assessment): Markup | string {
  const rank = { notReady: 0, unknown: 1, conditional: 2, ready: 3 };
  const list = [...assessment.machines].sort((a, b) => rank[a.readiness] - rank[b.readiness]);
  if (list.length === 0) return '';
  const columns = [
    { title: 'Machine', kind: 'name' },
    { title: 'Readiness', kind: 'tight' },
    { title: 'Size', kind: 'number' },
    { title: 'Flavor', kind: 'tight' },
    { title: 'Disks', kind: 'number' },
    { title: 'Off, cold', kind: 'number' },
    { title: 'Wave', kind: 'number' },
    { title: 'What was found', kind: 'main' },
  ] as const;
  const idOf = idBeside(assessment);
  const rules = new Map(assessment.rules.map((rule) => [rule.id, rule]));
  const rows = list.slice(0, MOST_MACHINES).map((one) => machineRow(one, assessment, rules, idOf(one)));
  return section(
    'Machines',
    html`${table('Every machine', columns, rows)}${cut(list.length, MOST_MACHINES)}`,
    '',
    'long',
  );
}

function machineRow(one: AssessedMachine, assessment: Assessment, rules: Rules, id: string | null): Slot[] {
  const { flavors: list, gaps } = assessment;
  const [cold, warm] = offTexts(one);
  const untold = untoldIn(one, gaps);
  const { word, tone } = readinessWords[one.readiness];
  const found = [
    ...foundOf(one, rules),
    ...(untold.length === 0
      ? []
      : [html`not told: ${untold.map((id, at) => html`${at === 0 ? '' : ', '}${link(id, rules)}`)}`]),
    ...(one.readiness === 'unknown' ? one.gaps.flatMap((place) => gaps[place]?.says ?? []) : []),
  ];
  return [
    html`${one.name}${id === null ? '' : html`<small>${id}</small>`}<small>${one.guest ?? 'guest not told'}</small
      ><small>${firmwareText(one)}, tracking ${trackingText(one)}</small>`,
    tag(tone, word),
    html`${numberText(one.cpus)} vCPU<small>${memoryText(one.memoryMiB)}</small>`,
    html`${list[one.flavor ?? -1]?.name ?? '–'}<small>${one.profile}</small>`,
    html`${diskText(one.diskGiB)}<small>${numberText(one.disks)}, ${minutesText(one.seconds)}</small>`,
    html`${cold}<small>${warm === '–' ? '' : `warm ${warm}`}</small>`,
    one.wave === null ? '–' : String(one.wave),
    found.length === 0 ? '–' : places(found),
  ];
}

/** What blocks and warns with its places, and only the names of what informs: that is nearly the same for all. */
function foundOf(one: AssessedMachine, rules: Rules): Markup[] {
  const informs = one.findings.filter(({ id }) => rules.get(id)?.severity === 'informs');
  const heavy = one.findings.filter((finding) => !informs.includes(finding));
  return [
    ...heavy.map((finding) => {
      const where = placesIn(one, finding).join('; ');
      const says = where === '' ? (rules.get(finding.id)?.says ?? '') : withWholeDates(where);
      return html`${link(finding.id, rules)}: ${says}`;
    }),
    ...(informs.length === 0
      ? []
      : [html`informs: ${informs.map(({ id }, at) => html`${at === 0 ? '' : ', '}${link(id, rules)}`)}`]),
  ];
}

/** It leads to what the rule says. */
const link = (id: string, rules: Rules): Markup =>
  html`<a href="#${id}" title="${rules.get(id)?.says ?? id}">${id}</a>`;
