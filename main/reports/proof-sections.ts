/** The sections of the report that say why it can be believed: checks, boot, findings, hashes, and how to look for oneself. */
import type { Severity } from '../shared/preflight.ts';
import { checksOf, type MigrationReport, type ReportCheck } from '../shared/report.ts';
import { html, type Markup, type Slot } from './markup.ts';
import { momentText, section, table, tag } from './tables.ts';

const outcomeTags: Readonly<Record<ReportCheck['outcome'], Markup>> = {
  passed: tag('good', 'passed'),
  failed: tag('bad', 'failed'),
  'not shown': tag('wait', 'not shown'),
  'not made': tag('plain', 'not made'),
};

export function checksSection(report: MigrationReport): Markup {
  const checks = checksOf(report);
  if (checks.length === 0)
    return section('Checks', html`<p>${tag('plain', 'none')} Nothing is there to be checked.</p>`);
  const columns = [
    { title: 'What was checked', kind: 'name' },
    { title: 'On', kind: 'label' },
    { title: 'How it was shown', kind: 'name' },
    { title: 'Result' },
  ] as const;
  const rows = checks.map(({ about, claim, evidence, outcome }) => [
    claim,
    about,
    withHashes(evidence),
    outcomeTags[outcome],
  ]);
  return section('Checks', table('Each claim with its evidence', columns, rows), '', 'long');
}

export function bootSection({ boot, warnings }: MigrationReport): Markup {
  if (boot === null) return section('Boot', html`<p>${tag('plain', 'not tried')} No server was started.</p>`);
  const state = {
    running: tag('good', 'running'),
    unknown: tag('wait', 'not shown'),
    notWatched: tag('plain', 'not watched'),
  };
  const others = warnings.filter((warning) => !warning.includes(boot.evidence));
  return section(
    'Boot',
    html`<p>${state[boot.verdict]} ${boot.evidence}</p>
      ${
        boot.console.length === 0
          ? ''
          : html`<p>The console’s last lines:</p>
              <pre>${boot.console.join('\n')}</pre>`
      }
      ${others.map((warning) => html`<p>${tag('wait', 'note')} ${warning}</p>`)}`,
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

/** Warnings that the move was wanted in spite of, and by whom. */
export function acceptedSection({ accepted }: Pick<MigrationReport, 'accepted'>): Markup {
  if (accepted.length === 0)
    return section('Warnings accepted', html`<p>${tag('good', 'none')} Nobody had to accept a warning.</p>`);
  const columns = [
    { title: 'What was accepted', kind: 'name' },
    { title: 'Where', kind: 'name' },
    { title: 'By', kind: 'name' },
    { title: 'When', kind: 'time' },
  ] as const;
  const rows = accepted.map(({ id, says, about, by, at }) => [
    html`${says}<small>${id}</small>`,
    about.join(', '),
    by ?? 'not written down',
    at === null ? '' : momentText(at),
  ]);
  return section('Warnings accepted', table('Accepted warnings, with who accepted them', columns, rows), '', 'long');
}

export function hashesSection({ disks }: MigrationReport): Markup {
  const there = disks.filter(({ isThere }) => isThere);
  const rows = there.flatMap(({ label, imageFormat, sha512, contentBefore, contentAfter }): Slot[][] => [
    [html`${label}<small>as ${imageFormat}, sent and in the cloud</small>`, 'SHA-512', hash(sha512)],
    ...(contentBefore === null ? [] : [[html`${label}<small>content before</small>`, 'Content', hash(contentBefore)]]),
    ...(contentAfter === null ? [] : [[html`${label}<small>content after</small>`, 'Content', hash(contentAfter)]]),
  ]);
  if (rows.length === 0) return section('Hashes', html`<p>There is nothing to hash.</p>`);
  const columns = [
    { title: 'Of', kind: 'name' },
    { title: 'Kind', kind: 'time' },
    { title: 'Value', kind: 'name' },
  ] as const;
  const hasContent = there.some(({ contentAfter }) => contentAfter !== null);
  const note = hasContent
    ? 'A content digest says what the guest sees, whatever the format of the image: equal digests mean equal disks.'
    : '';
  return section('Hashes', table('What was hashed', columns, rows), note, 'long');
}

/** A sentence in which long hashes stand back behind the words. */
function withHashes(sentence: string): Markup {
  const parts = sentence.split(/([0-9a-f]{32,})/);
  return html`${parts.map((part, index) => (index % 2 === 1 ? hash(part) : html`${part}`))}`;
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
export function selfCheckSection({ destination, disks, files }: MigrationReport): Markup {
  const isHere = files.length > 0;
  const commands = isHere ? commandsHere(files) : commandsThere(destination, disks);
  if (commands.length === 0) return html``;
  return section(
    'See for yourself',
    html`<pre>${commands.join('\n')}</pre>`,
    isHere
      ? 'Commands for a shell that check the disks that are kept on this machine.'
      : 'Commands of the OpenStack client that show what was made, for a shell that is signed in to the project.',
  );
}

function commandsHere(files: MigrationReport['files']): string[] {
  const images = files.filter(({ path }) => path.endsWith('.qcow2')).map(({ path }) => quoted(path));
  return [
    `sha512sum ${files.map(({ path }) => quoted(path)).join(' ')}`,
    ...images.flatMap((image) => [`qemu-img check ${image}`, `guts digest ${image}`]),
  ];
}

function commandsThere({ server, ports }: MigrationReport['destination'], disks: MigrationReport['disks']): string[] {
  if (server === null) return [];
  return [
    `openstack server show ${quoted(server.id)}`,
    `openstack console log show ${quoted(server.id)}`,
    ...ports.map(({ id }) => `openstack port show ${quoted(id)}`),
    ...disks
      .filter(({ isThere }) => isThere)
      .map(({ volumeId, imageId }) =>
        volumeId === null ? `openstack image show ${quoted(imageId)}` : `openstack volume show ${quoted(volumeId)}`,
      ),
  ];
}

/** As a POSIX shell takes it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
