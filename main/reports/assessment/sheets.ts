/** The assessment as tables of cells, for spreadsheets: every machine, and each of the lists beside it. */
import { remedyText } from '../../shared/remedy.ts';
import type { Assessment } from '../../shared/assessment.ts';
import type { Comparison } from '../../shared/compare-assessments.ts';
import type { Cell, Sheet } from '../rows.ts';
import { inOrder } from './hardware.ts';
import { findingText, idBeside } from '../../shared/assessed/naming.ts';
import { shareLines } from './shares.ts';
import { firmwareText, trackingText } from './waves.ts';
import { changeText, quotaWords, readinessOrder, readinessWords } from './words.ts';

export function assessmentSheets(assessment: Assessment, comparison: Comparison | null): Sheet[] {
  return [
    totalsSheet(assessment),
    {
      name: 'How they add up',
      columns: ['Machines that', 'Sum', 'Machines', 'Disks (GiB)', 'To copy (bytes)', 'Rule', 'Why'],
      rows: shareLines(assessment).map(({ says, isSum, machines, diskGiB, copyBytes, rule, why }) => [
        says,
        isSum ? 'yes' : 'no',
        machines,
        diskGiB,
        copyBytes,
        rule,
        why === '' ? null : why,
      ]),
    },
    machinesSheet(assessment),
    {
      name: 'Findings',
      columns: ['Rule', 'Weight', 'What', 'Machines', 'Not told of', 'What to do'],
      rows: assessment.rules.map(({ id, severity, says, machines, notTold, remedy }) => [
        id,
        severity,
        says,
        machines,
        notTold,
        remedyText(remedy),
      ]),
    },
    {
      name: 'What will hurt',
      columns: ['What', 'Where'],
      rows: assessment.hurts.map(({ says, about }) => [says, about.join('; ')]),
    },
    {
      name: 'Waves',
      columns: [
        'Wave',
        'Pilot',
        'Machines',
        'vCPU',
        'Memory (MiB)',
        'Disks (GiB)',
        'To copy (bytes)',
        'Takes (s)',
        'Running machines',
        'Off, cold (s)',
        'Off, warm (s)',
        'Why',
      ],
      rows: assessment.waves.map((wave) => [
        wave.number,
        wave.isPilot ? 'yes' : 'no',
        wave.machines,
        wave.cpus,
        wave.memoryMiB,
        wave.diskGiB,
        wave.copyBytes,
        Math.round(wave.seconds),
        wave.downtime?.machines ?? null,
        rounded(wave.downtime?.coldSeconds),
        rounded(wave.downtime?.warmSeconds),
        wave.why,
      ]),
    },
    waveMachinesSheet(assessment),
    {
      name: 'Flavors',
      columns: [
        'Flavor',
        'vCPU',
        'Memory (MiB)',
        'Disk (GiB)',
        'To be made',
        'Machines',
        'Do not move yet',
        'Waste (vCPU)',
        'Waste (MiB)',
      ],
      rows: assessment.flavors.map(({ name, vcpus, memoryMiB, diskGiB, isNew, machines, notMoving, waste }) => [
        name,
        vcpus,
        memoryMiB,
        diskGiB,
        isNew ? 'yes' : 'no',
        machines,
        notMoving ?? null,
        waste.vcpus,
        waste.memoryMiB,
      ]),
    },
    {
      name: 'Hardware',
      columns: ['Hardware', 'Machines', 'Why', 'How it gets virtio'],
      rows: inOrder(assessment.profileChoices ?? []).map(({ profile, machines, reason, remedy }) => [
        profile,
        machines,
        reason,
        remedy === null ? null : remedyText(remedy),
      ]),
    },
    {
      name: 'Quotas',
      columns: ['What', 'Volume type', 'Needed', 'In use', 'Limit', 'Too many'],
      rows: assessment.quotas.map(({ of, type, needs, quota, over }) => [
        of === 'memoryMiB' ? 'Memory (MiB)' : of === 'volumeGiB' ? 'Volume storage (GiB)' : quotaWords[of],
        type,
        needs,
        quota?.used ?? null,
        quota?.limit ?? null,
        over,
      ]),
    },
    {
      name: 'Networks',
      columns: [
        'Network',
        'VLAN',
        'Machines',
        'Cards',
        'Addresses',
        'Known addresses',
        'Becomes',
        'Free there',
        'Proposal',
      ],
      rows: assessment.networks.map(({ name, vlanId, machines, cards, addresses, known, to, proposal }) => [
        name,
        vlanId,
        machines,
        cards,
        addresses,
        known,
        to?.name ?? null,
        to?.free ?? null,
        proposal,
      ]),
    },
    {
      name: 'Datastores',
      columns: ['Datastore', 'Kind', 'Machines', 'Disks', 'Size (GiB)', 'Volume type', 'Why'],
      rows: assessment.datastores.map(({ name, kind, machines, disks, gib, to, why }) => [
        name,
        kind,
        machines,
        disks,
        gib,
        to,
        why,
      ]),
    },
    {
      name: 'Not told',
      columns: ['About', 'What', 'Machines'],
      rows: assessment.gaps.map(({ of, says, machines }) => [of, says, machines ?? 'all']),
    },
    { name: 'Warnings', columns: ['What could not be read'], rows: assessment.warnings.map((text) => [text]) },
    ...(comparison === null ? [] : [comparisonSheet(comparison), findingsSheet(comparison)]),
  ];
}

