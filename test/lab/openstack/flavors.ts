/** Nova's flavors: sizes of servers, which an admin may add to. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Cloud } from './cloud.ts';
import { page, withLinks } from './listing.ts';
import { on, Refusal, type Answer, type Call, type Route } from './web.ts';
import type { LabFlavor } from './words.ts';

const NewFlavor = z.strictObject({
  flavor: z.strictObject({
    name: z.string().min(1).max(255),
    id: z.string().nullable().optional(),
    ram: z.coerce.number().int().positive(),
    vcpus: z.coerce.number().int().positive(),
    disk: z.coerce.number().int().nonnegative(),
    swap: z.coerce.number().int().nonnegative().optional(),
    'OS-FLV-EXT-DATA:ephemeral': z.coerce.number().int().nonnegative().optional(),
    rxtx_factor: z.coerce.number().optional(),
    'os-flavor-access:is_public': z.boolean().optional(),
    description: z.string().nullable().optional(),
  }),
});
const NewDescription = z.strictObject({ flavor: z.strictObject({ description: z.string().nullable() }) });
const NewAccess = z.strictObject({ addTenantAccess: z.strictObject({ tenant: z.string() }) });
const ExtraSpecs = z.strictObject({ extra_specs: z.record(z.string(), z.string()) });

export function flavorRoutes(cloud: Cloud): Route[] {
  const visible = ({ who }: Call): LabFlavor[] =>
    [...cloud.flavors.values()].filter(
      ({ isPublic, sharedWith }) => isPublic !== false || who.isAdmin || sharedWith?.has(who.projectId),
    );
  const flavorOf = (call: Call): LabFlavor => {
    const flavor = visible(call).find(({ id }) => id === call.param('id'));
    if (flavor === undefined) throw new Refusal(404, `Flavor ${call.param('id')} could not be found.`);
    return flavor;
  };
  const listed = (call: Call, bodyOf: (flavor: LabFlavor, call: Call) => object): Answer => {
    const isPublic = call.query.get('is_public');
    const found = visible(call).filter(
      (flavor) => !call.who.isAdmin || isPublic?.toLowerCase() === 'none' || flavor.isPublic !== false,
    );
    const { items, next } = page(found, call, cloud.settings.pageSize, cloud.settings.pageSize);
    return {
      status: 200,
      body: withLinks(
        'flavors',
        items.map((flavor) => bodyOf(flavor, call)),
        next,
      ),
    };
  };
  return [
    on('GET', '/v2.1/flavors', (call) => listed(call, ({ id, name }) => ({ id, name, links: links(call, id) }))),
    on('GET', '/v2.1/flavors/detail', (call) => listed(call, flavorBody)),
    on('GET', '/v2.1/flavors/:id', (call) => ({ status: 200, body: { flavor: flavorBody(flavorOf(call), call) } })),
    on('POST', '/v2.1/flavors', async (call) => {
      mustBeAdmin(call, 'os-flavor-manage:create');
      const flavor = await newFlavor(cloud, call);
      return { status: 200, body: { flavor: flavorBody(flavor, call) } };
    }),
    on('DELETE', '/v2.1/flavors/:id', (call) => {
      mustBeAdmin(call, 'os-flavor-manage:delete');
      cloud.flavors.delete(flavorOf(call).id);
      return { status: 202 };
    }),
    on('PUT', '/v2.1/flavors/:id', async (call) => {
      mustBeAdmin(call, 'os-flavor-manage:update');
      const flavor = flavorOf(call);
      ({ description: flavor.description } = (await call.json(NewDescription)).flavor);
      return { status: 200, body: { flavor: flavorBody(flavor, call) } };
    }),
    on('GET', '/v2.1/flavors/:id/os-flavor-access', (call) => ({ status: 200, body: accessOf(flavorOf(call)) })),
    on('POST', '/v2.1/flavors/:id/action', async (call) => {
      mustBeAdmin(call, 'os-flavor-access:add_tenant_access');
      const flavor = flavorOf(call);
      flavor.sharedWith?.add((await call.json(NewAccess)).addTenantAccess.tenant);
      return { status: 200, body: accessOf(flavor) };
    }),
    on('GET', '/v2.1/flavors/:id/os-extra_specs', (call) => ({
      status: 200,
      body: { extra_specs: flavorOf(call).extraSpecs },
    })),
    on('POST', '/v2.1/flavors/:id/os-extra_specs', async (call) => {
      mustBeAdmin(call, 'os-flavor-extra-specs:create');
      const flavor = flavorOf(call);
      const { extra_specs: given } = await call.json(ExtraSpecs);
      Object.assign(flavor.extraSpecs, given);
      return { status: 200, body: { extra_specs: given } };
    }),
  ];
}

function accessOf({ id, isPublic, sharedWith }: LabFlavor): object {
  if (isPublic !== false) throw new Refusal(404, 'Access list not available for public flavors.');
  return { flavor_access: [...(sharedWith ?? [])].map((tenant_id) => ({ flavor_id: id, tenant_id })) };
}

function mustBeAdmin({ who }: Call, policy: string): void {
  if (!who.isAdmin) throw new Refusal(403, `Policy doesn't allow os_compute_api:${policy} to be performed.`);
}

async function newFlavor(cloud: Cloud, call: Call): Promise<LabFlavor> {
  const { flavor: given } = await call.json(NewFlavor);
  if (given.description !== undefined && call.minor < 55)
    throw new Refusal(400, "Additional properties are not allowed ('description' was unexpected)");
  const id = given.id === undefined || given.id === null || given.id === 'auto' ? randomUUID() : given.id;
  if (cloud.flavors.has(id)) throw new Refusal(409, `Flavor with ID ${id} already exists.`);
  if ([...cloud.flavors.values()].some(({ name }) => name === given.name))
    throw new Refusal(409, `Flavor with name ${given.name} already exists.`);
  const flavor: LabFlavor = {
    id,
    name: given.name,
    ram: given.ram,
    vcpus: given.vcpus,
    disk: given.disk,
    isPublic: given['os-flavor-access:is_public'] ?? true,
    extraSpecs: {},
    description: given.description ?? null,
    sharedWith: new Set(),
  };
  cloud.flavors.set(id, flavor);
  return flavor;
}

function flavorBody(flavor: LabFlavor, call: Call): object {
  const { id, name, ram, disk, vcpus, extraSpecs, description } = flavor;
  return {
    id,
    name,
    ram,
    disk,
    swap: call.minor >= 75 ? 0 : '',
    'OS-FLV-EXT-DATA:ephemeral': 0,
    'OS-FLV-DISABLED:disabled': false,
    vcpus,
    'os-flavor-access:is_public': flavor.isPublic !== false,
    rxtx_factor: 1,
    links: links(call, id),
    ...(call.minor >= 55 ? { description } : {}),
    ...(call.minor >= 61 ? { extra_specs: extraSpecs } : {}),
  };
}

function links({ base }: Call, id: string): object[] {
  return [{ rel: 'self', href: `${base}/v2.1/flavors/${id}` }];
}
