/** What can be done to machines of the simulated vCenter: power, snapshots, change tracking, export, changed areas. */
import type { FaultBook, FaultRule } from '../faults.ts';
import { type Leases, taskInProgress } from './leases.ts';
import type { Machine, Snapshot } from './machine.ts';
import type { Session } from './sessions.ts';
import type { Tasks } from './tasks.ts';
import { data, element, list, long, type Ref, type Value } from './values.ts';
import { type Arguments, invalidArgument, invalidRequest, noPermission, notFound, VimFault } from './vim-fault.ts';
import type { World } from './world.ts';

export interface MachineRoom {
  readonly world: World;
  readonly tasks: Tasks;
  readonly leases: Leases;
  readonly faults: FaultBook;
  readonly shutdownMs: number;
  /** A guest hears the wish to shut down so long after it was told. */
  readonly hearsMs: number;
  /** Most areas in one answer of `QueryChangedDiskAreas`. */
  readonly mostAreas: number;
  /** Runs `then` after a while, unless the simulator ends before. */
  later(ms: number, then: () => void): void;
}

/** What somebody needs to be allowed to call a method. */
const PRIVILEGES: Readonly<Record<string, string>> = {
  PowerOffVM_Task: 'VirtualMachine.Interact.PowerOff',
  PowerOnVM_Task: 'VirtualMachine.Interact.PowerOn',
  ShutdownGuest: 'VirtualMachine.Interact.PowerOff',
  CreateSnapshot_Task: 'VirtualMachine.State.CreateSnapshot',
  RemoveSnapshot_Task: 'VirtualMachine.State.RemoveSnapshot',
  ReconfigVM_Task: 'VirtualMachine.Config.ChangeTracking',
  ExportVm: 'VApp.Export',
  ExportSnapshot: 'VApp.Export',
  QueryChangedDiskAreas: 'VirtualMachine.Provisioning.DiskRandomRead',
};

/** What an administrator may do, as far as moving machines goes. */
export const ALL_PRIVILEGES: readonly string[] = [
  ...new Set(Object.values(PRIVILEGES)),
  'System.Anonymous',
  'System.View',
  'System.Read',
  'Datastore.Browse',
  'Datastore.FileManagement',
  'VirtualMachine.Provisioning.GetVmFiles',
];

/**
 * @param rules faults that this request met: denied privileges, tasks that shall fail
 * @returns the inner XML of the answer
 */
export function callMachine(
  method: string,
  self: Ref,
  args: Arguments,
  session: Session,
  rules: readonly FaultRule[],
  room: MachineRoom,
): string {
  const privilege = PRIVILEGES[method];
  if (
    privilege !== undefined &&
    rules.some(({ kind, privileges }) => kind === 'deny' && privileges.includes(privilege))
  )
    throw noPermission(self, privilege);
  const { machine, snapshot } = target(self, room.world);
  if (method === 'ExportVm') return returned(room.leases.exportMachine(machine, session));
  if (method === 'ExportSnapshot') {
    if (snapshot === undefined) throw notFound(self);
    return returned(room.leases.exportSnapshot(machine, snapshot, session));
  }
  if (method === 'QueryChangedDiskAreas') return changedAreas(machine, args, room.mostAreas);
  if (method === 'ShutdownGuest') return shutDown(machine, room);
  if (room.leases.holds(machine)) throw taskInProgress();
  const work = taskWork(method, machine, snapshot, args);
  const failure = rules.find(({ kind }) => kind === 'taskfail');
  const run = (): Ref | undefined => {
    if (failure !== undefined) {
      throw new VimFault(failure.faultType === '' ? 'SystemError' : failure.faultType, failure.message, failure.detail);
    }
    return work();
  };
  return returned(room.tasks.start(method, machine.ref, run));
}

function target(self: Ref, world: World): { readonly machine: Machine; readonly snapshot?: Snapshot } {
  const machine = world.machine(self);
  if (machine !== undefined) return { machine };
  const found = self.type === 'VirtualMachineSnapshot' ? world.snapshot(self) : undefined;
  if (found === undefined) throw notFound(self);
  return found;
}

function returned(ref: Ref): string {
  return element('returnval', ref);
}

