/** The sections of the report that say what was moved: machine, files, disks, mapping, stages. */
import { bytesText, rateText, secondsText } from '../shared/figures.ts';
import type { MigrationReport, ReportDisk } from '../shared/report.ts';
import { html, type Markup, type Slot } from './markup.ts';
import { baseName, facts, momentText, section, table, tag } from './tables.ts';

export function sourceAndDestination({ source, destination }: MigrationReport): Markup {
  const { vm } = source;
  const from: [string, Slot][] = [['File', html`<code>${source.path}</code>`]];
  if (vm !== null) {
    from.push(
      ['Machine', vm.name],
      ['Processors', vm.cpus],
      ['Memory', bytesText(vm.memoryBytes)],
      ['Firmware', `${vm.firmware === 'bios' ? 'BIOS' : 'UEFI'}${vm.secureBoot ? ', secure boot' : ''}`],
      ['Guest', vm.guestOsName ?? vm.guestOsId ?? 'not said'],
      [
        'Network',
        vm.nics.length === 0
          ? 'none'
          : vm.nics.map((nic) => html`${nic.network ?? 'no network'} <small>${nic.mac ?? ''}</small><br />`),
      ],
    );
  }
  const files = destination.files.map(({ path, what, sizeBytes }): [string, Slot] => [
    what,
    html`<code>${baseName(path)}</code> ${bytesText(sizeBytes)}`,
  ]);
  const to: [string, Slot][] = [['Folder', html`<code>${destination.folder}</code>`], ...files];
  return html`<div class="two">${section('Moved from', facts(from))}${section('Moved to', facts(to))}</div> `;
}

export function disksSection({ disks }: MigrationReport): Markup {
  const columns = [
    { title: 'Disk', kind: 'name' },
    { title: 'From' },
    { title: 'To' },
    { title: 'Size', kind: 'number' },
    { title: 'Read', kind: 'number' },
    { title: 'Written', kind: 'number' },
    { title: 'Time', kind: 'number' },
  ] as const;
  const rows = disks.map((disk) => [
    disk.name,
    html`${disk.source.format}<small>${disk.source.variant}</small>`,
    html`${disk.format}<small>${routes[disk.route]}</small>`,
    html`${bytesText(disk.source.virtualSizeBytes)}${bar(disk)}<small>${bytesText(disk.skippedBytes)} empty</small>`,
    bytesText(disk.readBytes),
    html`${bytesText(disk.writtenBytes)}<small>${bytesText(disk.outputBytes)} file</small>`,
    disk.adopted
      ? 'earlier run'
      : html`${secondsText(disk.seconds)}<small>${rateText(disk.megabytesPerSecond)}</small>`,
  ]);
  const note =
    'Size is what the guest sees; the bar shows how much of it holds something. Empty parts are neither read nor written.';
  return section('Disks', table('Every disk, in the order of its controller', columns, rows), note, 'long');
}

const routes: Readonly<Record<ReportDisk['route'], string>> = {
  'carry-over': 'compressed blocks carried over',
  stream: 'read front to back',
  blocks: 'read where data lies',
};

/** How full the disk is; the same stands beside it in figures. */
function bar({ source, skippedBytes }: ReportDisk): Markup {
  const full = source.virtualSizeBytes === 0 ? 0 : Math.max(0, 1 - skippedBytes / source.virtualSizeBytes);
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect class="all" width="100" height="10" />
    <rect class="full" width="${(100 * full).toFixed(1)}" height="10" />
  </svg>`;
}

export function mappingSection({ mapping }: MigrationReport): Markup | string {
  if (mapping.length === 0) return '';
  const columns = [
    { title: 'What' },
    { title: 'At the source', kind: 'name' },
    { title: 'After the move', kind: 'name' },
  ] as const;
  const rows = mapping.map(({ what, from, to }) => [what, from, to]);
  return section('Mapping', table('What became what', columns, rows));
}

export function timelineSection({ timeline, finishedAt }: MigrationReport): Markup {
  const columns = [
    { title: 'Stage' },
    { title: 'Entered', kind: 'time' },
    { title: 'Took', kind: 'number' },
    { title: 'Note', kind: 'name' },
  ] as const;
  const rows = timeline.map(({ at, stage, note }, index) => {
    const until = timeline[index + 1]?.at ?? finishedAt;
    const took = (Date.parse(until) - Date.parse(at)) / 1000;
    return [
      stage === 'failed' ? tag('bad', stage) : stage,
      momentText(at),
      index === timeline.length - 1 ? '' : secondsText(Math.max(0, took)),
      note,
    ];
  });
  return section('Timeline', table('The stages, as the journal has them', columns, rows), '', 'long');
}
