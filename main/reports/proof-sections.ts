/** The sections of the report that say why it can be believed: checks, boot, findings, hashes, and how to look for oneself. */
import { secondsText } from '../shared/figures.ts';
import type { Severity } from '../shared/preflight.ts';
import { checksOf, type MigrationReport, type ReportCheck } from '../shared/report.ts';
import { html, type Markup, type Slot } from './markup.ts';
import { baseName, section, table, tag } from './tables.ts';

const outcomeTags: Readonly<Record<ReportCheck['outcome'], Markup>> = {
  passed: tag('good', 'passed'),
  failed: tag('bad', 'failed'),
  'not made': tag('plain', 'not made'),
};

export function checksSection(report: MigrationReport): Markup {
  const columns = [
    { title: 'What was checked', kind: 'name' },
    { title: 'On' },
    { title: 'How it was shown', kind: 'name' },
    { title: 'Result' },
  ] as const;
  const rows = checksOf(report).map(({ about, claim, evidence, outcome }) => [
    claim,
    about,
    evidence,
    outcomeTags[outcome],
  ]);
  return section('Checks', table('Each claim with its evidence', columns, rows), '', 'long');
}

export function bootSection({ boot }: MigrationReport): Markup {
  if (!boot.tried) return section('Boot', html`<p>${tag('plain', 'not tried')} ${boot.reason}</p>`);
  const state = boot.proved ? tag('good', 'booted') : tag('bad', 'not as expected');
  const lines = boot.lines.length === 0 ? '(nothing came)' : boot.lines.join('\n');
  const note = 'The moved disks were started under emulation, without network; nothing was written to them.';
  return section(
    'Boot',
    html`<p>${state} ${boot.ended} It took ${secondsText(boot.seconds)}. The serial port said:</p>
      <pre>${lines}</pre>`,
    note,
  );
}

const severityTags: Readonly<Record<Severity, Markup>> = {
  blocks: tag('bad', 'blocks'),
  warns: tag('wait', 'warns'),
  informs: tag('plain', 'informs'),
};

export function findingsSection({ findings }: MigrationReport): Markup {
  if (findings.length === 0)
    return section('Preflight', html`<p>${tag('good', 'clear')} Nothing was found before the start.</p>`);
  const columns = [
    { title: 'Found before the start', kind: 'name' },
    { title: 'Where', kind: 'name' },
    { title: 'What to do', kind: 'name' },
    { title: 'Weight' },
  ] as const;
  const rows = findings.map(({ id, severity, says, about, remedy }) => [
    html`${says}<small>${id}</small>`,
    about.length === 1
      ? (about[0] ?? '')
      : html`<ul class="places">
          ${about.map((place) => html`<li>${place}</li>`)}
        </ul>`,
    remedy,
    severityTags[severity],
  ]);
  return section('Preflight', table('Findings, the weightiest first', columns, rows), '', 'long');
}

export function hashesSection({ source, destination, disks }: MigrationReport): Markup {
  const manifestWords = {
    matches: 'as the manifest says',
    differs: 'NOT as the manifest says',
    'not-listed': 'not in the manifest',
    'no-manifest': 'there is no manifest',
  };
  const rows: Slot[][] = [];
  for (const { name, digest, manifest } of source.files) {
    if (digest === null) continue;
    rows.push([
      html`${name}<small>source, ${manifestWords[manifest]}</small>`,
      digest.algorithm.toUpperCase().replace(/^SHA(?=\d)/, 'SHA-'),
      hash(digest.hex),
    ]);
  }
  for (const { path, what, sha512 } of destination.files) {
    if (sha512 !== null) rows.push([html`${baseName(path)}<small>written, ${what}</small>`, 'SHA-512', hash(sha512)]);
  }
  for (const { name, contentBefore, contentAfter } of disks) {
    if (contentBefore !== null) rows.push([html`${name}<small>content before</small>`, 'Content', hash(contentBefore)]);
    if (contentAfter !== null) rows.push([html`${name}<small>content after</small>`, 'Content', hash(contentAfter)]);
  }
  if (rows.length === 0) return section('Hashes', html`<p>None were asked for.</p>`);
  const columns = [
    { title: 'Of', kind: 'name' },
    { title: 'Kind', kind: 'time' },
    { title: 'Value', kind: 'name' },
  ] as const;
  const note =
    'A content digest says what the guest sees, whatever the format of the image: equal digests mean equal disks.';
  return section('Hashes', table('What was hashed', columns, rows), note, 'long');
}

function hash(value: string): Markup {
  return html`<span class="hash">${value}</span>`;
}

export function leftBehindSection({ leftBehind }: MigrationReport): Markup {
  if (leftBehind.length === 0) {
    return section('Left behind', html`<p>${tag('good', 'nothing')} Everything that was made on the way is gone.</p>`);
  }
  const columns = [
    { title: 'What', kind: 'name' },
    { title: 'Why', kind: 'name' },
    { title: 'What to do', kind: 'name' },
  ] as const;
  return section(
    'Left behind',
    table(
      'Still there',
      columns,
      leftBehind.map(({ what, why, remedy }) => [what, why, remedy]),
    ),
  );
}

/** The same claims, for someone who would rather not take Guts' word. */
export function selfCheckSection({ destination, disks }: MigrationReport): Markup {
  const commands = disks.flatMap((disk) => [
    ...(disk.format === 'qcow2' ? [`qemu-img check ${quoted(disk.output)}`] : []),
    ...(disk.contentAfter === null ? [] : [`guts digest ${quoted(disk.output)}`]),
  ]);
  const hashed = destination.files.filter(({ sha512 }) => sha512 !== null);
  if (hashed.length > 0) commands.unshift(`sha512sum ${hashed.map(({ path }) => quoted(path)).join(' ')}`);
  const domain = destination.files.find(({ path }) => path.endsWith('.xml'));
  if (domain !== undefined) commands.push(`virsh define ${quoted(domain.path)}`);
  if (commands.length === 0) return html``;
  return section(
    'See for yourself',
    html`<pre>${commands.join('\n')}</pre>`,
    'Commands for a shell that check what is said here, and take the machine into use.',
  );
}

/** As a POSIX shell takes it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
