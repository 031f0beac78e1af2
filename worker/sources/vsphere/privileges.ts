/** What the signed-in user must be allowed to do, by vSphere's own names, and what of it is missing. */
import { z } from 'zod';
import type { InventoryVm } from '../../../main/shared/inventory.ts';
import type { MigrationOptions, Reading } from '../../../main/shared/migration.ts';
import { GoneError, MissingPrivilegeError, NotSupportedError, UnexpectedFaultError } from './errors.ts';
import type { VsphereSession } from './session.ts';
import { type ManagedRef, listOf } from './values.ts';

/** By privilege: what it is for, as a half sentence for people. */
export const NEEDED_FOR = {
  'System.View': 'seeing the inventory',
  'System.Read': 'reading the properties of machines',
  'VApp.Export': 'reading disks by an export lease',
  'Datastore.Browse': 'reading disk files from their datastore',
  'Datastore.FileManagement': 'reading disk files from their datastore',
  'VirtualMachine.Provisioning.DiskRandomRead': 'reading only what is allocated on a disk',
  'VirtualMachine.State.CreateSnapshot': 'copying a machine that runs',
  'VirtualMachine.State.RemoveSnapshot': 'removing the snapshot of a machine that was copied while it ran',
  'VirtualMachine.Interact.PowerOff': 'shutting a machine down before it is copied',
  'VirtualMachine.Interact.PowerOn': 'starting a machine again when its migration fails',
} as const;
export type Privilege = keyof typeof NEEDED_FOR;
export const allPrivileges = Object.keys(NEEDED_FOR) as Privilege[]; // Object.keys forgets which strings they are

const BY_READING: Readonly<Record<Reading, readonly Privilege[]>> = {
  file: [], // no way of vSphere's
  lease: ['VApp.Export'],
  ranges: ['Datastore.Browse', 'Datastore.FileManagement'],
  areas: ['Datastore.Browse', 'Datastore.FileManagement', 'VirtualMachine.Provisioning.DiskRandomRead'],
};
const STOPPING: readonly Privilege[] = ['VirtualMachine.Interact.PowerOff', 'VirtualMachine.Interact.PowerOn'];
const FREEZING: readonly Privilege[] = ['VirtualMachine.State.CreateSnapshot', 'VirtualMachine.State.RemoveSnapshot'];

/** Privileges that belong together, by what they are for; every one of them is in one of these at least. */
export interface PrivilegeSet {
  /** A way of reading, or what else needs them. */
  readonly need: 'seeing' | Exclude<Reading, 'file'> | 'stopping' | 'freezing' | 'other';
  readonly says: string;
  readonly privileges: readonly Privilege[];
}

const named: readonly PrivilegeSet[] = [
  { need: 'seeing', says: 'seeing the inventory; every move', privileges: ['System.View', 'System.Read'] },
  { need: 'lease', says: 'reading by a lease', privileges: BY_READING.lease },
  { need: 'ranges', says: 'reading by ranges', privileges: BY_READING.ranges },
  { need: 'areas', says: 'reading by areas', privileges: BY_READING.areas },
  { need: 'stopping', says: 'a machine that is shut down first', privileges: STOPPING },
  { need: 'freezing', says: 'a copy of a running machine', privileges: FREEZING },
];
const others = allPrivileges.filter((one) => !named.some(({ privileges }) => privileges.includes(one)));

export const privilegeSets: readonly PrivilegeSet[] = [
  ...named,
  ...others.map((one): PrivilegeSet => ({ need: 'other', says: NEEDED_FOR[one], privileges: [one] })),
];

/** The kinds of objects on which a privilege is looked for. */
export const heldOn = (
  privilege: Privilege,
): readonly ('VirtualMachine' | 'Datastore' | 'HostSystem' | 'ResourcePool')[] =>
  privilege.startsWith('System.')
    ? ['VirtualMachine', 'Datastore', 'HostSystem', 'ResourcePool']
    : privilege.startsWith('Datastore.')
      ? ['Datastore']
      : ['VirtualMachine'];

const Availability = listOf(
  z.object({ privAvailability: listOf(z.object({ privId: z.string(), isGranted: z.coerce.string() })) }),
);
const CurrentSession = z.object({ key: z.string() });
const Roles = listOf(z.object({ roleId: z.coerce.number(), privilege: listOf(z.string()) }));
const RoleIds = listOf(z.coerce.number());

/** What a migration needs on each object that it touches: the machine, and the datastores where its files are read. */
export function neededFor(
  vm: InventoryVm,
  options: MigrationOptions,
  reading: Reading,
): readonly { readonly on: ManagedRef; readonly privileges: readonly Privilege[] }[] {
  const runs = vm.power === 'on';
  const needed = [
    ...BY_READING[reading],
    ...(runs && options.whileRunning === 'shutDown' ? STOPPING : []),
    ...(runs && options.whileRunning === 'snapshot' ? FREEZING : []),
  ];
  const ofFiles = needed.filter((privilege) => privilege.startsWith('Datastore.'));
  const datastores = new Set(vm.disks.flatMap(({ datastore }) => datastore ?? []));
  return [
    {
      on: { type: 'VirtualMachine', id: vm.ref },
      privileges: needed.filter((privilege) => !privilege.startsWith('Datastore.')),
    },
    ...[...datastores].map((id) => ({ on: { type: 'Datastore', id }, privileges: ofFiles })),
  ].filter(({ privileges }) => privileges.length > 0);
}

/**
 * Which of these the user lacks on an object; asked of the server, or where it cannot be asked, told from the roles.
 * @returns null where neither says
 */
export async function missingOn(
  session: VsphereSession,
  object: ManagedRef,
  privileges: readonly Privilege[],
  signal: AbortSignal,
): Promise<Privilege[] | null> {
  try {
    const current = await session.properties(session.content.sessionManager, ['currentSession'], signal);
    const sessionId = CurrentSession.parse(current.get('currentSession')).key;
    const args = { entity: object, sessionId, privId: privileges };
    const answer = await session.call('HasPrivilegeOnEntities', session.content.authorizationManager, args, signal);
    const granted = new Set(
      Availability.parse(answer)
        .flatMap(({ privAvailability }) => privAvailability)
        .filter(({ isGranted }) => isGranted === 'true')
        .map(({ privId }) => privId),
    );
    return privileges.filter((privilege) => !granted.has(privilege));
  } catch (error) {
    if (!cannotBeAsked(error)) throw error;
    return await missingByRole(session, object, privileges, signal);
  }
}

async function missingByRole(
  session: VsphereSession,
  object: ManagedRef,
  privileges: readonly Privilege[],
  signal: AbortSignal,
): Promise<Privilege[] | null> {
  const [onObject, known] = await Promise.all([
    session.properties(object, ['effectiveRole'], signal),
    session.properties(session.content.authorizationManager, ['roleList'], signal),
  ]);
  const mine = new Set(RoleIds.parse(onObject.get('effectiveRole')));
  const roles = Roles.parse(known.get('roleList')).filter(({ roleId }) => mine.has(roleId));
  if (roles.length === 0) return null;
  const granted = new Set(roles.flatMap(({ privilege }) => privilege));
  return privileges.filter((privilege) => !granted.has(privilege));
}

/** Hosts that stand alone and old servers do not have the call, and some users may not make it. */
function cannotBeAsked(error: unknown): boolean {
  if (error instanceof UnexpectedFaultError) return error.fault === 'InvalidRequest' || error.fault === 'InvalidType';
  return [NotSupportedError, MissingPrivilegeError, GoneError].some((kind) => error instanceof kind);
}
