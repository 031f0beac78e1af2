/** Plans in words for people. */
import type { ElsewhereWave, Plan, PlannedWave } from '../shared/plans.ts';
import type { TimeWindow } from '../shared/schedule.ts';
import { connectionNames } from './run-migration.ts';
import { sheet, table } from './table.ts';
import type { Workplace } from './workplace.ts';

export function listText(plans: readonly Plan[], names: ReadonlyMap<string, string>): string {
  return table(
    plans,
    [
      { title: 'NAME', cell: ({ name }) => name, isWhole: true },
      { title: 'FROM', cell: ({ source }) => names.get(source) ?? source },
      { title: 'TO', cell: ({ destination }) => names.get(destination) ?? destination },
      { title: 'MACHINES', cell: ({ machines }) => String(machines.length), isNumber: true },
      {
        title: 'WAVES',
        cell: ({ machines }) => String(new Set(machines.map(({ wave }) => wave)).size),
        isNumber: true,
      },
      { title: 'STARTED', cell: startedText },
      { title: 'ID', cell: ({ id }) => id, isWhole: true },
    ],
    'No plan is written down: guts plan create',
  );
}

const startedText = ({ startedAt, given }: Plan): string =>
  given === undefined ? (startedAt?.slice(0, 16).replace('T', ' ') ?? 'not yet') : `given to ${given.to.name}`;

export function planSheet(plan: Plan, names: ReadonlyMap<string, string>): string {
  const {
    id,
    name,
    source,
    destination,
    window,
    notBefore,
    priority,
    waves,
    machines,
    startedAt,
    given,
    elsewhere = [],
  } = plan;
  return [
    sheet([
      ['plan', `${name} (${id})`],
      ['from', names.get(source) ?? source],
      ['to', names.get(destination) ?? destination],
      ...(window === null ? [] : ([['window', windowText(window)]] satisfies [string, string][])),
      ...(notBefore === null ? [] : ([['not before', notBefore]] satisfies [string, string][])),
      ['priority', String(priority)],
      ...(given === undefined ? [] : ([['given to', placeText(given.to)]] satisfies [string, string][])),
      ['started', startedAt ?? (given === undefined ? 'not yet' : 'not here')],
    ]),
    ...(waves.length === 0 ? [] : [wavesText(waves)]),
    ...(elsewhere.length === 0 ? [] : [elsewhereText(elsewhere)]),
    table(
      [...machines].sort((a, b) => a.wave - b.wave),
      [
        { title: 'WAVE', cell: ({ wave }) => String(wave), isNumber: true },
        { title: 'VM', cell: ({ vm }) => vm.name, isLastCut: true },
        { title: 'REF', cell: ({ vm }) => vm.ref, isWhole: true },
        { title: 'MIGRATION', cell: ({ migration }) => migration ?? '–', isWhole: true },
      ],
      'no machines',
    ),
  ].join('\n');
}

export const windowText = ({ minutes, opens, timeZone }: TimeWindow): string =>
  `${minutes} min from “${opens}” (${timeZone})`;

const wavesText = (waves: readonly PlannedWave[]): string =>
  table(
    [...waves].sort((a, b) => a.number - b.number),
    [
      { title: 'WAVE', cell: ({ number }) => String(number), isNumber: true },
      { title: 'NAME', cell: ({ name }) => name ?? '–' },
      { title: 'WINDOW', cell: ({ window }) => (window === null ? 'as the plan' : windowText(window)) },
      { title: 'NOT BEFORE', cell: ({ notBefore }) => notBefore ?? 'as the plan' },
    ],
    'no waves',
  );

const placeText = ({ name, url }: ElsewhereWave['to']): string => (url === null ? name : `${name} (${url})`);

const elsewhereText = (elsewhere: readonly ElsewhereWave[]): string =>
  table(
    [...elsewhere].sort((a, b) => a.wave - b.wave),
    [
      { title: 'WAVE', cell: ({ wave }) => String(wave), isNumber: true },
      { title: 'IS AT', cell: ({ to }) => placeText(to) },
      { title: 'THERE', cell: ({ isOpen }) => (isOpen ? 'not over' : 'over') },
    ],
    'all of it is here',
  );

export async function tellMade(workplace: Workplace, made: Plan): Promise<void> {
  const names = await connectionNames(workplace);
  workplace.terminal.result(made, () => `${planSheet(made, names)}Start it: guts plan start ${made.name}\n`);
}
