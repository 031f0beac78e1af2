/** The flavor of the new server: the planned one, or one that is made to measure where the user may. */
import { z } from 'zod';
import type { Ledger, ServerSpec } from '../../drivers.ts';
import { ConflictError } from './errors.ts';
import { makeOnce, unlessGone, type Site } from './making.ts';

export const Flavor = z.object({
  id: z.string().min(1),
  name: z.string(),
  vcpus: z.number(),
  ram: z.number(),
  disk: z.number(),
  description: z.string().nullish(),
});
export type Flavor = z.infer<typeof Flavor>;
const OneFlavor = z.object({ flavor: Flavor });

/** The first in which a flavor has a description, by which it can be recognised. */
export const WITH_DESCRIPTION = '2.55';
const MIB = 1024 * 1024;

export const pathOfFlavor = (id: string): string => `/flavors/${encodeURIComponent(id)}`;

/** The id of the flavor to use. */
export async function makeFlavor(site: Site, spec: ServerSpec, ledger: Ledger, signal: AbortSignal): Promise<string> {
  const { id, name } = spec.plan.flavor.value;
  if (id !== null) return id;
  const wanted = { ...sizesOf(spec), name };
  /** Made for another machine of the same size. */
  const madeElsewhere = async (): Promise<string | null> =>
    await find(site, (flavor) => flavor.name === name && isSame(flavor, wanted), signal);
  if (!ledger.items.some(({ key }) => key === 'flavor')) {
    const there = await madeElsewhere();
    if (there !== null) return there;
  }
  const tag = `${spec.migrationTag}-flavor`;
  const { session } = site;
  const making = makeOnce(
    site,
    ledger,
    { key: 'flavor', kind: 'flavor', name: tag, facts: { called: `Guts: made for ${spec.plan.targetName}` } },
    {
      adopt: async (id) => {
        const one = { schema: OneFlavor, microversion: WITH_DESCRIPTION, signal };
        return (await unlessGone(session.request('compute', 'GET', pathOfFlavor(id), one)))?.flavor ?? null;
      },
      find: async () => await find(site, ({ description }) => description === tag, signal),
      create: async (signal) => {
        const { flavor } = await session.request('compute', 'POST', '/flavors', {
          schema: OneFlavor,
          microversion: WITH_DESCRIPTION,
          body: { flavor: { ...wanted, description: tag, 'os-flavor-access:is_public': false } },
          signal,
        });
        return flavor;
      },
    },
    signal,
  );
  let made: Flavor;
  try {
    made = await making;
  } catch (error) {
    const there = error instanceof ConflictError ? await madeElsewhere() : null; // another one was quicker
    if (there === null) throw error;
    await ledger.settle('flavor');
    return there;
  }
  await giveAccess(site, made.id, signal);
  return made.id;
}

function sizesOf({ sourceVm, plan, options }: ServerSpec): { vcpus: number; ram: number; disk: number } {
  const root = plan.disks.find(({ bootIndex }) => bootIndex === 0) ?? plan.disks[0];
  return {
    vcpus: Math.max(1, sourceVm.cpus),
    ram: Math.max(1, Math.ceil(sourceVm.memoryBytes / MIB)),
    disk: options.boot === 'volume' ? 0 : (root?.sizeGiB ?? 0),
  };
}

const isSame = (a: Flavor, b: Pick<Flavor, 'vcpus' | 'ram' | 'disk'>): boolean =>
  a.vcpus === b.vcpus && a.ram === b.ram && a.disk === b.disk;

async function find(site: Site, fits: (flavor: Flavor) => boolean, signal: AbortSignal): Promise<string | null> {
  for await (const flavor of flavorsOf(site, signal)) if (fits(flavor)) return flavor.id;
  return null;
}

/** All that the user may see, private ones too. */
export const flavorsOf = ({ session }: Site, signal: AbortSignal): AsyncIterable<Flavor> =>
  session.list(
    'compute',
    '/flavors/detail',
    'flavors',
    Flavor,
    signal,
    { is_public: 'None' },
    session.speaks('compute', WITH_DESCRIPTION) ? WITH_DESCRIPTION : undefined,
  );

/** It is no public one: other projects shall not see what was made for this machine. */
async function giveAccess({ session }: Site, id: string, signal: AbortSignal): Promise<void> {
  const Access = z.object({ flavor_access: z.array(z.object({ tenant_id: z.string() })) });
  const project = session.about.project.id;
  const { flavor_access: has } = await session.request('compute', 'GET', `${pathOfFlavor(id)}/os-flavor-access`, {
    schema: Access,
    signal,
  });
  if (has.some(({ tenant_id }) => tenant_id === project)) return;
  await session.request('compute', 'POST', `${pathOfFlavor(id)}/action`, {
    schema: Access,
    body: { addTenantAccess: { tenant: project } },
    signal,
  });
}