/** A line for each machine: all that CSV has. */
export function machinesSheet({ machines, flavors, gaps, networks, profileReasons }: Assessment): Sheet {
  const idOf = idBeside({ machines });
  return {
    name: 'Machines',
    columns: [
      'Machine',
      'Id, where names are shared',
      'Folder',
      'Cluster',
      'Power',
      'Guest',
      'Readiness',
      'Findings',
      'Not told',
      'vCPU',
      'Memory (MiB)',
      'Disks',
      'Disks (GiB)',
      'To copy (bytes)',
      'Snapshots',
      'Flavor',
      'Waste (vCPU)',
      'Waste (MiB)',
      'Boots from',
      'Volumes (GiB by type)',
      'Hardware',
      'Why that hardware',
      'Networks',
      'Cards',
      'Addresses',
      'Copying (s)',
      'Firmware',
      'Change tracking',
      'Off, cold (s)',
      'Off, warm (s)',
      'Wave',
    ],
    rows: machines.map((one): Cell[] => [
      one.name,
      idOf(one),
      one.folder,
      one.cluster,
      one.power,
      one.guest,
      readinessWords[one.readiness].word,
      joined(one.findings.map((finding) => findingText(one, finding))),
      joined(one.gaps.flatMap((place) => gaps[place]?.of ?? [])),
      one.cpus,
      one.memoryMiB,
      one.disks,
      one.diskGiB,
      one.copyBytes,
      one.snapshots,
      flavors[one.flavor ?? -1]?.name ?? null,
      one.waste.vcpus,
      one.waste.memoryMiB,
      one.boot,
      joined(one.volumes.map(({ type, gib }) => `${type ?? 'default'}: ${gib}`)),
      one.profile,
      profileReasons[one.profileReason] ?? null,
      joined(one.networks.flatMap((place) => networks[place]?.name ?? [])),
      one.cards,
      one.addresses,
      Math.round(one.seconds),
      firmwareText(one),
      trackingText(one),
      rounded(one.downtime?.coldSeconds),
      rounded(one.downtime?.warmSeconds),
      one.wave,
    ]),
  };
}

/** A line for each machine that moves, in the order of the waves. */
function waveMachinesSheet({ machines }: Assessment): Sheet {
  const idOf = idBeside({ machines });
  const moving = machines.filter(({ wave }) => wave !== null).sort((a, b) => (a.wave ?? 0) - (b.wave ?? 0));
  return {
    name: 'Machines of waves',
    columns: ['Wave', 'Machine', 'Id, where names are shared', 'Readiness', 'To copy (bytes)', 'Copying (s)'],
    rows: moving.map((one): Cell[] => [
      one.wave,
      one.name,
      idOf(one),
      readinessWords[one.readiness].word,
      one.copyBytes,
      Math.round(one.seconds),
    ]),
  };
}

const rounded = (seconds: number | null | undefined): number | null =>
  seconds === null || seconds === undefined ? null : Math.round(seconds);

function totalsSheet({ totals, readiness, leftOut, profiles, estate, cloud, madeAt, options }: Assessment): Sheet {
  const rows: Cell[][] = [
    ['Origin', estate.from.join(', ')],
    ['Product', estate.product],
    ['As of (UTC)', estate.takenAt === null ? null : new Date(estate.takenAt)],
    ['Judged (UTC)', new Date(madeAt)],
    ['Cloud', cloud === null ? null : `${cloud.name}, project ${cloud.project}`],
    ['Machines in the origin', estate.machines],
    ['Machines that were judged', totals.machines],
    ['Machines that move', readiness.ready.machines + readiness.conditional.machines],
    ['Machines that do not move yet', readiness.notReady.machines + readiness.unknown.machines],
    ...readinessOrder.map((one): Cell[] => [`Machines ${readinessWords[one].word}`, readiness[one].machines]),
    ['Templates left out', leftOut.templates],
    ['Placeholders left out', leftOut.placeholders ?? 0],
    ['Powered off left out', leftOut.poweredOff],
    ['Not asked for', leftOut.byFilter],
    ['vCPU', totals.cpus],
    ['Memory (MiB)', totals.memoryMiB],
    ['Disks', totals.disks],
    ['Disks (GiB)', totals.diskGiB],
    ['To copy (bytes)', totals.copyBytes],
    ['Cards', totals.cards],
    ['Addresses', totals.addresses],
    ['Waste by flavors (vCPU)', totals.flavorWaste.vcpus],
    ['Waste by flavors (MiB)', totals.flavorWaste.memoryMiB],
    ['Virtio', profiles.virtio],
    ['Compatible', profiles.compatible],
    ['Rate of a machine (bytes/s)', options.rate.bytesPerSecond],
    ['Machines at once', options.rate.atOnce],
    ['Rate is', options.rate.basis],
    ['Copying, all waves (s)', Math.round(totals.seconds)],
  ];
  return { name: 'Summary', columns: ['What', 'Value'], rows };
}

const comparisonSheet = ({ added, gone, changed }: Comparison): Sheet => ({
  name: 'Changed',
  columns: ['Machine', 'How', 'What'],
  rows: [
    ...added.map(({ name, cpus, memoryMiB, diskGiB }) => [
      name,
      'added',
      `${cpus} vCPU, ${memoryMiB} MiB, ${diskGiB} GiB`,
    ]),
    ...gone.map(({ name, cpus, memoryMiB, diskGiB }) => [
      name,
      'gone',
      `${cpus} vCPU, ${memoryMiB} MiB, ${diskGiB} GiB`,
    ]),
    ...changed.map(({ name, changes }) => [name, 'changed', changes.map(changeText).join('; ')]),
  ],
});

const findingsSheet = ({ rules }: Comparison): Sheet => ({
  name: 'Changed findings',
  columns: ['Rule', 'Weight', 'What', 'Machines before', 'Machines now'],
  rows: rules.map(({ id, severity, says, before, after }) => [id, severity, says, before, after]),
});

const joined = (texts: readonly string[]): string | null => (texts.length === 0 ? null : texts.join('; '));
