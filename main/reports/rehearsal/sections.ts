/** What a rehearsal says, section by section, as tables of cells: pages, PDF and spreadsheets are made of the same ones. */
import { bytesText } from '../../shared/figures.ts';
import type { Finding, Severity } from '../../shared/preflight.ts';
import { quotaWords, stoppedMachines, type Rehearsal } from '../../shared/rehearsal.ts';

export type SectionCell = string | number | null;

export interface SectionColumn {
  readonly title: string;
  readonly isNumber?: true;
  /** Its share of the width on paper. */
  readonly parts: number;
}

export interface Section {
  readonly title: string;
  readonly note: string;
  readonly columns: readonly SectionColumn[];
  readonly rows: readonly (readonly SectionCell[])[];
  /** Of each row, in the order of the rows. */
  readonly tones: readonly ('good' | 'bad' | 'wait' | 'plain')[];
}

const text = (title: string, parts = 2): SectionColumn => ({ title, parts });
const number = (title: string, parts = 1): SectionColumn => ({ title, parts, isNumber: true });

const weights: Readonly<Record<Severity, string>> = { blocks: 'stops it', warns: 'warning', informs: 'note' };
const tones = { blocks: 'bad', warns: 'wait', informs: 'plain' } as const;
const states = { toDo: 'to do', underWay: 'under way', moved: 'is there', elsewhere: 'at another Guts' } as const;
const signs = { tag: 'tag', folder: 'folder', prefix: 'names begin with' } as const;
const kinds = { mac: 'MAC', address: 'address', name: 'name of the server' } as const;

/** Without sections of which there is nothing to say. */
export function sectionsOf(rehearsal: Rehearsal): Section[] {
  return [
    findingsSection(rehearsal),
    quotaSection(rehearsal),
    flavorSection(rehearsal),
    subnetSection(rehearsal),
    storageSection(rehearsal),
    twinSection(rehearsal),
    stoppedSection(rehearsal),
    machineSection(rehearsal),
    tornSection(rehearsal),
    leftoverSection(rehearsal),
    notHeldSection(rehearsal),
  ].filter(({ rows }) => rows.length > 0);
}

const findingCells = ({ id, severity, says, about, remedy }: Finding): SectionCell[] => [
  weights[severity],
  id,
  says,
  about.join('; '),
  remedy,
];

const findingsSection = ({ findings }: Rehearsal): Section => ({
  title: 'What speaks against it',
  note: '',
  columns: [text('Weight', 1), text('Rule', 1), text('What', 3), text('Where', 4), text('What to do', 3)],
  rows: findings.map(findingCells),
  tones: findings.map(({ severity }) => tones[severity]),
});

const quotaSection = ({ quota }: Rehearsal): Section => ({
  title: 'Quotas',
  note: 'Of the project, as they are now. “Earlier” is what machines of earlier waves take that are not there yet. A quota without a limit is one, or is not shown.',
  columns: [text('Of', 4), number('Limit'), number('Used'), number('Earlier'), number('Needed'), number('Too many')],
  rows: quota.map((line) => [quotaWords(line), line.limit ?? 'none', line.used, line.earlier, line.needs, line.over]),
  tones: quota.map(({ over }) => (over > 0 ? 'bad' : 'good')),
});

const flavorSection = ({ flavors }: Rehearsal): Section => ({
  title: 'Flavors',
  note: '',
  columns: [
    text('Flavor'),
    number('vCPU'),
    number('MiB'),
    number('GiB'),
    number('Machines'),
    text('Which', 4),
    text('Why', 3),
  ],
  rows: flavors.map(({ name, state, vcpus, memoryMiB, diskGiB, machines, says }) => [
    state === 'missing' ? 'none fits' : state === 'made' ? `${name} (is made)` : name,
    vcpus,
    memoryMiB,
    diskGiB,
    machines.length,
    machines.join(', '),
    says,
  ]),
  tones: flavors.map(({ state }) => (state === 'missing' ? 'bad' : 'good')),
});

const subnetSection = ({ subnets }: Rehearsal): Section => ({
  title: 'Addresses',
  note: subnets.some(({ counted }) => counted === 'ports')
    ? 'Free ones were counted by the ports that this project sees; there may be fewer.'
    : '',
  columns: [
    text('Subnet', 3),
    text('Network'),
    text('CIDR'),
    number('Kept'),
    number('Free'),
    number('Earlier'),
    number('Needed'),
    number('Too few'),
  ],
  rows: subnets.map(({ name, network, cidr, fixed, free, earlier, needs, short }) => [
    name,
    network,
    cidr,
    fixed,
    free ?? 'unknown',
    earlier,
    needs,
    short,
  ]),
  tones: subnets.map(({ short }) => (short > 0 ? 'bad' : 'good')),
});

