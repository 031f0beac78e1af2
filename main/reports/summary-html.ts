/** The summary of several migrations as one HTML page that needs nothing else, with the report of each within. */
import { bytesText, rateText, secondsText } from '../shared/figures.ts';
import { lineOf, type SummaryLine, type SummaryReport, type SummaryScope } from '../shared/summary-report.ts';
import type { MigrationReport } from '../shared/report.ts';
import { hasEnded } from '../shared/stages.ts';
import { reportHead, reportSections, writtenBy } from './html.ts';
import { html, type Markup, type Slot } from './markup.ts';
import { figures, page, verdictBox } from './page.ts';
import { momentText, placed, section, table, tag } from './tables.ts';

export function summaryHtml(summary: SummaryReport): string {
  const title = titleOf(summary.scope);
  return page({
    title,
    kind: 'Guts summary report',
    when: whenOf(summary),
    head: html`<h1>${title}</h1>
      <p class="under">${periodOf(summary.scope)}</p>
      ${verdict(summary)} ${totals(summary)}`,
    main: html`${linesSection(summary)} ${notProvedSection(summary)} ${acceptedSection(summary)} ${leftSection(summary)}
    ${notBegunSection(summary)} ${(summary.reports ?? []).map(chapter)}`,
    foot: `${writtenBy(summary)} As JSON the report holds the same facts for programs.`,
  });
}

export function titleOf({ plan, wave, from, to }: SummaryScope): string {
  if (plan !== null) return wave === null ? `Plan “${plan}”` : `Plan “${plan}”, wave ${wave}`;
  return from === null && to === null ? 'All migrations' : 'Migrations of a period';
}

export function periodOf({ from, to }: SummaryScope): string {
  const parts = [from === null ? '' : `from ${momentText(from)}`, to === null ? '' : `to ${momentText(to)}`].filter(
    (part) => part !== '',
  );
  return parts.length === 0 ? 'Whenever they ended' : `Ended ${parts.join(' ')}`;
}

/** When the last of them ended: the same report is the same page. */
function whenOf({ lines }: SummaryReport): string {
  const last = lines
    .flatMap(({ endedAt }) => endedAt ?? [])
    .sort()
    .at(-1);
  return last === undefined ? '' : momentText(last);
}

function verdict({ totals: { migrations, proved, guestsUnseen, unfinished }, notBegun }: SummaryReport): Markup {
  if (migrations === 0 && notBegun.length === 0)
    return verdictBox('unproved', 'Nothing was moved', html`<p>No migration is of this.</p>`);
  if (proved === migrations && notBegun.length === 0)
    return verdictBox(
      guestsUnseen === 0 ? 'proved' : 'unseen',
      migrations === 1 ? 'The migration was proved' : `All ${migrations} migrations were proved`,
      html`<p>
        Every disk arrived complete and unchanged; each report says how that was shown.${unseenText(guestsUnseen)}
      </p>`,
    );
  const open = migrations - proved - unfinished;
  const parts = [
    `${proved} of ${migrations} ${migrations === 1 ? 'migration' : 'migrations'} ${proved === 1 ? 'was' : 'were'} proved`,
    ...(open === 0 ? [] : [`${open} ended without proof`]),
    ...(unfinished === 0 ? [] : [`${unfinished} can still go on`]),
    ...(notBegun.length === 0
      ? []
      : [`${notBegun.length} of the plan’s machines ${notBegun.length === 1 ? 'was' : 'were'} not begun`]),
  ];
  return verdictBox(
    'unproved',
    'Not everything was proved',
    html`<p>${parts.join('; ')}. Keep the sources of those that were not proved.${unseenText(guestsUnseen)}</p>`,
  );
}

const unseenText = (guests: number): string =>
  guests === 0
    ? ''
    : ` Of those that were proved, ${guests === 1 ? 'one guest was' : `${guests} guests were`} not seen to run.`;

function totals({ totals: sums }: SummaryReport): Markup {
  const { migrations, done, failed, undone, disks, sizeBytes, skippedBytes, longestDowntimeSeconds } = sums;
  const speed = sums.bytesPerSecond;
  return figures([
    ['Migrations', String(migrations), `${done} done, ${failed} failed, ${undone} undone`],
    ['Disks', String(disks), `${bytesText(sizeBytes)} as the guests see them`],
    ['Read', bytesText(sums.readBytes), `${bytesText(skippedBytes)} empty, not read`],
    ['Sent', bytesText(sums.sentBytes), 'to the cloud’s image service'],
    ['Speed', speed === null ? '–' : rateText(speed / 1e6), 'of what the disks hold, one migration'],
    [
      'Downtime',
      longestDowntimeSeconds === null ? '–' : secondsText(sums.downtimeSeconds),
      longestDowntimeSeconds === null
        ? sums.stopped === 0
          ? 'no machine was stopped'
          : 'machines were stopped; for how long is not known'
        : `in all; the longest ${secondsText(longestDowntimeSeconds)}`,
    ],
  ]);
}

type Judged = Pick<SummaryLine, 'proved' | 'isGuestUnseen' | 'stage'>;

