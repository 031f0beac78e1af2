/** Network cards beside their ports, in words for people. */
import type { NicTwin, TwinWeight } from '../shared/twin.ts';

const weightText: Readonly<Record<TwinWeight, string>> = {
  drops: 'dropped',
  mayDrop: 'may be dropped',
  passes: 'passes',
};

/** Of each card what is dropped or may be, with a way out; what passes is not worth a line. */
export function twinsText(twins: readonly NicTwin[]): string {
  return twins
    .filter(({ to }) => to !== null)
    .map(({ label, from, to, lines }) => {
      const told = lines.filter(({ weight }) => weight !== 'passes');
      const head = `${label}: “${from ?? 'no network'}” becomes “${to ?? ''}”`;
      if (told.length === 0) return `${head}; nothing of it is dropped\n`;
      const parts = told.map(
        ({ weight, source, cloud, means, proposals }) =>
          `  ${weightText[weight]}: ${source}\n    ${cloud} ${means}\n${proposals.map(({ says }) => `    → ${says}\n`).join('')}`,
      );
      return `${head}\n${parts.join('')}`;
    })
    .join('');
}
