/** NEW-14: machines that seem to belong to those of the wave and stay behind. */
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';

const signs = { tag: 'tag', folder: 'folder', prefix: 'names that begin with' } as const;

export const tornGroup: Rule<WaveFacts> = {
  id: 'NEW-14',
  group: 'plan',
  severity: 'informs',
  finds: ({ torn }) =>
    torn.map(({ by, name, inWave, elsewhere }) => {
      const others = elsewhere.map((one) => (one.wave === null ? one.name : `${one.name} (wave ${one.wave})`));
      return `${signs[by]} “${name}”: ${few(inWave)} of this wave; elsewhere ${few(others)}`;
    }),
  says: 'Machines that seem to belong together are torn apart: some go with this wave, others do not.',
  remedy: 'Ask whoever runs the application, and put into one wave what must not be parted.',
  manual:
    'Machines with the same application tag, in the same folder or with the same beginning of their names are taken for one application. While one part of it is in the cloud and the other is not, they reach each other over another way, with other names and delays.',
};

function few(names: readonly string[]): string {
  const shown = names.slice(0, 6).join(', ');
  return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown;
}