const storageSection = ({ storage }: Rehearsal): Section => ({
  title: 'Storage',
  note: 'Thin volumes take only what is written.',
  columns: [
    text('Back end', 3),
    text('Volume types', 3),
    number('Free GiB'),
    number('Earlier GiB'),
    number('Needed GiB'),
    number('Too few GiB'),
  ],
  rows: (storage ?? []).map(({ backend, pools, volumeTypes, freeGiB, earlierGiB, needsGiB, shortGiB }) => [
    backend ?? pools.join(', '),
    volumeTypes.join(', '),
    freeGiB ?? 'unknown',
    earlierGiB,
    needsGiB,
    shortGiB,
  ]),
  tones: (storage ?? []).map(({ shortGiB }) => (shortGiB > 0 ? 'wait' : 'good')),
});

const twinSection = ({ twins }: Rehearsal): Section => ({
  title: 'Twins',
  note: 'What several machines would have, or something in the cloud has already.',
  columns: [text('Same'), text('Value', 3), text('Network'), text('Machines', 4), text('Taken by', 4)],
  rows: twins.map(({ kind, value, network, machines, taken }) => [
    kinds[kind],
    value,
    network,
    machines.join(', '),
    taken.join(', '),
  ]),
  tones: twins.map(({ kind }) => (kind === 'name' ? 'wait' : 'bad')),
});

function stoppedSection(rehearsal: Rehearsal): Section {
  const rows = stoppedMachines(rehearsal).flatMap(({ vm, findings, obstacle }): SectionCell[][] =>
    obstacle === null
      ? findings.filter(({ severity }) => severity === 'blocks').map((one) => [vm.name, ...findingCells(one).slice(1)])
      : [[vm.name, null, 'It could not be looked at.', obstacle, null]],
  );
  return {
    title: 'Machines that are stopped',
    note: 'By what preflight found of each alone.',
    columns: [text('Machine'), text('Rule', 1), text('What', 3), text('Where', 4), text('What to do', 3)],
    rows,
    tones: rows.map(() => 'bad'),
  };
}

const machineSection = ({ machines }: Rehearsal): Section => ({
  title: 'Machines',
  note: '',
  columns: [
    text('Machine', 3),
    number('Wave'),
    text('Server', 3),
    number('Size'),
    text('Flavor'),
    text('State', 1.3),
    text('Findings', 3),
  ],
  rows: machines.map(({ vm, wave, targetName, sizeBytes, flavor, state, findings, obstacle }) => [
    vm.name,
    wave,
    targetName,
    bytesText(sizeBytes),
    flavor ?? 'none',
    obstacle === null ? states[state] : 'not looked at',
    findings.map(({ id }) => id).join(', '),
  ]),
  tones: machines.map(({ findings, obstacle }) =>
    obstacle !== null || findings.some(({ severity }) => severity === 'blocks')
      ? 'bad'
      : findings.some(({ severity }) => severity === 'warns')
        ? 'wait'
        : 'good',
  ),
});

const tornSection = ({ torn }: Rehearsal): Section => ({
  title: 'What seems to belong together',
  note: 'Machines of one application, as far as tags, folders and names tell, of which some do not go with this wave.',
  columns: [text('Sign'), text('Name'), text('In this wave', 4), text('Elsewhere', 4)],
  rows: torn.map(({ by, name, inWave, elsewhere }) => [
    signs[by],
    name,
    inWave.join(', '),
    elsewhere.map((one) => (one.wave === null ? one.name : `${one.name} (wave ${one.wave})`)).join(', '),
  ]),
  tones: torn.map(() => 'plain'),
});

const leftoverSection = ({ leftovers }: Rehearsal): Section => ({
  title: 'Left over from earlier tries',
  note: 'Remove it (“guts tidy --remove”).',
  columns: [text('What', 1), text('Name', 4), text('Id', 4), text('Migration')],
  rows: leftovers.map(({ kind, name, id, migration }) => [kind, name, id, migration ?? 'unknown here']),
  tones: leftovers.map(() => 'wait'),
});

const notHeldSection = ({ notHeld }: Rehearsal): Section => ({
  title: 'What was not looked at',
  note: '',
  columns: [text('Rule', 1), text('Why', 6)],
  rows: notHeld.map(({ id, why }) => [id, why]),
  tones: notHeld.map(() => 'plain'),
});
