/** The migration report as one HTML page that needs nothing else: no script, no font, no picture, no network. */
import { createHash } from 'node:crypto';
import { bytesText, rateText, secondsText } from '../shared/figures.ts';
import { checksOf, verdictOf, type MigrationReport, type Verdict } from '../shared/report.ts';
import { html, Markup } from './markup.ts';
import {
  bootSection,
  checksSection,
  findingsSection,
  hashesSection,
  leftBehindSection,
  selfCheckSection,
} from './proof-sections.ts';
import { disksSection, mappingSection, sourceAndDestination, timelineSection } from './move-sections.ts';
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
        <title>${report.title}: ${verdict.proved ? 'proved' : 'not proved'}</title>
        ${new Markup(`<style>${reportStyle}</style>`)}
      </head>
      <body>
        <div class="page">
          <header>
            <div class="brand">
              ${mark}<span>Guts migration report</span><span class="when">${momentText(report.finishedAt)}</span>
            </div>
            <h1>${report.title}</h1>
            <p class="under">${report.source.what} → ${report.destination.route} in ${report.destination.folder}</p>
            ${verdictBox(report, verdict)} ${summary(report)}
          </header>
          <main>
            ${sourceAndDestination(report)} ${disksSection(report)} ${checksSection(report)} ${bootSection(report)}
            ${findingsSection(report)} ${mappingSection(report)} ${timelineSection(report)} ${hashesSection(report)}
            ${leftBehindSection(report)} ${selfCheckSection(report)}
          </main>
          <footer>
            <p>
              Written by Guts ${report.versions.guts} on ${report.versions.platform}, Node ${report.versions.node}. The
              file with the ending .json beside this one holds the same facts for programs.
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
    return html`<div class="verdict unproved" role="status">
      ${cross}
      <div>
        <strong>Not proved</strong>
        <p>Do not rely on the moved machine, and keep the source, until this is settled:</p>
        <ul>
          ${against.map((sentence) => html`<li>${sentence}</li> `)}
        </ul>
      </div>
    </div>`;
  }
  const passed = checksOf(report).filter(({ outcome }) => outcome === 'passed').length;
  const count = report.disks.length;
  const disks = count === 1 ? 'The disk' : count === 2 ? 'Both disks' : `All ${count} disks`;
  const boot = report.boot.tried
    ? ' The moved machine was started and reported itself.'
    : ` It was not started: ${report.boot.reason}`;
  return html`<div class="verdict proved" role="status">
    ${tick}
    <div>
      <strong>Everything was proved</strong>
      <p>${disks} arrived complete and unchanged; ${passed} checks say so, each with its evidence below.${boot}</p>
    </div>
  </div>`;
}

function summary(report: MigrationReport): Markup {
  const total = (pick: (disk: MigrationReport['disks'][number]) => number): number =>
    report.disks.reduce((sum, disk) => sum + pick(disk), 0);
  const seconds = (Date.parse(report.finishedAt) - Date.parse(report.startedAt)) / 1000;
  const copying = total((disk) => disk.seconds);
  const virtual = total((disk) => disk.source.virtualSizeBytes);
  const held = virtual - total((disk) => disk.skippedBytes);
  const figures = [
    ['Disks', String(report.disks.length), `${bytesText(virtual)} as the guest sees them`],
    [
      'Read',
      bytesText(total((disk) => disk.readBytes)),
      `${bytesText(total((disk) => disk.skippedBytes))} empty, not read`,
    ],
    [
      'Written',
      bytesText(total((disk) => disk.writtenBytes)),
      `${bytesText(total((disk) => disk.outputBytes))} in files`,
    ],
    ['Time', secondsText(seconds), `${secondsText(copying)} of it copying`],
    ['Speed', copying === 0 ? '–' : rateText(held / copying / 1e6), 'of what the disks hold'],
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
