/** The tables about Hyper-V: those of the script in the manual, and what its cmdlets give when they are exported as they are. */
import { headingsIn, type Column, type Tab } from '../records.ts';

const named = (...names: string[]): Column => ({ names });
const tab = <Field extends string>(
  name: string,
  key: NoInfer<Field>,
  columns: Readonly<Record<Field, Column>>,
): Tab<Field> => ({ name, key, columns, unit: 'b' });

const machine = {
  id: named('vmid', 'id'),
  host: named('computername', 'host', 'vmhost'),
};

export const machines = tab('The machines', 'vm', {
  ...machine,
  vm: named('vmname', 'name', 'vm'),
  state: named('state'),
  generation: named('generation'),
  version: named('version'),
  cpus: named('processorcount', 'cpus', 'cpucount', 'numcpu'),
  startup: named('memorystartup', 'memory'),
  assigned: named('memoryassigned'),
  minimum: named('memoryminimum'),
  maximum: named('memorymaximum'),
  dynamic: named('dynamicmemoryenabled', 'dynamicmemory'),
  notes: named('notes'),
  cluster: named('clustername', 'cluster'),
  clustered: named('isclustered'),
  replication: named('replicationmode'),
  checkpointType: named('checkpointtype'),
  parentCheckpoint: named('parentcheckpointname', 'parentsnapshotname'),
  secureBoot: named('secureboot'),
  template: named('secureboottemplate'),
  tpm: named('tpmenabled', 'tpm'),
  shielded: named('shielded'),
  os: named('osname', 'guestos', 'operatingsystem'),
  hostName: named('guesthostname', 'fullyqualifieddomainname'),
});

export const disks = tab('The disks', 'path', {
  ...machine,
  vm: named('vmname', 'vm'),
  path: named('path', 'vhdpath'),
  controller: named('controllertype'),
  number: named('controllernumber'),
  location: named('controllerlocation'),
  size: named('size', 'vhdsize'),
  stored: named('filesize'),
  kind: named('vhdtype'),
  parent: named('parentpath'),
  sector: named('logicalsectorsize'),
  shared: named('supportpersistentreservations', 'shared'),
  diskNumber: named('disknumber'),
});

export const nics = tab('The network cards', 'vm', {
  ...machine,
  vm: named('vmname', 'vm'),
  name: named('name'),
  mac: named('macaddress', 'mac'),
  switch: named('switchname', 'switch'),
  connected: named('connected'),
  legacy: named('islegacy'),
  ips: named('ipaddresses', 'ipaddress'),
  vlanMode: named('vlanmode', 'operationmode'),
  vlan: named('vlanid', 'accessvlanid', 'vlan'),
});

/** A row of headings must have one of each list. */
const TELLING: readonly (readonly [HypervTab, Tab<string>, readonly (readonly string[])[]])[] = [
  ['nics', nics, [['vm'], ['mac'], ['switch', 'ips']]],
  ['disks', disks, [['path'], ['size', 'controller'], ['vm', 'kind', 'controller']]],
  ['machines', machines, [['vm'], ['state', 'generation', 'version'], ['cpus', 'startup', 'assigned', 'generation']]],
];
export type HypervTab = 'machines' | 'disks' | 'nics';

/** @param rows the first of the table */
export function hypervTabOf(rows: readonly (readonly string[])[]): HypervTab | null {
  for (const [name, tab, lists] of TELLING)
    for (const row of rows) {
      const headings = headingsIn({ number: 0, cells: [...row] }, tab);
      if (lists.every((fields) => fields.some((field) => headings.has(field)))) return name;
    }
  return null;
}
