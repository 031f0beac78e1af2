/** Reads one machine as it is now, with the names of everything that it refers to, in one question. */
import type { InventoryVm } from '../../../../main/shared/inventory.ts';
import { GoneError } from '../errors.ts';
import type { VsphereSession } from '../session.ts';
import { refXml } from '../values.ts';
import type { ObjectFacts } from './answers.ts';
import { objectsOf, propSet, propSets } from './collector.ts';
import { VmMissingError } from './errors.ts';
import { Places } from './places.ts';
import { runningTaskOf, TASK_PROPERTIES } from './tasks.ts';
import { vmPropertiesOf } from './vm-properties.ts';
import { vmOf } from './vm.ts';

/** Of what is around the machine: only what its description names. */
const NAMES = {
  Folder: ['name', 'parent'],
  Datacenter: ['name', 'parent'],
  ComputeResource: ['name', 'parent'],
  VirtualApp: ['name', 'parentFolder', 'parentVApp'],
  HostSystem: ['name', 'parent'],
  Network: ['name', 'parent'],
  DistributedVirtualPortgroup: ['name', 'parent', 'key'],
  OpaqueNetwork: ['name', 'parent', 'summary'],
  Task: TASK_PROPERTIES,
};

const step = (name: string, type: string, path: string, next: readonly string[]): string =>
  `<selectSet xsi:type="TraversalSpec"><name>${name}</name><type>${type}</type><path>${path}</path><skip>false</skip>${next.map((other) => `<selectSet><name>${other}</name></selectSet>`).join('')}</selectSet>`;
/** From a machine up to the root by its folder, its vApp and its host, to its networks, and to what goes on with it. */
const AROUND = [
  step('up', 'ManagedEntity', 'parent', ['up']),
  step('app', 'VirtualMachine', 'parentVApp', ['appFolder', 'appUp']),
  step('appFolder', 'VirtualApp', 'parentFolder', ['up']),
  step('appUp', 'VirtualApp', 'parentVApp', ['appFolder', 'appUp']),
  step('host', 'VirtualMachine', 'runtime.host', ['up']),
  step('network', 'VirtualMachine', 'network', []),
  step('task', 'VirtualMachine', 'recentTask', []),
].join('');

/** @throws VmMissingError; GutsError */
export async function describeVm(session: VsphereSession, ref: string, signal: AbortSignal): Promise<InventoryVm> {
  const self = { type: 'VirtualMachine', id: ref };
  const objectSet = `<objectSet>${refXml('obj', self)}<skip>false</skip>${AROUND}</objectSet>`;
  const server = `${session.peer.host}:${session.peer.port}`;
  const places = new Places();
  const tasks: string[] = [];
  let machine: ObjectFacts | null = null;
  try {
    const specSet = propSet('VirtualMachine', vmPropertiesOf(session)) + propSets(NAMES) + objectSet;
    for await (const objects of objectsOf(session, specSet, signal)) {
      for (const object of objects) {
        if (object.id === ref && object.type === 'VirtualMachine') machine = object;
        else if (object.type === 'Task') tasks.push(...runningTaskOf(object));
        else places.take(object);
      }
    }
  } catch (error) {
    throw error instanceof GoneError ? new VmMissingError(ref, server, { cause: error }) : error;
  }
  if (machine === null) throw new VmMissingError(ref, server);
  return vmOf(machine, places, tasks);
}
