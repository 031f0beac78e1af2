/** What to ask of whoever runs the cloud, in plain words, so that a rehearsed wave fits: made to be sent as it is. */
import { isCounted, quotaWords, type Rehearsal } from './rehearsal.ts';

type Asked = Omit<Rehearsal, 'request' | 'verdict'>;

/** Null where nothing is missing that they could give. */
export function requestFor(rehearsal: Asked): string | null {
  const parts = [
    part('Please raise these quotas of the project:', quotas(rehearsal)),
    part('Please make these flavors, or let us make flavors:', flavors(rehearsal)),
    part('Please make room for addresses:', addresses(rehearsal)),
    part('Please see to the storage behind the volumes:', storage(rehearsal)),
    part('Please see to these, which others in the cloud have and we need:', taken(rehearsal)),
  ].filter((one) => one !== null);
  if (parts.length === 0) return null;
  const { project, plan, wave, machines, source, takenAt } = rehearsal;
  const count = machines.filter(isCounted).length;
  const what = wave === null ? `the plan “${plan.name}”` : `wave ${wave} of the plan “${plan.name}”`;
  const head = `For ${what} we want to move ${count} ${count === 1 ? 'machine' : 'machines'} from “${source}” into the project “${project.name}” (${project.id}).`;
  const asOf = `Used and free are as of ${takenAt.slice(0, 16).replace('T', ' ')} UTC.`;
  return `${[`${head} ${asOf}`, ...parts].join('\n\n')}\n`;
}

const part = (title: string, lines: readonly string[]): string | null =>
  lines.length === 0 ? null : [title, ...lines.map((line) => `- ${line}`)].join('\n');

const byEarlier = (count: number, unit = ''): string =>
  count === 0 ? '' : ` and ${count}${unit} for waves that go before`;

function quotas({ quota }: Asked): string[] {
  return quota
    .filter(({ over }) => over > 0)
    .map(
      ({ limit, used, needs, earlier, over, ...what }) =>
        `${quotaWords(what)}: from ${limit ?? 0} to at least ${(limit ?? 0) + over} (${used} used, ${needs} needed${byEarlier(earlier)})`,
    );
}

/** One that the operator named, and that is too small or not there, is theirs to choose otherwise. */
function flavors({ flavors: all }: Asked): string[] {
  return all
    .filter(({ state, isChosen }) => state === 'missing' && !isChosen)
    .map(({ vcpus, memoryMiB, diskGiB, machines }) => {
      const disk = diskGiB === 0 ? 'any disk (we boot from volumes)' : `${diskGiB} GiB of disk`;
      return `at least ${vcpus} vCPU, ${memoryMiB} MiB of memory, ${disk}, for ${machines.join(', ')}`;
    });
}

function addresses({ subnets }: Asked): string[] {
  return subnets
    .filter(({ short }) => short > 0)
    .map(
      ({ name, cidr, network, needs, earlier, free, short }) =>
        `subnet “${name}” (${cidr}) of the network “${network}”: ${short} more in its pools (${free ?? 0} free, ${needs} needed${byEarlier(earlier)})`,
    );
}

function storage({ storage: all }: Asked): string[] {
  return (all ?? [])
    .filter(({ shortGiB }) => shortGiB > 0)
    .map(({ backend, pools, freeGiB, needsGiB, earlierGiB, shortGiB }) => {
      const where = backend === null ? pools.join(', ') : `back end “${backend}”`;
      return `${where}: ${shortGiB} GiB more (${freeGiB ?? 0} GiB free, ${needsGiB} GiB needed${byEarlier(earlierGiB, ' GiB')})`;
    });
}

/** Servers of the same name are no hindrance, and things of earlier tries are ours to remove. */
function taken({ twins, leftovers }: Asked): string[] {
  const ours = new Set(leftovers.flatMap(({ id }) => id ?? []));
  const isOurs = (holder: string): boolean => [...ours].some((id) => holder.includes(id));
  return twins
    .filter(({ kind, taken: holders }) => kind !== 'name' && holders.some((holder) => !isOurs(holder)))
    .map(({ kind, value, network, machines, taken: holders }) => {
      const what = kind === 'mac' ? 'the MAC' : 'the address';
      return `${what} ${value} on the network “${network ?? ''}”, for ${machines.join(', ')}: it is with ${holders.join(', ')}`;
    });
}
