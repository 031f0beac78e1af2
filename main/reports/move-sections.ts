/** The sections of the report that say what was moved: both sides, disks, mapping, stages. */
import { bytesText, rateText, secondsText } from '../shared/figures.ts';
import type { Reading } from '../shared/migration.ts';
import type { MigrationReport, ReportDisk, ReportStop } from '../shared/report.ts';
import { html, type Markup, type Slot } from './markup.ts';
import { facts, momentText, section, table, tag } from './tables.ts';

/** “VMware vCenter Server 8.0.3 (vc1)”, “Microsoft Hyper-V 10.0.20348, host hv1.example.net (hv1)”, as far as it is known. */
export function productOf({ source: { about, connection } }: MigrationReport): string {
  return named(
    about === null
      ? null
      : `${about.product} ${about.version}${about.kind === 'hyperv' ? `, host ${about.instanceId}` : ''}`,
    connection,
    'a source that is not known here any more',
  );
}

/** “project shop (os1)”, as far as it is known. */
export function cloudOf({ destination: { about, connection } }: MigrationReport): string {
  const project = about === null ? null : `OpenStack, project ${about.project.name}`;
  return named(project, connection, 'a cloud that is not known here any more');
}

function named(what: string | null, connection: string | null, otherwise: string): string {
  if (what === null) return connection ?? otherwise;
  return connection === null ? what : `${what} (${connection})`;
}

/** Where both sides are, and what each said of itself. */
export function sourceAndDestination(report: MigrationReport): Markup {
  const { source, destination } = report;
  const from: [string, Slot][] = [['Source', productOf(report)]];
  if (source.address !== null) from.push(['Address', html`<code>${source.address}</code>`]);
  if (source.about !== null) from.push([source.about.kind === 'hyperv' ? 'System' : 'Build', source.about.build]);

  const to: [string, Slot][] = [['Cloud', cloudOf(report)]];
  if (destination.address !== null) to.push(['Address', html`<code>${destination.address}</code>`]);
  if (destination.about !== null) {
    to.push(['Region', destination.about.region]);
    to.push([
      'Services',
      Object.entries(destination.about.versions)
        .map((pair) => pair.join(' '))
        .join(', '),
    ]);
  }
  if (destination.server === null) to.push(['Server', tag('plain', 'not made')]);
  return html`<div class="two">${section('Moved from', facts(from))}${section('Moved to', facts(to))}</div> `;
}

export function disksSection({ disks }: MigrationReport): Markup {
  if (disks.length === 0) return section('Disks', html`<p>${tag('plain', 'none')} No disk was copied.</p>`);
  const columns = [
    { title: 'Disk', kind: 'label' },
    { title: 'Read by' },
    { title: 'Sent as' },
    { title: 'Size', kind: 'number' },
    { title: 'Read', kind: 'number' },
    { title: 'Sent', kind: 'number' },
    { title: 'Time', kind: 'number' },
  ] as const;
  const rows = disks.map((disk) => [
    html`${disk.label}${disk.isThere ? '' : html`<small>removed again</small>`}${setbacksOf(disk)}`,
    html`${disk.reading}<small>${readings[disk.reading]}</small>`,
    html`${disk.imageFormat}<small>${routes[disk.route]}</small>`,
    html`${bytesText(disk.sizeBytes)}${bar(disk)}<small>${bytesText(disk.skippedBytes)} empty</small>`,
    bytesText(disk.readBytes),
    bytesText(disk.sentBytes),
    html`${secondsText(disk.seconds)}<small>${rateOf(disk)}</small>`,
  ]);
  const note =
    'Size is what the guest sees; the bar shows how much of it holds something. Empty parts are neither read nor sent.';
  return section('Disks', table('Every disk, in the order of its controller', columns, rows), note, 'long');
}

const setbacksOf = ({ setbacks = [] }: ReportDisk): Markup[] =>
  setbacks.map(({ error }) => html`<small>sent anew: ${error.message}</small>`);

