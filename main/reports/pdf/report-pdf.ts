/** The migration report as plain PDF, for the command line and for REST: the same facts as the page, in tables. */
import { bytesText, secondsText } from '../../shared/figures.ts';
import { bytesPerSecondOf, downtimeKind, figuresOf } from '../../shared/report-figures.ts';
import { checksOf, isEnded, isGuestUnseen, verdictOf, type MigrationReport } from '../../shared/report.ts';
import { downtimeNotes, PROVED_UNSEEN, writtenBy } from '../html.ts';
import { cloudOf, productOf, stopEnds } from '../move-sections.ts';
import { momentText } from '../tables.ts';
import { A4 } from './document.ts';
import { Layout } from './layout.ts';
import { producerOf, some, speedText } from './parts.ts';

export function reportPdf(report: MigrationReport): Uint8Array {
  const layout = new Layout(A4);
  writeReport(layout, report);
  return layout.done(`Guts migration report: ${report.title}`, producerOf(report));
}

/** From where the layout stands. */
export function writeReport(layout: Layout, report: MigrationReport): void {
  const { title, migration, downtimeSeconds, plan } = report;
  const { proved, against } = verdictOf(report);
  const isUnseen = isGuestUnseen(report);
  const trouble = report.error ?? report.earlierError;
  const counted = figuresOf(report);
  layout.heading(title, 1);
  layout.text(
    `${productOf(report)} → ${cloudOf(report)}${plan === null ? '' : `, plan “${plan.name}”, wave ${plan.wave}`}`,
    'quiet',
  );
  layout.gap(6);
  layout.text(
    proved ? (isUnseen ? PROVED_UNSEEN : 'Everything was proved') : isEnded(report) ? 'Not proved' : 'Not finished',
    proved ? (isUnseen ? 'wait' : 'good') : 'bad',
    14,
    'bold',
  );
  for (const sentence of against) layout.text(`• ${sentence}`);
  if (trouble !== null) layout.text(`What to do: ${trouble.remedy} (${trouble.code})`);
  layout.table(
    [
      { title: 'Disks', parts: 1 },
      { title: 'Read', parts: 1 },
      { title: 'Sent', parts: 1 },
      { title: 'Time', parts: 1 },
      { title: 'Speed', parts: 1 },
      { title: 'Downtime', parts: 1 },
    ],
    [
      [
        { text: String(counted.disks), note: bytesText(counted.sizeBytes) },
        { text: bytesText(counted.readBytes), note: `${bytesText(counted.skippedBytes)} empty` },
        bytesText(counted.sentBytes),
        { text: secondsText(counted.seconds), note: `${secondsText(counted.copySeconds)} copying` },
        speedText(bytesPerSecondOf(counted)),
        {
          text: downtimeSeconds === null ? '–' : secondsText(downtimeSeconds),
          note: downtimeNotes[downtimeKind(report)],
        },
      ],
    ],
  );
  some(
    layout,
    'What became what',
    [
      { title: 'What', parts: 2 },
      { title: 'Before, at the source', parts: 3 },
      { title: 'After, in the cloud', parts: 3 },
      { title: 'Why', parts: 4 },
    ],
    report.mapping.map(({ what, from, to, reason }) => [what, from, to, reason]),
  );
  some(
    layout,
    'Disks',
    [
      { title: 'Disk', parts: 2 },
      { title: 'Read by', parts: 1.2 },
      { title: 'Sent as', parts: 1.2 },
      { title: 'Size', parts: 1.5, isNumber: true },
      { title: 'Read', parts: 1.5, isNumber: true },
      { title: 'Sent', parts: 1.5, isNumber: true },
      { title: 'Time', parts: 1.7, isNumber: true },
      { title: 'In the cloud', parts: 4 },
    ],
    report.disks.map((disk) => [
      disk.label,
      disk.reading,
      disk.imageFormat,
      bytesText(disk.sizeBytes),
      bytesText(disk.readBytes),
      bytesText(disk.sentBytes),
      secondsText(disk.seconds),
      [
        !disk.isThere ? 'removed again' : disk.volumeId === null ? `image ${disk.imageId}` : `volume ${disk.volumeId}`,
        ...(disk.setbacks ?? []).map(({ error }) => `sent anew: ${error.message}`),
      ].join(' · '),
    ]),
  );
  some(
    layout,
    'Ports',
    [
      { title: 'Card', parts: 2 },
      { title: 'Network', parts: 2 },
      { title: 'MAC', parts: 2 },
      { title: 'Addresses', parts: 3 },
    ],
    report.destination.ports.map(({ label, network, mac, addresses, floating }) => [
      label,
      network,
      mac,
      [...addresses, ...(floating === null ? [] : [`floating ${floating}`])].join(', '),
    ]),
  );
  some(
    layout,
    'Checks',
    [
      { title: 'What was checked', parts: 3 },
      { title: 'On', parts: 1.4 },
      { title: 'How it was shown', parts: 5 },
      { title: 'Result', parts: 1.1 },
    ],
    checksOf(report).map(({ claim, about, evidence, outcome }) => [
      claim,
      about,
      evidence,
      {
        text: outcome,
        tone: outcome === 'passed' ? 'good' : outcome === 'failed' ? 'bad' : outcome === 'not shown' ? 'wait' : 'quiet',
      },
    ]),
  );
  some(
    layout,
    'Findings before the start',
    [
      { title: 'What', parts: 4 },
      { title: 'Where', parts: 2 },
      { title: 'What to do', parts: 4 },
      { title: 'Weight', parts: 1.1 },
    ],
    report.findings.map(({ id, says, about, remedy, severity }) => [
      { text: says, note: id },
      about.join(', '),
      remedy,
      { text: severity, tone: severity === 'blocks' ? 'bad' : severity === 'warns' ? 'wait' : 'quiet' },
    ]),
  );
  some(
    layout,
    'Warnings accepted',
    [
      { title: 'What was accepted', parts: 4 },
      { title: 'By', parts: 2 },
      { title: 'When', parts: 2 },
    ],
    report.accepted.map((one) => [
      { text: one.says, note: one.id },
      one.by ?? 'not written down',
      one.at === null ? '' : momentText(one.at),
    ]),
  );
  some(
    layout,
    'Timeline',
    [
      { title: 'Stage', parts: 1 },
      { title: 'Entered', parts: 2 },
      { title: 'Trouble', parts: 4 },
    ],
    report.timeline.map(({ stage, at, error }) => [stage, momentText(at), error?.message ?? '']),
  );
  some(
    layout,
    'Stops',
    [
      { title: 'Stopped', parts: 2 },
      { title: 'Until', parts: 2 },
      { title: 'What ended it', parts: 3 },
    ],
    report.stops.map(({ at, until, by }) => [momentText(at), until === null ? '–' : momentText(until), stopEnds[by]]),
  );
  some(
    layout,
    'Hashes',
    [
      { title: 'Of', parts: 2 },
      { title: 'SHA-512 of the image, as sent and in the cloud', parts: 6 },
    ],
    report.disks.filter(({ isThere }) => isThere).map(({ label, sha512 }) => [label, { text: sha512, font: 'fixed' }]),
    7.5,
  );
  some(
    layout,
    'Left behind',
    [
      { title: 'What', parts: 3 },
      { title: 'Why', parts: 3 },
      { title: 'What to do', parts: 3 },
    ],
    report.leftBehind.map(({ what, why, remedy }) => [what, why, remedy]),
  );
  layout.gap(8);
  layout.text(`Migration ${migration}. ${writtenBy(report)}`, 'quiet', 8);
}
