/** Looks for each privilege one by one, on the machine's own object, its datastores, its host and its pool. */
import type { InventoryVm } from '../../main/shared/inventory.ts';
import type { SourceDriver } from '../drivers.ts';
import {
  allPrivileges,
  heldOn,
  missingOn,
  NEEDED_FOR,
  privilegeSets,
  type Privilege,
  type PrivilegeSet,
} from '../sources/vsphere/privileges.ts';
import type { VsphereSession } from '../sources/vsphere/session.ts';
import type { ManagedRef } from '../sources/vsphere/values.ts';
import type { SourceLook } from './look.ts';
import { optionsFor } from './readings.ts';
import type { Seen } from './steps.ts';

interface LookedOn {
  readonly ref: ManagedRef;
  readonly name: string;
}

interface Held {
  readonly privilege: Privilege;
  readonly on: LookedOn;
  /** Null where neither the server nor the roles say. */
  readonly isGranted: boolean | null;
}

export async function lookAtRights(
  session: VsphereSession,
  driver: SourceDriver,
  vm: InventoryVm,
  { steps, signal, withSnapshot }: SourceLook,
): Promise<void> {
  const held: Held[] = [];
  for (const on of await objectsOf(session, vm, signal)) {
    const wanted = allPrivileges.filter((one) => heldOn(one).some((type) => type === on.ref.type));
    try {
      const missing = await missingOn(session, on.ref, wanted, signal);
      for (const privilege of wanted)
        held.push({ privilege, on, isGranted: missing === null ? null : !missing.includes(privilege) });
    } catch (error) {
      steps.add('rights', `privileges on ${on.name}`, steps.failed(error));
    }
  }
  const ways = driver.readings(vm, optionsFor(vm, withSnapshot)).filter(({ obstacle }) => obstacle === null);
  const lacks = (need: PrivilegeSet['need']): boolean =>
    privilegeSets.some(
      (set) =>
        set.need === need &&
        held.some(({ privilege, isGranted }) => isGranted === false && set.privileges.includes(privilege)),
    );
  const hasWay = ways.some(({ reading }) => reading !== 'file' && !lacks(reading));
  const isNeeded = ({ need }: PrivilegeSet): boolean => {
    if (need === 'seeing') return true;
    if (need === 'stopping') return vm.power === 'on' && !withSnapshot;
    if (need === 'freezing') return vm.power === 'on' && withSnapshot;
    return !hasWay && ways.some(({ reading }) => reading === need);
  };
  for (const one of held) {
    const sets = privilegeSets.filter(({ privileges }) => privileges.includes(one.privilege));
    steps.add('rights', `${one.privilege} on ${one.on.name}`, seenOf(one, sets.some(isNeeded)));
  }
}

function seenOf({ privilege, on: { name, ref }, isGranted }: Held, isNeeded: boolean): Seen {
  const what = `${privilege} on ${name}`;
  const needed = NEEDED_FOR[privilege];
  const evidence = [`${ref.type} ${ref.id}`];
  if (isGranted === null)
    return { verdict: 'notTried', says: `Whether ${what} is granted, nobody tells; it is for ${needed}.`, evidence };
  if (isGranted) return { verdict: 'good', says: `${what} is granted; it is for ${needed}.`, evidence };
  return {
    verdict: isNeeded ? 'bad' : 'poor',
    says: `${what} is lacking: it is for ${needed}${isNeeded ? '' : ', which a move of this machine as it is now can do without'}.`,
    remedy: `Add ${privilege} to the role of this user, where it holds for ${name} as well (a role for this can be written: “guts doctor papers”).`,
    evidence,
  };
}

async function objectsOf(session: VsphereSession, vm: InventoryVm, signal: AbortSignal): Promise<LookedOn[]> {
  const datastores = new Set(vm.disks.flatMap(({ datastore }) => datastore ?? []));
  const around: ManagedRef[] = [
    ...[...datastores].map((id) => ({ type: 'Datastore', id })),
    ...(vm.host === null ? [] : [{ type: 'HostSystem', id: vm.host }]),
    ...(vm.pool === null ? [] : [{ type: 'ResourcePool', id: vm.pool }]),
  ];
  const named = await Promise.all(
    around.map(async (ref): Promise<LookedOn> => {
      const name = await nameOf(session, ref, signal);
      return { ref, name: `${kinds[ref.type] ?? ref.type} ${name}` };
    }),
  );
  return [{ ref: { type: 'VirtualMachine', id: vm.ref }, name: `machine ${vm.name}` }, ...named];
}

const kinds: Readonly<Record<string, string>> = {
  Datastore: 'datastore',
  HostSystem: 'host',
  ResourcePool: 'resource pool',
};

/** Its id where the user may not see more. */
async function nameOf(session: VsphereSession, ref: ManagedRef, signal: AbortSignal): Promise<string> {
  const found = await session.properties(ref, ['name'], signal).catch(() => new Map<string, unknown>());
  const name = found.get('name');
  return typeof name === 'string' ? name : ref.id;
}
