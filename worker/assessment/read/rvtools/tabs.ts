/** The tabs of RVTools and what their columns were called over its versions; facts that any of its files shows. */
import type { Column, Tab } from '../records.ts';

const tab = <Field extends string>(
  name: string,
  key: NoInfer<Field>,
  columns: Readonly<Record<Field, Column>>,
): Tab<Field> => ({ name, key, columns });

const named = (...names: string[]): Column => ({ names });
const last = (...names: string[]): Column => ({ names, isLast: true });

/** What names the machine of a row, in every tab that is about machines. */
const machine = {
  vm: named('vm', 'vmname', 'name'),
  id: last('vmid', 'vmref', 'moref', 'objectid'),
  uuid: last('vmuuid', 'vminstanceuuid', 'instanceuuid'),
  biosUuid: last('uuid'),
  server: last('visdkuuid', 'visdkserver'),
  host: last('host', 'hostname', 'esxhost'),
  datacenter: last('datacenter'),
};

export const vInfo = tab('vInfo', 'vm', {
  ...machine,
  biosUuid: last('smbiosuuid', 'vmsmbiosuuid', 'biosuuid', 'uuid'),
  power: named('powerstate', 'power'),
  template: named('template'),
  placeholder: named('srmplaceholder'),
  hostName: named('dnsname', 'guesthostname'),
  connection: named('connectionstate'),
  guestState: named('gueststate'),
  consolidation: named('consolidationneeded'),
  cpus: named('cpus', 'numcpus', 'numcpu', 'vcpu', 'vcpus', 'numvcpus'),
  memory: named('memory', 'memorysize'),
  nics: named('nics', 'numnics', 'numethernetcards'),
  disks: named('disks', 'numdisks', 'numvirtualdisks'),
  capacity: named('totaldiskcapacity', 'diskcapacity'),
  provisioned: named('provisioned', 'provisionedstorage', 'provisionedspace'),
  inUse: named('inuse', 'inusestorage', 'usedspace'),
  showsDiskIds: named('enableuuid', 'diskenableuuid'),
  changeTracking: named('cbt', 'changetrackingenabled', 'changedblocktracking'),
  ip: named('primaryipaddress', 'primaryip', 'ipaddress', 'guestip'),
  network1: named('networknum1', 'network1'),
  network2: named('networknum2', 'network2'),
  network3: named('networknum3', 'network3'),
  network4: named('networknum4', 'network4'),
  network5: named('networknum5', 'network5'),
  network6: named('networknum6', 'network6'),
  network7: named('networknum7', 'network7'),
  network8: named('networknum8', 'network8'),
  latency: named('latencysensitivity'),
  ftState: named('ftstate'),
  ftRole: named('ftrole'),
  dasProtection: named('dasprotection'),
  rules: named('clusterrulenames'),
  secureBoot: named('efisecureboot', 'secureboot'),
  firmware: named('firmware'),
  hardware: named('hwversion', 'hardwareversion', 'version'),
  path: named('path'),
  annotation: named('annotation', 'notes'),
  cluster: last('cluster'),
  folder: last('folder'),
  osConfig: last('osaccordingtotheconfigurationfile', 'osconfig', 'guestfullname', 'os'),
  osTools: last('osaccordingtothevmwaretools', 'ostools', 'osaccordingtovmwaretools'),
});

export const vDisk = tab('vDisk', 'vm', {
  ...machine,
  label: named('disk', 'harddisk', 'vdiskname'),
  diskKey: named('diskkey', 'vdiskkey'),
  diskUuid: named('diskuuid'),
  capacity: named('capacity', 'disksize', 'size'),
  raw: named('raw'),
  rawMode: named('rawcompmode', 'rawcommode', 'rawcompatibilitymode'),
  mode: named('diskmode', 'vdiskmode'),
  sharing: named('sharingmode'),
  thin: named('thin'),
  controller: named('controller'),
  controllerLabel: named('label', 'controllerlabel'),
  bus: named('scsiunitnum', 'busnumber', 'busnum'),
  unit: named('unitnum', 'unitnumber'),
  sharedBus: named('sharedbus'),
  path: named('path', 'diskpath', 'filename'),
  diskPath: named('diskpath'),
});

/** `Direct Path IO` says that a card may bypass its switch, as nearly every VMXNET3 may, and not that it does: it is not read. */
export const vNetwork = tab('vNetwork', 'vm', {
  ...machine,
  label: named('niclabel', 'label', 'nic'),
  adapter: named('adapter', 'adaptertype', 'nictype'),
  network: named('network', 'networkname', 'portgroup', 'vnetworkname'),
  switch: named('switch', 'switchname'),
  connected: named('connected'),
  startsConnected: named('startsconnected', 'startconnected'),
  mac: named('macaddress', 'mac'),
  ip: named('ipaddress'),
  ipv4: named('ipv4address', 'ip4address'),
  ipv6: named('ipv6address', 'ip6address'),
});