const readings: Readonly<Record<Reading, string>> = {
  lease: 'the host’s export stream',
  ranges: 'ranges of the datastore’s file',
  areas: 'ranges of what is allocated',
  file: 'blocks of the disk’s own file',
};
const routes: Readonly<Record<ReportDisk['route'], string>> = {
  'carry-over': 'compressed blocks carried over',
  stream: 'unpacked on the way',
  blocks: 'block by block',
};

function rateOf({ sizeBytes, skippedBytes, seconds }: ReportDisk): string {
  return seconds === 0 ? '' : rateText((sizeBytes - skippedBytes) / seconds / 1e6);
}

/** How full the disk is; the same stands beside it in figures. */
function bar({ sizeBytes, skippedBytes }: ReportDisk): Markup {
  const full = sizeBytes === 0 ? 0 : Math.max(0, 1 - skippedBytes / sizeBytes);
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect class="all" width="100" height="10" />
    <rect class="full" width="${(100 * full).toFixed(1)}" height="10" />
  </svg>`;
}

export function mappingSection({ mapping }: MigrationReport): Markup | string {
  if (mapping.length === 0) return '';
  const columns = [
    { title: 'What', kind: 'label' },
    { title: 'At the source', kind: 'name' },
    { title: 'In the cloud', kind: 'name' },
    { title: 'Why', kind: 'name' },
  ] as const;
  const rows = mapping.map(({ what, from, to, reason }) => [what, from, to, reason]);
  return section('Mapping', table('What became what, and why', columns, rows), '', 'long');
}

/** Where the time went: stages in order, each from when it was entered until the next was. */
export function timelineSection(report: MigrationReport): Markup {
  const { timeline } = report;
  const columns = [
    { title: 'Stage', kind: 'name' },
    { title: 'Entered', kind: 'time' },
    { title: 'Took', kind: 'number' },
    { title: 'Share', kind: 'number' },
  ] as const;
  const wholeMs = Math.max(1, Date.parse(report.finishedAt) - Date.parse(report.startedAt));
  const rows = timeline.map(({ at, stage, error, node }, index) => {
    const next = timeline[index + 1];
    const tookMs = next === undefined ? 0 : Math.max(0, Date.parse(next.at) - Date.parse(at));
    const share = (part: number): string => ((100 * part) / wholeMs).toFixed(1);
    return [
      html`${stage === 'failed' ? tag('bad', stage) : stage}${error === undefined ? '' : html`<small>${error.message}</small>`}${node === undefined ? '' : html`<small>on ${node}</small>`}`,
      momentText(at),
      next === undefined ? '' : secondsText(tookMs / 1000),
      html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect class="all" width="100" height="10" />
        <rect
          class="full"
          x="${share(Date.parse(at) - Date.parse(report.startedAt))}"
          width="${share(tookMs)}"
          height="10"
        />
      </svg>`,
    ];
  });
  return section('Timeline', table('The stages, as the journal has them', columns, rows), '', 'long');
}

/** When the machine was off for the migration; nothing where it never was. */
export function stopsSection({ stops }: MigrationReport): Markup | string {
  if (stops.length === 0) return '';
  const columns = [
    { title: 'Stopped', kind: 'time' },
    { title: 'Until', kind: 'time' },
    { title: 'For', kind: 'number' },
    { title: 'What ended it', kind: 'name' },
  ] as const;
  const rows = stops.map(({ at, until, by }): Slot[] => [
    momentText(at),
    until === null ? '–' : momentText(until),
    until === null ? '–' : secondsText((Date.parse(until) - Date.parse(at)) / 1000),
    stopEnds[by],
  ]);
  return section('Stops', table('When the machine was stopped, and when it ran again', columns, rows), '', 'long');
}

export const stopEnds: Readonly<Record<ReportStop['by'], string>> = {
  source: 'it was started again at the source',
  server: 'the new server was active',
  off: 'it is still off',
  unknown: 'when it ran again is not known',
};
