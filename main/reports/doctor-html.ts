/** What the path doctor saw as one HTML page that needs nothing else, and as JSON for programs. */
import { doctorGroups, type DoctorGroup, type DoctorReport, type DoctorVerdict } from '../shared/doctor.ts';
import { bytesText, rateText, secondsText } from '../shared/figures.ts';
import { html, type Markup } from './markup.ts';
import { figures, page, verdictBox } from './page.ts';
import { momentText, section, table, tag } from './tables.ts';

export const doctorJson = (report: DoctorReport): string => `${JSON.stringify(report, null, 2)}\n`;

export function doctorHtml(report: DoctorReport): string {
  const title = titleOf(report);
  return page({
    title,
    kind: 'Guts path doctor',
    when: momentText(report.takenAt),
    head: html`<h1>${title}</h1>
      <p class="under">Seen from ${report.from.host}${fromText(report)}</p>
      ${verdict(report)} ${summary(report)}`,
    main: html`${todoSection(report)} ${readingsSection(report)}
    ${doctorGroups.map((group) => groupSection(group, report))}`,
    foot: 'Written by Guts. As JSON the report holds the same facts for programs.',
  });
}

const fromText = ({ from: { addresses } }: DoctorReport): string =>
  addresses.length === 0 ? '' : ` (${addresses.join(', ')})`;

function titleOf({ source, destination }: DoctorReport): string {
  const names = [source?.name, destination?.name].flatMap((name) => name ?? []);
  return `The way ${names.length === 2 ? `from ${names[0] ?? ''} to ${names[1] ?? ''}` : `to ${names[0] ?? 'nowhere'}`}`;
}

const heads: Readonly<Record<DoctorVerdict, string>> = {
  good: 'The way is good',
  poor: 'The way can be gone, and some of it is poor',
  bad: 'The way is bad as it is',
  notTried: 'Nothing could be tried',
};

function verdict({ verdict: is, machine, chosen, leftBehind }: DoctorReport): Markup {
  const sign = is === 'good' ? 'proved' : is === 'bad' ? 'unproved' : 'unseen';
  const read = machine === null ? '' : `Of “${machine.name}” a disk was looked at. ${machine.why} `;
  const way = chosen === null ? '' : `The way to take: ${chosen.reading}. ${chosen.why}`;
  const left = leftBehind.length === 0 ? '' : html`<p>Left behind: ${leftBehind.join(' ')}</p>`;
  return verdictBox(
    sign,
    heads[is],
    html`<p>${read}${way}</p>
      ${left}`,
  );
}

function summary({ steps, seconds }: DoctorReport): Markup {
  const count = (of: DoctorVerdict): string => String(steps.filter((step) => step.verdict === of).length);
  return figures([
    ['Good', count('good'), 'as it should be'],
    ['Poor', count('poor'), 'a nuisance'],
    ['Bad', count('bad'), 'stops a move'],
    ['Not tried', count('notTried'), 'each says why'],
    ['Time', secondsText(seconds), 'to look at all of it'],
  ]);
}

const tags: Readonly<Record<DoctorVerdict, Markup>> = {
  good: tag('good', 'good'),
  poor: tag('wait', 'poor'),
  bad: tag('bad', 'bad'),
  notTried: tag('plain', 'not tried'),
};

function todoSection({ steps }: DoctorReport): Markup | string {
  const rows = steps.flatMap(({ about, verdict: is, remedy }) =>
    remedy !== null && is !== 'good' ? [[about, tags[is], remedy]] : [],
  );
  if (rows.length === 0) return '';
  return section(
    'What to do',
    table('What to do', [{ title: 'About', kind: 'name' }, { title: 'Verdict' }, { title: 'Do' }], rows),
  );
}

function readingsSection({ readings }: DoctorReport): Markup | string {
  if (readings.length === 0) return '';
  const rows = readings.map(({ reading, verdict: is, bytes, bytesPerSecond, wholeSeconds, says }) => [
    reading,
    tags[is],
    bytesText(bytes),
    bytesPerSecond === null ? '–' : rateText(bytesPerSecond / 1e6),
    wholeSeconds === null ? '–' : secondsText(wholeSeconds),
    says,
  ]);
  const columns = [
    { title: 'Way', kind: 'name' },
    { title: 'Verdict' },
    { title: 'Read', kind: 'number' },
    { title: 'Rate', kind: 'number' },
    { title: 'Whole machine', kind: 'number' },
    { title: 'Says' },
  ] as const;
  return section('Ways of reading', table('Ways of reading', columns, rows));
}

const groupTitles: Readonly<Record<DoctorGroup, string>> = {
  names: 'Names',
  ports: 'Ports',
  certificates: 'Certificates',
  clocks: 'Clocks',
  rights: 'Rights',
  reading: 'Reading',
  writing: 'Writing',
};

function groupSection(group: DoctorGroup, { steps }: DoctorReport): Markup {
  const own = steps.filter((step) => step.group === group);
  if (own.length === 0) return html``;
  const rows = own.map(({ about, verdict: is, says, evidence, milliseconds }) => [
    about,
    tags[is],
    html`${says} <small>${evidence.join(' · ')}</small>`,
    String(milliseconds),
  ]);
  const columns = [
    { title: 'About', kind: 'name' },
    { title: 'Verdict' },
    { title: 'Says' },
    { title: 'ms', kind: 'number' },
  ] as const;
  return section(groupTitles[group], table(groupTitles[group], columns, rows), '', 'long');
}