export const vCPU = tab('vCPU', 'vm', {
  ...machine,
  cpus: named('cpus', 'numcpus'),
  coresPerSocket: named('coresps', 'corespersocket'),
  reservation: named('reservation'),
  limit: named('limit'),
  hotAdd: named('hotadd'),
});

export const vMemory = tab('vMemory', 'vm', {
  ...machine,
  size: named('size', 'memory'),
  isLocked: named('memoryreservationlockedtomax', 'reservationlockedtomax'),
  reservation: named('reservation'),
  limit: named('limit'),
  hotAdd: named('hotadd'),
});

export const vPartition = tab('vPartition', 'vm', {
  ...machine,
  diskKey: named('diskkey'),
  path: named('disk', 'partition', 'diskpath'),
  capacity: named('capacity'),
  consumed: named('consumed'),
  free: named('free', 'freespace'),
});

export const vSnapshot = tab('vSnapshot', 'vm', {
  ...machine,
  name: named('name', 'snapshotname', 'snapshot'),
  at: named('datetime', 'date', 'creationdate', 'created'),
});

export const vTools = tab('vTools', 'vm', {
  ...machine,
  tools: named('tools', 'toolsstatus'),
  upgradeable: named('upgradeable'),
  syncTime: named('synctime', 'synctimewithhost'),
});

const drive = {
  ...machine,
  node: named('devicenode', 'node'),
  connected: named('connected'),
  startsConnected: named('startsconnected', 'startconnected'),
  holds: named('devicetype', 'type', 'summary'),
};
export const vCD = tab('vCD', 'vm', drive);
export const vFloppy = tab('vFloppy', 'vm', drive);
export const vUSB = tab('vUSB', 'vm', {
  ...machine,
  node: named('devicenode', 'devicelabel', 'devicenodelabel', 'node', 'label', 'usbdevice'),
  kind: named('devicetype', 'type', 'summary'),
  family: named('family'),
});

const place = { server: last('visdkuuid', 'visdkserver'), datacenter: named('datacenter'), cluster: named('cluster') };

export const vHost = tab('vHost', 'host', {
  ...place,
  host: named('host', 'name', 'hostname'),
  inMaintenance: named('inmaintenancemode', 'maintenancemode'),
  cores: named('numcores', 'numcpucores'),
  hyperthreading: named('htactive'),
  memory: named('nummemory', 'memory', 'memorysize'),
  version: named('esxversion', 'fullname', 'version'),
  id: last('objectid', 'hostid'),
});

export const vDatastore = tab('vDatastore', 'name', {
  ...place,
  name: named('name', 'datastore', 'datastorename'),
  accessible: named('accessible'),
  kind: named('type'),
  capacity: named('capacity'),
  free: named('free', 'freespace'),
  id: last('objectid', 'datastoreid'),
});

const security = {
  promiscuous: named('promiscuousmode', 'allowpromiscuous', 'promiscuous'),
  macChanges: named('macchanges'),
  forgedTransmits: named('forgedtransmits'),
};

export const vSwitch = tab('vSwitch', 'switch', {
  ...place,
  host: named('host'),
  switch: named('switch', 'name'),
  mtu: named('mtu'),
});

export const vPort = tab('vPort', 'name', {
  ...place,
  ...security,
  host: named('host'),
  name: named('portgroup', 'name'),
  switch: named('switch'),
  vlan: named('vlan', 'vlanid'),
});

export const dvSwitch = tab('dvSwitch', 'switch', {
  ...place,
  switch: named('switch', 'name'),
  mtu: named('maxmtu', 'mtu'),
});

export const dvPort = tab('dvPort', 'name', {
  ...place,
  ...security,
  name: named('port', 'portgroup', 'name'),
  switch: named('switch'),
  vlan: named('vlan', 'vlanid'),
  id: last('objectid'),
});

/** One row for each vCenter, since version 4. */
export const vMetaData = tab('vMetaData', 'version', {
  version: named('rvtoolsversion', 'version'),
  takenAt: named('xlsxcreationdatetime', 'exportedtimestamp', 'creationdatetime'),
});

/** The same as names with values under each other. */
export const vMetaDataList = tab('vMetaData', 'property', {
  property: named('property', 'name'),
  value: named('value'),
});

/** Columns that every tab about machines has. */
export type MachineField = keyof typeof machine;