/** What the task does when its time has come. @throws VimFault at once where it cannot even be queued */
function taskWork(
  method: string,
  machine: Machine,
  snapshot: Snapshot | undefined,
  args: Arguments,
): () => Ref | undefined {
  switch (method) {
    case 'PowerOnVM_Task':
      return () => void machine.turn('poweredOn');
    case 'PowerOffVM_Task':
      return () => void machine.turn('poweredOff');
    case 'CreateSnapshot_Task': {
      const name = args.need('name');
      const description = args.text('description') ?? '';
      return () => machine.createSnapshot(name, description).ref;
    }
    case 'RemoveSnapshot_Task': {
      if (snapshot === undefined) throw invalidRequest('RemoveSnapshot_Task needs a snapshot.');
      const withChildren = args.flag('removeChildren');
      return () => {
        if (!machine.snapshots.includes(snapshot)) throw notFound(snapshot.ref);
        machine.removeSnapshot(snapshot.ref, withChildren);
        return undefined;
      };
    }
    case 'ReconfigVM_Task': {
      const spec = args.find('spec');
      if (spec === undefined) throw invalidArgument('spec');
      const isOn = spec.text('changeTrackingEnabled') === undefined ? undefined : spec.flag('changeTrackingEnabled');
      return () => {
        if (isOn !== undefined) machine.track(isOn);
        return undefined;
      };
    }
    default:
      throw invalidRequest(`The simulator does not know ${method} of a virtual machine.`);
  }
}

/** The guest takes its time; one that ignores the wish goes on running. */
function shutDown(machine: Machine, room: MachineRoom): string {
  if (machine.power !== 'poweredOn') {
    throw new VimFault('InvalidPowerState', 'The attempted operation cannot be performed in the current state.', {
      requestedState: 'poweredOn',
      existingState: machine.power,
    });
  }
  if (!machine.isToolsRunning) {
    throw new VimFault(
      'ToolsUnavailable',
      'Cannot complete operation because VMware Tools is not running in this virtual machine.',
    );
  }
  if (machine.spec.ignoresShutdown === true) return '';
  const begin = (): void => {
    machine.isShuttingDown = true;
    room.world.changed();
    room.later(room.shutdownMs, () => {
      if (machine.power === 'poweredOn') machine.turn('poweredOff');
      room.world.changed();
    });
  };
  if (room.hearsMs === 0) begin();
  else room.later(room.hearsMs, begin);
  return '';
}

function changedAreas(machine: Machine, args: Arguments, mostAreas: number): string {
  const key = args.integer('deviceKey');
  const found = machine.disks.find(({ disk }) => disk.key === key);
  if (found === undefined) throw invalidArgument('deviceKey');
  const { disk, index } = found;
  const startOffset = args.integer('startOffset') ?? -1;
  if (startOffset < 0 || startOffset >= disk.sizeBytes) throw invalidArgument('startOffset');
  const snapshotRef = args.ref('snapshot');
  const snapshot = machine.snapshots.find(({ ref }) => ref.id === snapshotRef?.id);
  if (snapshotRef !== undefined && snapshot === undefined)
    throw new VimFault('NotFound', 'The object or item referred to could not be found.');
  if (snapshot === undefined && machine.power !== 'poweredOff') {
    throw new VimFault('InvalidPowerState', 'The attempted operation cannot be performed in the current state.', {
      requestedState: 'poweredOff',
      existingState: machine.power,
    });
  }
  const changeId = args.need('changeId');
  const layers = snapshot === undefined ? disk.layers : Math.min(machine.layersOf(snapshot), disk.layers);
  const areas =
    changeId === '*' && disk.isTracked ? disk.allocated(layers) : disk.changedSince(changeId, snapshot?.epoch);
  if (areas === null) {
    const file = `/vmfs/volumes/${machine.standing.datastore.name}/${machine.folderName}/${machine.diskFile(index, 0)}`;
    throw new VimFault('FileFault', `Error caused by file ${file}`, { file });
  }
  return element('returnval', changeInfo(areas, startOffset, disk.sizeBytes, mostAreas));
}

/** With too many areas the answer ends before the disk does; the client asks on from there. */
function changeInfo(
  areas: readonly { readonly start: number; readonly length: number }[],
  startOffset: number,
  sizeBytes: number,
  mostAreas: number,
): Value {
  const ahead = areas.filter(({ start, length }) => start + length > startOffset);
  const next = ahead[mostAreas];
  const end = next === undefined ? sizeBytes : next.start;
  const changed = ahead.slice(0, mostAreas).map(({ start, length }) => {
    const from = Math.max(start, startOffset);
    return data('DiskChangeExtent', { start: long(from), length: long(start + length - from) });
  });
  return data('DiskChangeInfo', {
    startOffset: long(startOffset),
    length: long(end - startOffset),
    changedArea: list('DiskChangeExtent', changed),
  });
}
