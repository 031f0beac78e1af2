/** The columns of the table of nodes. */
import { isWorker, nodeStateOf, type NodeState } from '../../../main/shared/node-state.ts';
import type { NodeFacts } from '../../../main/shared/schedule.ts';
import { badge, type Tone } from '../../parts/Badge.tsx';
import type { Column } from '../../parts/table/column.ts';
import { useMigrations } from '../../state/migrations.ts';
import { exactText, rateText, sizeText, timeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Fleet.module.css';

const tones: Readonly<Record<NodeState, Tone>> = {
  up: 'good',
  draining: 'wait',
  drained: 'still',
  idle: 'still',
  awaited: 'work',
  down: 'bad',
};

const stateText = (node: NodeFacts): string => t(`fleet.state.${nodeStateOf(node)}`);
const leftBytes = ({ space }: NodeFacts): number => Math.max(0, space.freeBytes - space.reservedBytes);

export const nodeColumns = (): readonly Column<NodeFacts>[] => [
  { id: 'node', title: t('fleet.node'), value: ({ id }) => id, width: 95 },
  {
    id: 'state',
    title: t('fleet.stateTitle'),
    value: stateText,
    cell: (node) => badge(tones[nodeStateOf(node)], stateText(node)),
    width: 141,
    isFacet: true,
  },
  {
    id: 'running',
    title: t('fleet.running'),
    value: ({ running }) => running.length,
    text: slotsText,
    width: 85,
    isNumber: true,
  },
  {
    id: 'migrations',
    title: t('fleet.migrations'),
    value: ({ running }) => running.join(' '),
    cell: ({ running }) => <Migrations ids={running} />,
    width: 110,
  },
  {
    id: 'rate',
    title: t('fleet.rate'),
    value: ({ bytesPerSecond = 0 }) => Math.round(bytesPerSecond),
    text: ({ bytesPerSecond = 0 }) => (bytesPerSecond > 0 ? rateText(bytesPerSecond) : '–'),
    width: 80,
    isNumber: true,
  },
  {
    id: 'space',
    title: t('fleet.space'),
    value: leftBytes,
    text: spaceText,
    width: 176,
    unit: 2 ** 30,
    isNumber: true,
  },
  { id: 'tags', title: t('fleet.tags'), value: ({ tags = [] }) => tags.join(' '), width: 70 },
  {
    id: 'heard',
    title: t('fleet.heard'),
    value: ({ seenAt }) => seenAt,
    text: heardText,
    width: 100,
  },
  {
    id: 'promised',
    title: t('fleet.promised'),
    value: ({ space }) => space.reservedBytes,
    text: ({ space }) => sizeText(space.reservedBytes),
    width: 100,
    unit: 2 ** 30,
    isNumber: true,
    isExtra: true,
  },
  { id: 'version', title: t('fleet.version'), value: ({ version = '' }) => version, width: 80, isExtra: true },
  { id: 'host', title: t('fleet.host'), value: ({ host }) => host, width: 110, isExtra: true },
  { id: 'folder', title: t('fleet.folder'), value: ({ space }) => space.folder, width: 190, isExtra: true },
];

function slotsText({ running, slots }: NodeFacts): string {
  const count = running.length;
  return slots === undefined ? String(count) : t('fleet.ofSlots', { running: count, slots });
}

function spaceText(node: NodeFacts): string {
  const { totalBytes } = node.space;
  return totalBytes === 0 ? '–' : t('fleet.free', { free: sizeText(leftBytes(node)), total: sizeText(totalBytes) });
}

function heardText(node: NodeFacts): string {
  if (!isWorker(node)) return t('fleet.here');
  return nodeStateOf(node) === 'down' ? exactText(node.seenAt) : timeText(node.seenAt);
}

function Migrations({ ids }: { readonly ids: NodeFacts['running'] }) {
  const byId = useMigrations((state) => state.byId);
  return (
    <span className={classes['migrations']}>
      {ids.map((id) => (
        <a key={id} href={`#/migrations/${id}`}>
          {byId[id]?.vm.name ?? id}
        </a>
      ))}
    </span>
  );
}