export const verdictTone = ({ proved, isGuestUnseen, stage }: Judged): 'good' | 'wait' | 'bad' =>
  proved ? (isGuestUnseen ? 'wait' : 'good') : hasEnded(stage) ? 'bad' : 'wait';

export const lineVerdict = ({
  proved,
  isGuestUnseen,
  stage,
}: Judged): 'proved' | 'proved, guest not seen' | 'not proved' | 'not finished' =>
  proved ? (isGuestUnseen ? 'proved, guest not seen' : 'proved') : hasEnded(stage) ? 'not proved' : 'not finished';

function linesSection({ lines, reports }: SummaryReport): Markup {
  const columns = [
    { title: 'Machine', kind: 'name' },
    { title: 'From → to', kind: 'name' },
    { title: 'Started', kind: 'time' },
    { title: 'Ended', kind: 'time' },
    { title: 'Read', kind: 'number' },
    { title: 'Sent', kind: 'number' },
    { title: 'Speed', kind: 'number' },
    { title: 'Downtime', kind: 'number' },
    { title: 'Verdict' },
  ] as const;
  const rows = lines.map((line): Slot[] => [
    reports === null ? line.vm : html`<a href="#${line.migration}">${line.vm}</a>`,
    html`${line.from ?? 'gone'} → ${line.to ?? 'gone'}${planText(line)}`,
    twoLines(line.startedAt),
    twoLines(line.endedAt),
    bytesText(line.readBytes),
    bytesText(line.sentBytes),
    line.bytesPerSecond === null ? '–' : rateText(line.bytesPerSecond / 1e6),
    line.downtimeSeconds === null ? '–' : secondsText(line.downtimeSeconds),
    html`${tag(verdictTone(line), lineVerdict(line))}<small>${line.stage}</small>`,
  ]);
  return section('Migrations', table('A line for each migration', columns, rows), 'Times are UTC.', 'long');
}

const planText = ({ plan }: SummaryLine): Slot =>
  plan === null ? '' : html`<small>${plan.name}, wave ${plan.wave}</small>`;

/** The day, and under it the time. */
function twoLines(moment: string | null): Slot {
  return moment === null ? '–' : html`${moment.slice(0, 10)}<small>${moment.slice(11, 19)}</small>`;
}

function notProvedSection({ lines }: SummaryReport): Markup | string {
  const rows = lines
    .filter(({ proved }) => !proved)
    .map(({ vm, against, stage }): Slot[] => [
      html`${vm}<small>${stage}</small>`,
      html`<ul class="places">
        ${against.map((sentence) => html`<li>${sentence}</li>`)}
      </ul>`,
    ]);
  if (rows.length === 0) return '';
  const columns = [
    { title: 'Machine', kind: 'name' },
    { title: 'What stands against it', kind: 'name' },
  ] as const;
  return section('Not proved', table('Migrations that were not proved, and why', columns, rows), '', 'long');
}

function acceptedSection({ lines }: SummaryReport): Markup {
  const rows = lines.flatMap(({ vm, accepted }) =>
    accepted.map(({ id, says, by, at }): Slot[] => [
      vm,
      html`${says}<small>${id}</small>`,
      by ?? 'not written down',
      at === null ? '' : momentText(at),
    ]),
  );
  if (rows.length === 0)
    return section('Warnings accepted', html`<p>${tag('good', 'none')} Nobody had to accept a warning.</p>`);
  const columns = [
    { title: 'Machine', kind: 'name' },
    { title: 'What was accepted', kind: 'name' },
    { title: 'By', kind: 'name' },
    { title: 'When', kind: 'time' },
  ] as const;
  return section('Warnings accepted', table('Accepted warnings, with who accepted them', columns, rows), '', 'long');
}

function leftSection({ lines }: SummaryReport): Markup {
  const rows = lines.flatMap(({ vm, leftBehind }) => leftBehind.map((what): Slot[] => [vm, what]));
  if (rows.length === 0)
    return section('Left behind', html`<p>${tag('good', 'nothing')} Everything that was made on the way is gone.</p>`);
  const columns = [
    { title: 'Machine', kind: 'name' },
    { title: 'What is still there', kind: 'name' },
  ] as const;
  const note = 'Remove it as left over (“guts tidy --remove”), or by hand.';
  return section('Left behind', table('Still there', columns, rows), note, 'long');
}

function notBegunSection({ notBegun }: SummaryReport): Markup | string {
  if (notBegun.length === 0) return '';
  const columns = [
    { title: 'Machine', kind: 'name' },
    { title: 'Wave', kind: 'number' },
  ] as const;
  const rows = notBegun.map(({ vm, wave }): Slot[] => [vm, wave]);
  return section('Not begun', table('Machines of the plan without a migration', columns, rows), '', 'long');
}

/** The report of one migration, as a part of this page. */
function chapter(report: MigrationReport): Markup {
  const { migration, title } = report;
  const body = placed(html`${reportHead(report)} ${reportSections(report)}`, migration);
  const { stage } = lineOf(report);
  return html`<article class="chapter" id="${migration}" aria-label="${title}">
    <h2>${title}</h2>
    <p class="under">${migration}, ${stage}</p>
    ${body}
  </article> `;
}
