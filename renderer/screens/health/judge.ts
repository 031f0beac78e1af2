/** How each thing that Guts needs is, as lines for people: the same on the screen and in the text that is copied. */
import type { Quota } from '../../../main/shared/cloud.ts';
import type { NodeFacts, ServiceFacts } from '../../../main/shared/schedule.ts';
import type { VaultStatus } from '../../../main/shared/vault.ts';
import type { Tone } from '../../parts/Badge.tsx';
import { isFlawless, type ConnectionTest } from '../../state/tests.ts';
import { exactText, momentText, numberText, percentText, sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import type { ConnectionRow } from '../connections/rows.ts';
import type { CloudQuotas } from './stores.ts';

export interface HealthLine {
  readonly id: string;
  readonly name: string;
  readonly tone: Extract<Tone, 'good' | 'info' | 'wait' | 'bad' | 'still' | 'work'>;
  readonly says: string;
}

export interface HealthSection {
  readonly id: 'vault' | 'connections' | 'nodes' | 'services' | 'quotas';
  readonly lines: readonly HealthLine[];
}

/** Of space or a quota: less is worth a word. */
const LITTLE = 0.1;

export const vaultLines = ({ keepsIn, notUsed }: VaultStatus): HealthLine[] => [
  {
    id: 'vault',
    name: t('health.vaultNow'),
    tone: keepsIn === 'memory' ? 'wait' : 'good',
    says: t(`health.vault.${keepsIn}`),
  },
  ...notUsed.map(({ place, why }): HealthLine => ({
    id: place,
    name: t(`health.place.${place}`),
    tone: 'info',
    says: t('health.notUsed', { why }),
  })),
];

export const connectionLine = ({ id, name }: ConnectionRow, test: ConnectionTest | undefined): HealthLine => ({
  id,
  name,
  ...standingOf(test),
});

function standingOf(test: ConnectionTest | undefined): Pick<HealthLine, 'tone' | 'says'> {
  if (test?.isRunning === true) return { tone: 'work', says: t('connections.testing') };
  if (test === undefined || test.last === null) return { tone: 'still', says: t('health.untested') };
  const { at, outcome } = test.last;
  const time = momentText(at);
  if (outcome.side === 'failed') return { tone: 'bad', says: t('health.failed', { time, why: outcome.error.message }) };
  if (isFlawless(outcome)) return { tone: 'good', says: t('health.works', { time }) };
  const { warnings } = outcome.result;
  const missing = outcome.side === 'source' ? outcome.result.missingPrivileges.length : 0;
  const notes = [...warnings, ...(missing > 0 ? [t('health.missing', { count: missing })] : [])];
  return { tone: 'wait', says: t('health.worksBut', { time, notes: notes.join(' ') }) };
}

export const nodeLine = ({ id, isAlive, seenAt, space }: NodeFacts): HealthLine => {
  const free = Math.max(0, space.freeBytes - space.reservedBytes);
  const isLittle = free < LITTLE * space.totalBytes;
  return {
    id,
    name: id,
    tone: isAlive ? (isLittle ? 'wait' : 'good') : 'bad',
    says: isAlive
      ? t(isLittle ? 'health.littleSpace' : 'health.space', {
          free: sizeText(free),
          total: sizeText(space.totalBytes),
          folder: space.folder,
        })
      : t('health.nodeGone', { time: exactText(seenAt) }),
  };
};

export const serviceLine = ({ id, binary, host, state, status, updatedAt }: ServiceFacts): HealthLine => ({
  id,
  name: t('health.serviceOn', { service: t(`health.service.${binary}`), host }),
  tone: state === 'down' ? 'bad' : status === 'disabled' ? 'wait' : 'good',
  says:
    state === 'down'
      ? t('health.down', { time: momentText(updatedAt) })
      : t(status === 'disabled' ? 'health.disabled' : 'health.up'),
});

const measures = ['instances', 'cores', 'memoryMiB', 'ports', 'floatingIps', 'volumes', 'volumeGiB'] as const;

/** Without these there is no server at all. */
const needed: readonly (typeof measures)[number][] = ['instances', 'cores', 'memoryMiB'];

export function quotaLines({ id, name, found }: CloudQuotas): HealthLine[] {
  if ('error' in found) return [{ id, name, tone: 'bad', says: found.error.message }];
  return measures.map((what) => ({
    id: `${id} ${what}`,
    name: t('health.quotaOf', { what: t(`health.quota.${what}`), cloud: name }),
    ...usedOf(what, found.quotas[what]),
  }));
}

function usedOf(what: (typeof measures)[number], { limit, used }: Quota): Pick<HealthLine, 'tone' | 'says'> {
  const text = (value: number): string => {
    if (what === 'memoryMiB') return sizeText(value * 1024 ** 2);
    return what === 'volumeGiB' ? sizeText(value * 1024 ** 3) : numberText(value);
  };
  if (limit === null) return { tone: 'good', says: t('health.noLimit', { used: text(used) }) };
  const free = Math.max(0, limit - used);
  const says = t('health.free', {
    free: text(free),
    limit: text(limit),
    used: text(used),
    percent: percentText(used, limit),
  });
  if (free === 0 && needed.includes(what)) return { tone: 'bad', says };
  return { tone: free <= LITTLE * limit ? 'wait' : 'good', says };
}

/** The worst of all, which is how it is as a whole; a mere note is none. */
export function worst(lines: readonly HealthLine[]): HealthLine['tone'] {
  const order = ['bad', 'wait', 'work', 'still', 'good'] as const;
  return order.find((tone) => lines.some((line) => line.tone === tone)) ?? 'good';
}

/** For a message to somebody who helps. */
export const textOf = (head: string, sections: readonly HealthSection[]): string =>
  [
    head,
    ...sections.flatMap(({ id, lines }) => [
      '',
      t(`health.section.${id}`),
      ...lines.map(({ name, tone, says }) => `  [${t(`health.tone.${tone}`)}] ${name}: ${says}`),
    ]),
    '',
  ].join('\n');
