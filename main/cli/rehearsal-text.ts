/** A rehearsal as a page on a terminal: go or no go, why, what is left of everything, and what to ask for. */
import { bytesText, rateText, secondsText, things } from '../shared/figures.ts';
import { isCounted, quotaWords, stoppedMachines, type Rehearsal } from '../shared/rehearsal.ts';
import { findingsText } from './migration-text.ts';
import { sheet, table, type Column } from './table.ts';

const verdicts = { go: 'GO', goWithCare: 'GO WITH CARE', noGo: 'NO GO' } as const;

export function rehearsalText(rehearsal: Rehearsal): string {
  const { findings, notHeld, request, machines } = rehearsal;
  const parts = [
    headOf(rehearsal),
    findings.length === 0 ? 'Nothing speaks against it.\n' : `${findingsText(findings)}`,
    quotaTable(rehearsal),
    ...placeTables(rehearsal),
    ...stoppedMachines({ machines }).map(
      ({ vm, findings: own, obstacle }) =>
        `${vm.name} (${vm.ref}) cannot be moved like this:\n${obstacle === null ? findingsText(own) : `  ${obstacle}\n`}`,
    ),
    notHeld.length === 0 ? '' : `Not looked at:\n${notHeld.map(({ id, why }) => `  ${id}: ${why}\n`).join('')}`,
    request === null ? '' : `To be sent to whoever runs the cloud:\n\n${indented(request)}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function headOf({ verdict, plan, wave, machines, source, destination, project, times, isOffline }: Rehearsal): string {
  const { seconds, bytes, bytesPerSecond, from, atOnce, window, notBefore } = times;
  const moved = machines.filter(({ state }) => state === 'moved').length;
  const elsewhere = machines.filter(({ state }) => state === 'elsewhere').length;
  const beside = [
    ...(moved === 0 ? [] : [`; ${moved} ${moved === 1 ? 'is' : 'are'} there already`]),
    ...(elsewhere === 0 ? [] : [`; ${elsewhere} ${elsewhere === 1 ? 'is' : 'are'} at another Guts`]),
  ];
  const count = `${things(machines.filter(isCounted).length, 'machine')}, ${bytesText(bytes)}${beside.join('')}`;
  const pace = `at ${rateText((bytesPerSecond ?? 0) / 1e6)} each (${from ?? ''}), ${atOnce} at once`;
  return sheet([
    [verdicts[verdict], `${wave === null ? 'all waves' : `wave ${wave}`} of “${plan.name}”: ${count}`],
    ['from', `${source}${isOffline ? ' (not asked: as the inventory has it)' : ''}`],
    ['to', `${destination}, project “${project.name}”`],
    [
      'takes',
      seconds === null ? 'nobody knows: nothing was measured yet (--rate)' : `about ${secondsText(seconds)} ${pace}`,
    ],
    ...(window === null ? [] : ([['window', windowText(window)]] satisfies [string, string][])),
    ...(notBefore === null ? [] : ([['not before', notBefore]] satisfies [string, string][])),
  ]);
}

const windowText = ({ says, opensAt, closesAt }: NonNullable<Rehearsal['times']['window']>): string =>
  opensAt === null || closesAt === null ? `${says}: never opens again` : `${says}: ${opensAt} to ${closesAt}`;

function quotaTable({ quota }: Rehearsal): string {
  const hasEarlier = quota.some(({ earlier }) => earlier > 0);
  const number = (
    title: string,
    cell: (row: Rehearsal['quota'][number]) => string,
  ): Column<Rehearsal['quota'][number]> => ({
    title,
    cell,
    isNumber: true,
  });
  return table(
    quota,
    [
      { title: 'QUOTA', cell: quotaWords, isLastCut: true },
      number('LIMIT', ({ limit }) => (limit === null ? 'none' : String(limit))),
      number('USED', ({ used }) => String(used)),
      ...(hasEarlier ? [number('EARLIER', ({ earlier }) => String(earlier))] : []),
      number('NEEDS', ({ needs }) => String(needs)),
      number('TOO MANY', ({ over }) => (over === 0 ? '' : String(over))),
    ],
    '',
  );
}

/** Flavors, addresses and storage, as far as there is something to say. */
function placeTables({ flavors, subnets, storage }: Rehearsal): string[] {
  const counted = (value: number | null, counts: 'service' | 'ports' | null): string =>
    value === null ? 'unknown' : `${value}${counts === 'ports' ? ' or fewer' : ''}`;
  return [
    some(flavors, [
      { title: 'FLAVOR', cell: ({ name, state }) => (state === 'missing' ? 'none fits' : name) },
      { title: 'VCPU', cell: ({ vcpus }) => String(vcpus), isNumber: true },
      { title: 'MIB', cell: ({ memoryMiB }) => String(memoryMiB), isNumber: true },
      { title: 'GIB', cell: ({ diskGiB }) => String(diskGiB), isNumber: true },
      { title: 'MACHINES', cell: ({ machines }) => String(machines.length), isNumber: true },
      { title: 'WHY', cell: ({ says }) => says },
    ]),
    some(subnets, [
      { title: 'SUBNET', cell: ({ name, network }) => `${name} of ${network}` },
      { title: 'CIDR', cell: ({ cidr }) => cidr },
      { title: 'FREE', cell: ({ free, counted: by }) => counted(free, by), isNumber: true },
      { title: 'NEEDS', cell: ({ needs, earlier }) => String(needs + earlier), isNumber: true },
      { title: 'TOO FEW', cell: ({ short }) => (short === 0 ? '' : String(short)), isNumber: true },
    ]),
    some(storage ?? [], [
      { title: 'STORAGE', cell: ({ backend, pools }) => backend ?? pools.join(', ') },
      { title: 'FREE GIB', cell: ({ freeGiB }) => (freeGiB === null ? 'unknown' : String(freeGiB)), isNumber: true },
      { title: 'NEEDS GIB', cell: ({ needsGiB, earlierGiB }) => String(needsGiB + earlierGiB), isNumber: true },
      { title: 'TOO FEW', cell: ({ shortGiB }) => (shortGiB === 0 ? '' : String(shortGiB)), isNumber: true },
    ]),
  ];
}

const some = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string =>
  rows.length === 0 ? '' : table(rows, columns, '');

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
