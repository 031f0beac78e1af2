/** NEW-22: a disk on vSAN or a vVol, and a way of reading that wants a file. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

/** Kinds of datastores that keep objects. */
const OBJECTS = /^(?:vsan|vsand|vvol|pmem)$/i;

export const noPlainFile: Rule<MachineFacts> = {
  id: 'NEW-22',
  group: 'disks',
  severity: 'blocks',
  isBeside: ({ datastores, options }) =>
    options.reading !== 'ranges' && options.reading !== 'areas'
      ? 'the chosen way of reading wants no file on a datastore'
      : datastores.length === 0
        ? 'the source does not tell of its datastores'
        : null,
  finds: ({ vm, datastores }) => {
    const objects = new Map(datastores.filter(({ kind }) => OBJECTS.test(kind)).map(({ ref, kind }) => [ref, kind]));
    return vm.disks.flatMap(({ label, datastore }) => {
      const kind = objects.get(datastore ?? '');
      return kind === undefined ? [] : [`${label} on ${kind}`];
    });
  },
  says: 'A disk lies on vSAN or a vVol, where there is no file that the chosen way of reading could read.',
  remedy: 'Read it by an export lease (--reading lease), or let Guts choose (--reading auto).',
  manual:
    'A disk lies on vSAN, a vVol or persistent memory, where it is an object and no file, and `--reading ranges` or `--reading areas` reads files. Use `lease` or `auto`.',
};
