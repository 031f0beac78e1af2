/** A vCenter or an ESXi host as a source of machines. */
import type { SourceSignIn } from '../../../main/shared/connections.ts';
import type { InventoryVm } from '../../../main/shared/inventory.ts';
import type { MayChange, SourceDriver } from '../../drivers.ts';
import { momentOf } from './disks/moment.ts';
import { openVmDisks } from './disks/open.ts';
import { readingsOf } from './disks/readings.ts';
import { GoneError, MissingPrivilegeError } from './errors.ts';
import { describeVm } from './inventory/describe.ts';
import { inventoryPages } from './inventory/pages.ts';
import { inventoryUpdates } from './inventory/updates.ts';
import { LatencyReader } from './latency.ts';
import { LiveTags } from './live-tags.ts';
import { shutDown } from './power.ts';
import { missingOn, neededFor } from './privileges.ts';
import { VsphereSession } from './session.ts';
import { surroundingsOf } from './surroundings.ts';
import { withTags } from './tags.ts';
import { changeTrackingOf } from './tracking.ts';
import { leftovers, undo } from './undo.ts';

/** Signs in. @throws GutsError */
export async function openVsphere(
  signIn: SourceSignIn,
  signal: AbortSignal,
  mayChange?: MayChange,
): Promise<SourceDriver> {
  return vsphereDriver(await VsphereSession.open(signIn, signal, mayChange), signIn);
}

/** Over a session that is signed in; disposing it signs out. */
export function vsphereDriver(session: VsphereSession, signIn: SourceSignIn): SourceDriver {
  /** `VMFS`, `vsan` …, by datastore, of all machines that were described. */
  const datastoreKinds = new Map<string, string>();
  const kindOf = (datastore: string): string | null => datastoreKinds.get(datastore) ?? null;
  const latency = new LatencyReader(session);
  const liveTags = new LiveTags(session, signIn);
  return {
    about: session.about,
    inventory: (stop) => withTags(inventoryPages(session, stop), session, signIn, stop),
    updates: (stop) => inventoryUpdates(session, stop),
    async describe(ref, stop) {
      const vm = await describeVm(session, ref, stop);
      for (const id of datastoresOf(vm)) {
        if (!datastoreKinds.has(id)) datastoreKinds.set(id, await datastoreKind(session, id, stop));
      }
      return vm;
    },
    withTags: async (vm, stop) => await liveTags.of(vm, stop),
    surroundingsOf: async (vm, stop) => await surroundingsOf(session, vm, stop),
    async missingPrivileges(vm, options, stop) {
      const [best] = readingsOf(vm, options, kindOf);
      const reading = options.reading === 'auto' ? (best?.reading ?? 'lease') : options.reading;
      const missing = new Set<string>();
      for (const { on, privileges } of neededFor(vm, options, reading)) {
        for (const privilege of (await missingOn(session, on, privileges, stop)) ?? []) missing.add(privilege);
      }
      return [...missing];
    },
    readings: (vm, options) => readingsOf(vm, options, kindOf),
    shutDown: async (vm, options, ledger, stop) => await shutDown(session, vm, options, ledger, stop),
    openDisks: async (vm, disks, ledger, stop) => await openVmDisks(session, vm, disks, ledger, stop),
    momentOf: async (vm, _disks, stop) => await momentOf(session, vm, stop),
    changeTracking: changeTrackingOf(session),
    readLatency: async (places, stop) => await latency.read(places, stop),
    undo: async (item, stop) => await undo(session, item, stop),
    leftovers: async (stop) => await leftovers(session, stop),
    [Symbol.asyncDispose]: async () => {
      await Promise.allSettled([liveTags[Symbol.asyncDispose](), session[Symbol.asyncDispose]()]);
    },
  };
}

const datastoresOf = (vm: InventoryVm): Set<string> => new Set(vm.disks.flatMap(({ datastore }) => datastore ?? []));

/** Empty where the user may not see the datastore: what a way of reading lacks then is told when it is tried. */
async function datastoreKind(session: VsphereSession, id: string, signal: AbortSignal): Promise<string> {
  try {
    const found = await session.properties({ type: 'Datastore', id }, ['summary.type'], signal);
    return String(found.get('summary.type') ?? '');
  } catch (error) {
    if (error instanceof MissingPrivilegeError || error instanceof GoneError) return '';
    throw error;
  }
}
