/** Migrations in words for people: stages, plans, findings, what became of them. */
import type {
  MigrationOptions,
  MigrationPlan,
  MigrationRecord,
  PlannedDisk,
  PlannedPort,
} from '../shared/migration.ts';
import { addressesOf } from '../shared/proposals/ports.ts';
import type { Finding, Severity } from '../shared/preflight.ts';
import type { ScheduledMigration } from '../shared/schedule.ts';
import { isAtRest, isOver, type Stage } from '../shared/stages.ts';
import { sheet, table } from './table.ts';
import { duration, size } from './terminal.ts';

/** What is told when a stage begins. */
export const stageText: Readonly<Partial<Record<Stage, string>>> = {
  preflight: 'Looking for what could stop the move …',
  preparing: 'Preparing the source …',
  copying: 'Copying the disks …',
  cuttingOver: 'Shutting the machine down at the source …',
  provisioning: 'Making the ports, the volumes and the server …',
  booting: 'Starting the server …',
  verifying: 'Looking whether the guest runs …',
  cleaning: 'Removing what was made, and putting the source back …',
  waiting: 'Waiting …',
  paused: 'Paused.',
};

/** The stage, and whether somebody works on it. */
export function stateText({ stage, isRunning }: MigrationRecord): string {
  return isRunning || isAtRest(stage) ? stage : `${stage} (interrupted)`;
}

export function listText(records: readonly ScheduledMigration[], names: ReadonlyMap<string, string>): string {
  const nodes = new Set(records.flatMap(({ placement }) => placement?.node ?? []));
  return table(
    records,
    [
      { title: 'ID', cell: ({ request }) => request.id, isWhole: true },
      { title: 'VM', cell: ({ request }) => request.vm.name, isLastCut: true },
      { title: 'FROM', cell: ({ request }) => names.get(request.source) ?? request.source },
      { title: 'TO', cell: ({ request }) => names.get(request.destination) ?? request.destination },
      { title: 'STAGE', cell: stateText, isWhole: true },
      ...(nodes.size > 1
        ? [{ title: 'NODE', cell: ({ placement }: ScheduledMigration) => placement?.node ?? '' }]
        : []),
      { title: 'CREATED', cell: ({ request }) => request.createdAt.slice(0, 16).replace('T', ' ') },
      { title: 'SAYS', cell: saysOf },
    ],
    'No migration here: guts create',
  );
}

/** What went wrong, what it waits for, why it is slow, or how it was seen to run. */
const saysOf = ({ error, waitsFor, slowedBy, outcome }: ScheduledMigration): string =>
  error?.message ?? waitsFor?.says ?? slowedBy?.says ?? outcome?.boot.evidence ?? '';

const severityText: Readonly<Record<Severity, string>> = { blocks: 'stops it', warns: 'warning', informs: 'note' };

export const findingText = ({ id, severity, says, about, remedy }: Finding): string =>
  `${severityText[severity]} ${id}: ${says}\n  about: ${about.join(', ')}\n  what to do: ${remedy}\n`;

export const findingsText = (findings: readonly Finding[]): string => findings.map(findingText).join('');

/** @param boot from what the server starts, which decides what the first disk becomes */
export function planText(plan: MigrationPlan, boot: MigrationOptions['boot']): string {
  const { targetName, profile, flavor, disks, ports, imageProperties } = plan;
  const isImage = ({ bootIndex }: PlannedDisk): boolean => boot === 'image' && bootIndex === 0;
  const parts = [
    sheet([
      ['server', targetName],
      ['flavor', `${flavor.value.name} (${flavor.reason})`],
      ['hardware', `${profile.value} (${profile.reason})`],
      [
        'properties',
        Object.entries(imageProperties)
          .map((pair) => pair.join('='))
          .join(' '),
      ],
    ]),
    table(
      disks,
      [
        { title: 'DISK', cell: ({ label }) => label },
        { title: 'SIZE', cell: ({ sizeBytes }) => size(sizeBytes), isNumber: true },
        { title: 'READ BY', cell: ({ reading }) => reading.value, isWhole: true },
        { title: 'SENT AS', cell: ({ imageFormat }) => imageFormat.value, isWhole: true },
        {
          title: 'BECOMES',
          cell: (disk) =>
            isImage(disk)
              ? 'image'
              : [`volume of ${disk.sizeGiB} GiB`, disk.volumeType, disk.bus].filter(Boolean).join(', '),
        },
        {
          title: 'BOOTS',
          cell: ({ bootIndex }) => (bootIndex === null ? 'no' : (ordinals[bootIndex] ?? `${bootIndex + 1}.`)),
        },
      ],
      'no disks',
    ) + reasonsText(disks),
  ];
  if (ports.length > 0)
    parts.push(
      table(
        ports,
        [
          { title: 'NETWORK CARD', cell: ({ label }) => label },
          { title: 'NETWORK', cell: ({ networkName }) => networkName },
          { title: 'MAC', cell: ({ mac }) => mac ?? 'the cloud chooses', isWhole: true },
          {
            title: 'ADDRESS',
            cell: (port) => addressesOf(port).join(' ') || 'the cloud chooses',
          },
          ...(ports.some((port) => besidesText(port) !== '') ? [{ title: 'BESIDES', cell: besidesText }] : []),
        ],
        '',
      ),
    );
  return parts.join('\n');
}

