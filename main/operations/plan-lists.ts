/** Which machines of a source a list means, and what it wishes for each. */
import { isDeepStrictEqual } from 'node:util';
import { matched, type Listed } from '../shared/lists/match.ts';
import { UNTITLED, wishesOf, type MachineList, type Wanted } from '../shared/lists/vm-list.ts';
import type { OutputOf } from '../shared/operations.ts';

type List = OutputOf<'plans.matchList'>;

/** A machine that stands there more than once is one, as long as each of its lines wishes the same. */
export function matchedList({ sheet, machines }: MachineList, rows: readonly Listed[]): List {
  const { found, unknown, ambiguous } = matched(machines, rows);
  const first = new Map<string, List['found'][number]>();
  const isUntitled = ({ unreadable }: Wanted): boolean => unreadable === UNTITLED;
  const wrong: List['wrong'] = unknown.filter(isUntitled).map(({ line, said }) => ({ line, said, says: UNTITLED }));
  for (const { wanted, row } of found) {
    const { line, said } = wanted;
    const wishes = wishesOf(wanted);
    if ('says' in wishes) {
      wrong.push({ line, said, says: wishes.says });
      continue;
    }
    const before = first.get(row.ref);
    if (before === undefined) first.set(row.ref, { line, said, vm: { ref: row.ref, name: row.name }, ...wishes });
    else if (before.wave !== wishes.wave || !isDeepStrictEqual(before.options, wishes.options))
      wrong.push({
        line,
        said,
        says: `${sheet === null ? 'line' : 'row'} ${before.line} wishes something else for the same machine`,
      });
  }
  return {
    sheet,
    found: [...first.values()],
    unmatched: unknown.filter((one) => !isUntitled(one)).map(({ line, said }) => ({ line, said })),
    ambiguous: ambiguous.map(({ wanted: { line, said }, candidates }) => ({
      line,
      said,
      candidates: candidates.slice(0, 20).map(({ ref, name, datacenter, cluster, folder }) => ({
        ref,
        name,
        where: [folder === '' ? datacenter : folder, cluster].filter((part) => part !== '').join(', '),
      })),
    })),
    wrong,
  };
}
