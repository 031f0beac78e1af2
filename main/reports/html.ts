/** The migration report as one HTML page that needs nothing else: no script, no font, no picture, no network. */
import { createHash } from 'node:crypto';
import { bytesText, rateText, secondsText } from '../shared/figures.ts';
import { checksOf, isEnded, verdictOf, type MigrationReport, type ReportDisk, type Verdict } from '../shared/report.ts';
import { html, Markup } from './markup.ts';
import {
  bootSection,
  checksSection,
  findingsSection,
  hashesSection,
  leftBehindSection,
  selfCheckSection,
} from './proof-sections.ts';
import {
  cloudOf,
  disksSection,
  mappingSection,
  productOf,
  sourceAndDestination,
  stageSeconds,
  timelineSection,
} from './move-sections.ts';
import { reportStyle } from './style.ts';
import { momentText } from './tables.ts';

/** The page, self-standing and escaped. Its policy forbids scripts, and every style but its own. */
export function reportHtml(report: MigrationReport): string {
  const verdict = verdictOf(report);
  const styleHash = createHash('sha256').update(reportStyle).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${report.title}: ${verdict.proved ? 'proved' : isEnded(report) ? 'not proved' : 'not finished'}</title>
        ${new Markup(`<style>${reportStyle}</style>`)}
      </head>
      <body>
        <div class="page">
          <header>
            <div class="brand">
              ${mark}<span>Guts migration report</span><span class="when">${momentText(report.finishedAt)}</span>
            </div>
            <h1>${report.title}</h1>
            <p class="under">${productOf(report)} → ${cloudOf(report)}</p>
            ${verdictBox(report, verdict)} ${summary(report)}
          </header>
          <main>
            ${sourceAndDestination(report)} ${disksSection(report)} ${checksSection(report)} ${bootSection(report)}
            ${findingsSection(report)} ${mappingSection(report)} ${timelineSection(report)} ${hashesSection(report)}
            ${leftBehindSection(report)} ${selfCheckSection(report)}
          </main>
          <footer>
            <p>
              Migration ${report.migration}. Written by Guts ${report.versions.guts} on ${report.versions.platform},
              Node ${report.versions.node}. As JSON the report holds the same facts for programs.
            </p>
          </footer>
        </div>
      </body>
    </html> `;
  return page.text;
}

/** The report for programs: the same facts, with the verdict that was drawn from them. */
export function reportJson(report: MigrationReport): string {
  return `${JSON.stringify({ ...report, verdict: verdictOf(report) }, null, 2)}\n`;
}

const mark = html`<svg viewBox="0 0 64 64" aria-hidden="true" focusable="false">
  <rect class="ground" width="64" height="64" rx="14" />
  <path class="lines" d="M11 24h9M8 32h10M11 40h9" />
  <circle class="lines" cx="39" cy="32" r="16" />
  <circle class="hub" cx="39" cy="32" r="5" />
</svg>`;
const tick = html`<svg viewBox="0 0 44 44" aria-hidden="true" focusable="false">
  <circle cx="22" cy="22" r="19" />
  <path d="M13 23l6.5 6.5L31.5 16" />
</svg>`;
const cross = html`<svg viewBox="0 0 44 44" aria-hidden="true" focusable="false">
  <circle cx="22" cy="22" r="19" />
  <path d="M15 15l14 14M29 15L15 29" />
</svg>`;

function verdictBox(report: MigrationReport, { proved, against }: Verdict): Markup {
  if (!proved) {
    const [word, advice] = isEnded(report)
      ? ['Not proved', 'Do not rely on the moved machine, and keep the source, until this is settled:']
      : ['Not finished', 'The migration can still go on; this is how it stands:'];
    return html`<div class="verdict unproved" role="status">
      ${cross}
      <div>
        <strong>${word}</strong>
        <p>${advice}</p>
        <ul>
          ${against.map((sentence) => html`<li>${sentence}</li> `)}
        </ul>
        ${report.error === null ? '' : html`<p>${report.error.remedy} <small>${report.error.code}</small></p>`}
      </div>
    </div>`;
  }
  const passed = checksOf(report).filter(({ outcome }) => outcome === 'passed').length;
  const count = report.disks.length;
  const disks = count === 1 ? 'The disk' : count === 2 ? 'Both disks' : `All ${count} disks`;
  const boot =
    report.boot?.verdict === 'running'
      ? ' The new server was started, and its guest showed that it runs.'
      : ` Whether its guest runs was not shown: ${report.boot?.evidence ?? 'no server was started.'}`;
  return html`<div class="verdict proved" role="status">
    ${tick}
    <div>
      <strong>Everything was proved</strong>
      <p>${disks} arrived complete and unchanged; ${passed} checks say so, each with its evidence below.${boot}</p>
    </div>
  </div>`;
}

function summary(report: MigrationReport): Markup {
  const { disks, downtimeSeconds } = report;
  const total = (pick: (disk: ReportDisk) => number): number => disks.reduce((sum, disk) => sum + pick(disk), 0);
  const seconds = (Date.parse(report.finishedAt) - Date.parse(report.startedAt)) / 1000;
  const copying = stageSeconds(report, 'copying');
  const virtual = total((disk) => disk.sizeBytes);
  const skipped = total((disk) => disk.skippedBytes);
  const held = virtual - skipped;
  const figures = [
    ['Disks', String(disks.length), `${bytesText(virtual)} as the guest sees them`],
    ['Read', bytesText(total((disk) => disk.readBytes)), `${bytesText(skipped)} empty, not read`],
    ['Sent', bytesText(total((disk) => disk.sentBytes)), 'to the cloud’s image service'],
    ['Time', secondsText(seconds), `${secondsText(copying)} of it copying`],
    ['Speed', copying === 0 ? '–' : rateText(held / copying / 1e6), 'of what the disks hold'],
    ['Downtime', downtimeSeconds === null ? '–' : secondsText(downtimeSeconds), downtimeNote(report)],
  ] as const;
  return html`<dl class="figures">
    ${figures.map(
      ([name, value, more]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}<small>${more}</small></dd>
        </div> `,
    )}
  </dl>`;
}

function downtimeNote({ downtimeSeconds, source, destination }: MigrationReport): string {
  if (downtimeSeconds !== null) return 'from shut down to active';
  if (destination.server === null) return 'there is no new server';
  return source.vm?.power === 'on' ? 'the machine was not stopped' : 'the machine was off before';
}