const besidesText = ({ portSecurity, addressPairs = [] }: PlannedPort): string => {
  if (portSecurity !== undefined) return 'no port security';
  return addressPairs.length === 0 ? '' : `may send from ${addressPairs.join(' ')}`;
};

const ordinals = ['first', 'second', 'third'];

/** Why disks are read and sent in these ways, each reason once. */
function reasonsText(disks: readonly PlannedDisk[]): string {
  const reasons = disks.flatMap(({ reading, imageFormat }) => [reading, imageFormat]);
  return [...new Set(reasons.map(({ value, reason }) => `  ${value}: ${reason}\n`))].join('');
}

/** Everything about one migration. */
export function recordText(record: ScheduledMigration, names: ReadonlyMap<string, string>): string {
  const { request, stage, stages, stoppedAt, plan, findings, disks, ledger, outcome, error, slowedBy } = record;
  const off = stoppedAt === null || isOver(stage) ? '' : `, off for its migration since ${stoppedAt.slice(11, 19)}`;
  const parts = [
    sheet([
      ['migration', request.id],
      ['machine', `${request.vm.name} (${request.vm.ref})${off}`],
      ['from', names.get(request.source) ?? request.source],
      ['to', names.get(request.destination) ?? request.destination],
      ['stage', stateText(record)],
      ...(slowedBy === null ? [] : [['slowed', slowedBy.says] as const]),
      ['journey', stages.map(({ stage, at }) => `${stage} ${at.slice(11, 19)}`).join(', ')],
      ...queueFacts(record),
    ]),
  ];
  if (plan !== null) parts.push(planText(plan, request.options.boot));
  if (findings.length > 0) parts.push(findingsText(findings));
  if (outcome !== null) parts.push(outcomeText(outcome));
  else if (disks.length > 0) parts.push(disksText(disks));
  if (error !== null) parts.push(`${error.code}: ${error.message}\n  What to do: ${error.remedy}\n`);
  if (ledger.length > 0 && record.stage !== 'done')
    parts.push(
      `still there:\n${ledger.map(({ side, kind, name, id }) => `  ${side} ${kind} ${name} ${id ?? ''}\n`).join('')}`,
    );
  return parts.join('\n');
}

/** What a daemon knows of it besides. */
function queueFacts({ schedule, waitsFor, placement }: ScheduledMigration): [string, string][] {
  const facts: [string, string][] = [];
  if (waitsFor !== null) facts.push(['waits for', waitsFor.says]);
  if (placement !== null) facts.push(['node', `${placement.node} (${placement.reason})`]);
  if (schedule !== null && schedule.priority !== 0) facts.push(['priority', String(schedule.priority)]);
  if (schedule?.notBefore !== undefined && schedule.notBefore !== null) facts.push(['not before', schedule.notBefore]);
  if (schedule?.window !== undefined && schedule.window !== null) {
    const { opens, minutes, timeZone } = schedule.window;
    facts.push(['window', `${minutes} min from “${opens}” (${timeZone})`]);
  }
  if (schedule?.plan !== undefined && schedule.plan !== null)
    facts.push(['plan', `${schedule.plan}, wave ${schedule.wave}`]);
  if (schedule !== null && schedule.after.length > 0) facts.push(['after', schedule.after.join(', ')]);
  return facts;
}

function outcomeText(outcome: NonNullable<MigrationRecord['outcome']>): string {
  const { serverName, serverId, flavor, ports, disks, boot, proofs, downtimeSeconds, seconds, warnings } = outcome;
  return [
    sheet([
      ['server', `${serverName} (${serverId}), flavor ${flavor}`],
      ...ports.map(({ mac, addresses, floating }): [string, string] => [
        'port',
        `${mac} ${addresses.join(' ')}${floating === null ? '' : `, floating ${floating}`}`,
      ]),
      ['guest', `${boot.verdict}: ${boot.evidence}`],
      [
        'took',
        `${duration(seconds)}${downtimeSeconds === null ? '' : `, of which the machine was down ${duration(downtimeSeconds)}`}`,
      ],
    ]),
    disksText(disks),
    ...proofs.map(({ claim, evidence }) => `✓ ${claim} ${evidence}\n`),
    ...warnings.map((warning) => `warning: ${warning}\n`),
  ].join('');
}

function disksText(disks: MigrationRecord['disks']): string {
  return disks
    .map(
      ({ label, sizeBytes, readBytes, sentBytes, skippedBytes, seconds, imageId, volumeId, proofs, setbacks = [] }) =>
        `${label} (${size(sizeBytes)}): read ${size(readBytes)}, sent ${size(sentBytes)}, skipped ${size(skippedBytes)}, ${duration(seconds)}, ${volumeId === null ? `image ${imageId}` : `volume ${volumeId}`}\n${setbacks.map(({ error }) => `  sent anew: ${error.message}\n`).join('')}${proofs.map(({ claim, evidence }) => `  ✓ ${claim} ${evidence}\n`).join('')}`,
    )
    .join('');
}
