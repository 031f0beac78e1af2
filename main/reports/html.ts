/** The migration report as one HTML page that needs nothing else: no script, no font, no picture, no network. */
import { bytesText, rateText, secondsText } from '../shared/figures.ts';
import { bytesPerSecondOf, downtimeKind, figuresOf, type DowntimeKind } from '../shared/report-figures.ts';
import { checksOf, isEnded, isGuestUnseen, verdictOf, type MigrationReport, type Verdict } from '../shared/report.ts';
import { beforeAndAfter } from './before-after.ts';
import { html, type Markup } from './markup.ts';
import {
  cloudOf,
  disksSection,
  mappingSection,
  productOf,
  sourceAndDestination,
  stopsSection,
  timelineSection,
} from './move-sections.ts';
import { figures, page, verdictBox } from './page.ts';
import {
  acceptedSection,
  bootSection,
  checksSection,
  findingsSection,
  hashesSection,
  leftBehindSection,
  selfCheckSection,
} from './proof-sections.ts';
import { momentText } from './tables.ts';

/** The head of a report that is proved in all but that the guest runs. */
export const PROVED_UNSEEN = 'All that could be checked was proved, but the guest was not seen to run';

export function reportHtml(report: MigrationReport): string {
  const { proved } = verdictOf(report);
  return page({
    title: `${report.title}: ${proved ? (isGuestUnseen(report) ? 'proved, guest not seen' : 'proved') : isEnded(report) ? 'not proved' : 'not finished'}`,
    kind: 'Guts migration report',
    when: momentText(report.finishedAt),
    head: html`<h1>${report.title}</h1>
      ${reportHead(report)}`,
    main: reportSections(report),
    foot: `Migration ${report.migration}. ${writtenBy(report)} As JSON the report holds the same facts for programs.`,
  });
}

/** The report for programs: the same facts, with the verdict that was drawn from them. */
export function reportJson(report: MigrationReport): string {
  return `${JSON.stringify({ ...report, verdict: verdictOf(report) }, null, 2)}\n`;
}

export const writtenBy = ({ versions: { guts, node, platform } }: Pick<MigrationReport, 'versions'>): string =>
  `Written by Guts ${guts} on ${platform}, Node ${node}.`;

/** What stands under the machine's name: from where to where, the verdict, the figures. */
export function reportHead(report: MigrationReport): Markup {
  const plan = report.plan === null ? '' : `, plan “${report.plan.name}”, wave ${report.plan.wave}`;
  return html`<p class="under">${productOf(report)} → ${cloudOf(report)}${plan}</p>
    ${verdict(report, verdictOf(report))} ${summary(report)}`;
}

export function reportSections(report: MigrationReport): Markup {
  return html`${sourceAndDestination(report)} ${beforeAndAfter(report)} ${disksSection(report)} ${checksSection(report)}
  ${bootSection(report)} ${findingsSection(report)} ${acceptedSection(report)} ${mappingSection(report)}
  ${timelineSection(report)} ${stopsSection(report)} ${hashesSection(report)} ${leftBehindSection(report)}
  ${selfCheckSection(report)}`;
}

function verdict(report: MigrationReport, { proved, against }: Verdict): Markup {
  if (!proved) {
    const trouble = report.error ?? report.earlierError;
    const word = isEnded(report) ? 'Not proved' : 'Not finished';
    const advice = !isEnded(report)
      ? 'The migration can still go on; this is how it stands:'
      : report.destination.server === null
        ? 'No server has come of it; the machine at the source is the one to rely on:'
        : 'Do not rely on the moved machine, and keep the source, until this is settled:';
    return verdictBox(
      'unproved',
      word,
      html`<p>${advice}</p>
        <ul>
          ${against.map((sentence) => html`<li>${sentence}</li> `)}
        </ul>
        ${trouble === null ? '' : html`<p>${trouble.remedy} <small>${trouble.code}</small></p>`}`,
    );
  }
  const passed = checksOf(report).filter(({ outcome }) => outcome === 'passed').length;
  const count = report.disks.length;
  const disks = count === 1 ? 'The disk' : count === 2 ? 'Both disks' : `All ${count} disks`;
  const boot =
    report.boot?.verdict === 'running'
      ? ' The new server was started, and its guest showed that it runs.'
      : ` Whether its guest runs was not shown: ${report.boot?.evidence ?? 'no server was started.'}`;
  const isUnseen = isGuestUnseen(report);
  return verdictBox(
    isUnseen ? 'unseen' : 'proved',
    isUnseen ? PROVED_UNSEEN : 'Everything was proved',
    html`<p>${disks} arrived complete and unchanged; ${passed} checks say so, each with its evidence below.${boot}</p>`,
  );
}

function summary(report: MigrationReport): Markup {
  const { downtimeSeconds } = report;
  const counted = figuresOf(report);
  const { sizeBytes, skippedBytes, readBytes, sentBytes, seconds, copySeconds } = counted;
  const speed = bytesPerSecondOf(counted);
  return figures([
    ['Disks', String(counted.disks), `${bytesText(sizeBytes)} as the guest sees them`],
    ['Read', bytesText(readBytes), `${bytesText(skippedBytes)} empty, not read`],
    ['Sent', bytesText(sentBytes), 'to the cloud’s image service'],
    ['Time', secondsText(seconds), `${secondsText(copySeconds)} of it copying`],
    ['Speed', speed === null ? '–' : rateText(speed / 1e6), 'of what the disks hold'],
    ['Downtime', downtimeSeconds === null ? '–' : secondsText(downtimeSeconds), downtimeNotes[downtimeKind(report)]],
  ]);
}

export const downtimeNotes: Readonly<Record<DowntimeKind, string>> = {
  untilServer: 'from shut down to active',
  untilSource: 'until it was started again at the source',
  stillOff: 'the machine was stopped, and is still off',
  unknown: 'the machine was stopped; when it ran again is not known',
  notStopped: 'the machine was not stopped',
  wasOff: 'the machine was off before',
};
