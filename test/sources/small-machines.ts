/** What a vCenter says of a few places and machines, in XML by hand, and the same in the inventory's words. */
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { ref, text, val, type Properties, type SmallVcenter } from './small-vcenter.ts';

const name = (stored: string, parentType: string, parent: string): Properties => ({
  name: text(stored),
  parent: ref(parentType, parent),
});
const portGroup = (group: string, vlanId: number, forged = false): string =>
  `<HostPortGroup><key>k</key><computedPolicy><security><allowPromiscuous>false</allowPromiscuous><macChanges>true</macChanges><forgedTransmits>${forged}</forgedTransmits></security><nicTeaming><policy>p</policy></nicTeaming><shapingPolicy><enabled>false</enabled></shapingPolicy></computedPolicy><spec><name>${group}</name><vlanId>${vlanId}</vlanId><vswitchName>vSwitch0</vswitchName><policy><x>1</x></policy></spec></HostPortGroup>`;
const vSwitch = (mtu: number): string =>
  val(
    'ArrayOfHostVirtualSwitch',
    `<HostVirtualSwitch><name>vSwitch0</name><key>s</key><mtu>${mtu}</mtu></HostVirtualSwitch>`,
  );
const portGroups = (...groups: string[]): string => val('ArrayOfHostPortGroup', groups.join(''));
const distributed = (id: string, stored: string, vlan: string, tags = '', policies = ''): Properties => ({
  ...name(stored, 'Folder', 'group-n1'),
  key: text(`key of ${id}`),
  tag: val('ArrayOfTag', tags),
  'config.defaultPortConfig': val(
    'VMwareDVSPortSetting',
    `<blocked><inherited>false</inherited></blocked>${vlan}${policies}`,
  ),
  'config.distributedVirtualSwitch': ref('VmwareDistributedVirtualSwitch', 'dvs-1'),
});

/** A data centre in a folder, with a cluster of one host, a host alone, a datastore and networks of all kinds. */
export function putPlaces(vcenter: SmallVcenter, { isHost1InMaintenance = false } = {}): void {
  vcenter.put('Folder', 'group-d2', name('Europe', 'Folder', 'group-d1'));
  vcenter.put('Datacenter', 'datacenter-1', name('DC%2f1', 'Folder', 'group-d2'));
  vcenter.put('Folder', 'group-v1', name('vm', 'Datacenter', 'datacenter-1'));
  vcenter.put('Folder', 'group-v2', name('prod', 'Folder', 'group-v1'));
  vcenter.put('Folder', 'group-h1', name('host', 'Datacenter', 'datacenter-1'));
  vcenter.put('Folder', 'group-n1', name('network', 'Datacenter', 'datacenter-1'));
  vcenter.put('ClusterComputeResource', 'domain-c1', name('Gold%2fSilver', 'Folder', 'group-h1'));
  vcenter.put('ComputeResource', 'domain-s2', name('esx2.lab', 'Folder', 'group-h1'));
  vcenter.put('HostSystem', 'host-1', {
    ...name('esx1.lab', 'ClusterComputeResource', 'domain-c1'),
    'runtime.connectionState': val('HostSystemConnectionState', 'connected'),
    'runtime.inMaintenanceMode': val('xsd:boolean', isHost1InMaintenance),
    'summary.hardware.numCpuThreads': val('xsd:short', 64),
    'summary.hardware.memorySize': val('xsd:long', 549755813888),
    'config.product.version': text('8.0.3'),
    'config.network.portgroup': portGroups(
      portGroup('VM Network', 0),
      portGroup('Servers', 20),
      portGroup('Hosts disagree', 1),
      portGroup('All of them', 4095),
    ),
    'config.network.vswitch': vSwitch(1500),
  });
  vcenter.put('HostSystem', 'host-2', {
    ...name('esx2.lab', 'ComputeResource', 'domain-s2'),
    'runtime.connectionState': val('HostSystemConnectionState', 'notResponding'),
    'runtime.inMaintenanceMode': val('xsd:boolean', true),
    'config.network.portgroup': portGroups(portGroup('VM Network', 0, true), portGroup('Hosts disagree', 2)),
    'config.network.vswitch': vSwitch(9000),
  });
  vcenter.put('Datastore', 'datastore-1', {
    ...name('vsan 1', 'Folder', 'group-h1'),
    summary: val(
      'DatastoreSummary',
      '<name>vsan 1</name><url>ds:///vmfs/volumes/vsan:1/</url><capacity>70368744177664</capacity><freeSpace>1024</freeSpace><accessible>true</accessible><type>vsan</type>',
    ),
  });
  for (const [id, stored, hosts] of [
    ['network-1', 'VM Network', ['host-1', 'host-2']],
    ['network-2', 'Servers', ['host-1']],
    ['network-3', 'Hosts disagree', ['host-1', 'host-2']],
    ['network-4', 'All of them', []],
  ] as const) {
    vcenter.put('Network', id, {
      ...name(stored, 'Folder', 'group-n1'),
      host: val(
        'ArrayOfManagedObjectReference',
        hosts.map((host) => `<ManagedObjectReference type="HostSystem">${host}</ManagedObjectReference>`).join(''),
      ),
    });
  }
  const single =
    '<vlan xsi:type="VmwareDistributedVirtualSwitchVlanIdSpec"><inherited>false</inherited><vlanId>30</vlanId></vlan>';
  const trunk =
    '<vlan xsi:type="VmwareDistributedVirtualSwitchTrunkVlanSpec"><inherited>false</inherited><vlanId><start>0</start><end>4094</end></vlanId></vlan>';
  const on = '<inherited>false</inherited><value>true</value>';
  const older = `<securityPolicy><inherited>false</inherited><allowPromiscuous>${on}</allowPromiscuous><macChanges><inherited>true</inherited><value>false</value></macChanges><forgedTransmits>${on}</forgedTransmits></securityPolicy><inShapingPolicy><inherited>false</inherited><enabled>${on}</enabled></inShapingPolicy>`;
  const newer = `${older}<macManagementPolicy><inherited>false</inherited><allowPromiscuous>false</allowPromiscuous><macChanges>false</macChanges><forgedTransmits>true</forgedTransmits><macLearningPolicy><inherited>false</inherited><enabled>true</enabled></macLearningPolicy></macManagementPolicy>`;
  vcenter.put(
    'VmwareDistributedVirtualSwitch',
    'dvs-1',
    // Its hosts are many, and passed over.
    {
      ...name('dvs', 'Folder', 'group-n1'),
      config: val('VMwareDVSConfigInfo', '<name>dvs</name><host><maxMtu>1</maxMtu></host><maxMtu>9000</maxMtu>'),
    },
  );
  vcenter.put('DistributedVirtualPortgroup', 'dvportgroup-1', distributed('dvportgroup-1', 'dv 30', single, '', older));
  vcenter.put(
    'DistributedVirtualPortgroup',
    'dvportgroup-2',
    distributed('dvportgroup-2', 'dv trunk', trunk, '', newer),
  );
  vcenter.put(
    'DistributedVirtualPortgroup',
    'dvportgroup-3',
    distributed('dvportgroup-3', 'uplinks', trunk, '<Tag><key>SYSTEM/DVS.UPLINKPG</key></Tag>'),
  );
  vcenter.put('OpaqueNetwork', 'network-o1', {
    ...name('segment', 'Folder', 'group-n1'),
    summary: val('OpaqueNetworkSummary', '<opaqueNetworkId>nsx-1</opaqueNetworkId><name>segment</name>'),
  });
}

const dullDevices = [
  'VirtualPS2Controller',
  'VirtualPCIController',
  'VirtualKeyboard',
  'VirtualPointingDevice',
  'VirtualMachineVideoCard',
  'VirtualMachineVMCIDevice',
]
  .map(
    (type, index) =>
      `<VirtualDevice xsi:type="${type}"><key>${500 + index}</key><deviceInfo xsi:type="Description"><label>dull</label><summary>dull</summary></deviceInfo></VirtualDevice>`,
  )
  .join('');

/** Off, one disk, one card, in `prod` on the cluster. */
export const plainMachine = (stored: string): Properties => ({
  ...name(stored, 'Folder', 'group-v2'),
  'runtime.powerState': val('VirtualMachinePowerState', 'poweredOff'),
  'runtime.connectionState': val('VirtualMachineConnectionState', 'connected'),
  'runtime.host': ref('HostSystem', 'host-1'),
  'config.template': val('xsd:boolean', false),
  'config.hardware.numCPU': val('xsd:int', 2),
  'config.hardware.memoryMB': val('xsd:int', 2048),
  'config.firmware': text('bios'),
  'config.hardware.device': val(
    'ArrayOfVirtualDevice',
    `${dullDevices}<VirtualDevice xsi:type="ParaVirtualSCSIController"><key>1000</key><busNumber>0</busNumber><sharedBus>noSharing</sharedBus></VirtualDevice><VirtualDevice xsi:type="VirtualDisk"><key>2000</key><backing xsi:type="VirtualDiskFlatVer2BackingInfo"><fileName>[vsan 1] a/a.vmdk</fileName><datastore type="Datastore">datastore-1</datastore><diskMode>persistent</diskMode></backing><controllerKey>1000</controllerKey><unitNumber>0</unitNumber><capacityInKB>1048576</capacityInKB></VirtualDevice>`,
  ),
});

const disk = (key: number, controller: number, unit: number, backing: string, bytes = 1073741824): string =>
  `<VirtualDevice xsi:type="VirtualDisk"><key>${key}</key><deviceInfo xsi:type="Description"><label>Hard disk ${key - 1999}</label><summary>1,048,576 KB</summary></deviceInfo>${backing}<controllerKey>${controller}</controllerKey><unitNumber>${unit}</unitNumber><capacityInKB>${bytes / 1024}</capacityInKB><capacityInBytes>${bytes}</capacityInBytes></VirtualDevice>`;
const card = (key: number, type: string, backing: string, rest: string): string =>
  `<VirtualDevice xsi:type="${type}"><key>${key}</key><deviceInfo xsi:type="Description"><label>Network adapter ${key - 3999}</label><summary>somewhere</summary></deviceInfo>${backing}<controllerKey>100</controllerKey>${rest}</VirtualDevice>`;
const flat = (file: string, rest: string): string =>
  `<backing xsi:type="VirtualDiskFlatVer2BackingInfo"><fileName>[vsan 1] odd/${file}</fileName><datastore type="Datastore">datastore-1</datastore>${rest}</backing>`;

/** A machine with everything that a check looks for. */
export const oddMachine: Properties = {
  ...name('odd &amp; old%2fnew 100%25', 'Folder', 'group-v2'),
  resourcePool: ref('ResourcePool', 'resgroup-8'),
  tag: val('ArrayOfTag', '<Tag><key>tier1</key></Tag>'),
  'runtime.powerState': val('VirtualMachinePowerState', 'suspended'),
  'runtime.connectionState': val('VirtualMachineConnectionState', 'connected'),
  'runtime.host': ref('HostSystem', 'host-1'),
  'runtime.consolidationNeeded': val('xsd:boolean', true),
  'config.template': val('xsd:boolean', true),
  'config.uuid': text('4220c6a2-0000-1111-2222-333344445555'),
  'config.instanceUuid': text('5020c6a2-0000-1111-2222-333344445555'),
  'config.version': text('vmx-21'),
  'config.guestId': text('windows2022srvNext_64Guest'),
  'config.guestFullName': text('Microsoft Windows Server 2025 (64-bit)'),
  'config.hardware.numCPU': val('xsd:int', 8),
  'config.hardware.numCoresPerSocket': val('xsd:int', 4),
  'config.hardware.memoryMB': val('xsd:int', 16384),
  'config.firmware': text('efi'),
  'config.bootOptions': val(
    'VirtualMachineBootOptions',
    '<efiSecureBootEnabled>true</efiSecureBootEnabled><bootOrder xsi:type="VirtualMachineBootOptionsBootableCdromDevice"/><bootOrder xsi:type="VirtualMachineBootOptionsBootableDiskDevice"><deviceKey>2001</deviceKey></bootOrder><bootOrder xsi:type="VirtualMachineBootOptionsBootableEthernetDevice"><deviceKey>4000</deviceKey></bootOrder><bootOrder xsi:type="VirtualMachineBootOptionsBootableDiskDevice"><deviceKey>2000</deviceKey></bootOrder>',
  ),
  'config.keyId': val('CryptoKeyId', '<keyId>k</keyId><providerId><id>kms</id></providerId>'),
  'config.changeTrackingEnabled': val('xsd:boolean', true),
  'config.annotation': text('first line&#xa;&lt;second&gt; “line”'),
  'runtime.question': val(
    'VirtualMachineQuestionInfo',
    '<id>1</id><text>msg.uuid.altered:It might have been moved or copied.</text><choice><choiceInfo><key>1</key></choiceInfo></choice>',
  ),
  'runtime.faultToleranceState': val('VirtualMachineFaultToleranceState', 'running'),
  'config.cpuHotAddEnabled': val('xsd:boolean', false),
  'config.memoryHotAddEnabled': val('xsd:boolean', true),
  'config.nestedHVEnabled': val('xsd:boolean', true),
  'config.flags.diskUuidEnabled': val('xsd:boolean', true),
  'config.flags.vbsEnabled': val('xsd:boolean', true), // nobody asks for it in the oldest version, which has no such path
  'config.tools.syncTimeWithHost': val('xsd:boolean', true),
  'config.cpuAllocation': val(
    'ResourceAllocationInfo',
    '<reservation>2000</reservation><limit>4000</limit><shares><shares>4000</shares><level>high</level></shares>',
  ),
  'config.memoryAllocation': val(
    'ResourceAllocationInfo',
    '<reservation>0</reservation><limit>-1</limit><shares><shares>40960</shares><level>normal</level></shares>',
  ),
  'config.cpuAffinity': val('VirtualMachineAffinityInfo', '<affinitySet>2</affinitySet><affinitySet>3</affinitySet>'),
  'config.latencySensitivity': val('LatencySensitivity', '<level>high</level>'),
  'config.memoryReservationLockedToMax': val('xsd:boolean', true),
  'config.vAppConfig.product': val(
    'ArrayOfVAppProductInfo',
    '<VAppProductInfo><key>0</key><name>Filer &amp; more</name><vendor>Example</vendor><version>7.1</version></VAppProductInfo>',
  ),
  'guest.toolsStatus': val('VirtualMachineToolsStatus', 'toolsOld'),
  'guest.toolsRunningStatus': text('guestToolsRunning'),
  'guest.toolsVersionStatus2': text('guestToolsSupportedOld'),
  'guest.hostName': text('odd.example.org'),
  'guest.disk': val(
    'ArrayOfGuestDiskInfo',
    '<GuestDiskInfo><diskPath>C:\\</diskPath><capacity>107374182400</capacity><freeSpace>53687091200</freeSpace><filesystemType>NTFS</filesystemType><mappings><key>2000</key></mappings><mappings><key>2001</key></mappings></GuestDiskInfo><GuestDiskInfo><diskPath>D:\\</diskPath><capacity>1073741824</capacity><freeSpace>0</freeSpace></GuestDiskInfo><GuestDiskInfo><diskPath>E:\\</diskPath></GuestDiskInfo>',
  ),
  'guest.net': val(
    'ArrayOfGuestNicInfo',
    '<GuestNicInfo><network>Servers</network><ipAddress>192.0.2.7</ipAddress><ipAddress>2001:db8::7</ipAddress><macAddress>00:50:56:AA:BB:01</macAddress><connected>true</connected><deviceConfigId>4000</deviceConfigId><ipConfig><ipAddress><ipAddress>192.0.2.7</ipAddress><prefixLength>24</prefixLength></ipAddress><ipAddress><ipAddress>2001:db8::7</ipAddress><prefixLength>64</prefixLength></ipAddress><dhcp><ipv6><enable>true</enable></ipv6><ipv4><enable>false</enable></ipv4></dhcp></ipConfig></GuestNicInfo><GuestNicInfo><ipAddress>198.51.100.9</ipAddress><deviceConfigId>4001</deviceConfigId><dnsConfig><dhcp>true</dhcp><ipAddress>192.0.2.53</ipAddress><ipAddress>192.0.2.54</ipAddress></dnsConfig></GuestNicInfo><GuestNicInfo><ipAddress>172.17.0.1</ipAddress><deviceConfigId>-1</deviceConfigId></GuestNicInfo>',
  ),
  'guest.ipStack': val(
    'ArrayOfGuestStackInfo',
    '<GuestStackInfo><dnsConfig><dhcp>false</dhcp><hostName>odd</hostName><ipAddress>192.0.2.53</ipAddress></dnsConfig><ipRouteConfig><ipRoute><network>192.0.2.0</network><prefixLength>24</prefixLength><gateway><device>0</device></gateway></ipRoute><ipRoute><network>0.0.0.0</network><prefixLength>0</prefixLength><gateway><ipAddress>192.0.2.1</ipAddress><device>0</device></gateway></ipRoute><ipRoute><network>::</network><prefixLength>0</prefixLength><gateway><ipAddress>fe80::1</ipAddress></gateway></ipRoute></ipRouteConfig></GuestStackInfo>',
  ),
  snapshot: val(
    'VirtualMachineSnapshotInfo',
    '<currentSnapshot type="VirtualMachineSnapshot">snapshot-2</currentSnapshot><rootSnapshotList><snapshot type="VirtualMachineSnapshot">snapshot-1</snapshot><vm type="VirtualMachine">vm-7</vm><name>before%2fupdate</name><description/><id>1</id><createTime>2024-02-29T12:00:00.5+01:00</createTime><state>poweredOn</state><quiesced>false</quiesced><childSnapshotList><snapshot type="VirtualMachineSnapshot">snapshot-2</snapshot><name>nightly</name><id>2</id><createTime>2025-01-01T00:00:00.123456Z</createTime></childSnapshotList></rootSnapshotList>',
  ),
  layoutEx: val(
    'VirtualMachineFileLayoutEx',
    '<file><key>3</key><name>[vsan 1] odd/odd.vmdk</name><type>diskDescriptor</type><size>500</size></file><file><key>4</key><name>[vsan 1] odd/odd-flat.vmdk</name><type>diskExtent</type><size>4000000000000</size></file><file><key>5</key><name>[vsan 1] odd/odd-000001.vmdk</name><type>diskDescriptor</type><size>30</size></file><disk><key>2000</key><chain><fileKey>3</fileKey><fileKey>4</fileKey></chain><chain><fileKey>5</fileKey></chain></disk><snapshot><key type="VirtualMachineSnapshot">snapshot-1</key><disk><key>2001</key><chain><fileKey>4</fileKey></chain></disk></snapshot>',
  ),
  'config.hardware.device': val(
    'ArrayOfVirtualDevice',
    [
      dullDevices,
      '<VirtualDevice xsi:type="VirtualIDEController"><key>201</key><busNumber>1</busNumber></VirtualDevice>',
      '<VirtualDevice xsi:type="VirtualLsiLogicSASController"><key>1001</key><busNumber>1</busNumber><sharedBus>physicalSharing</sharedBus></VirtualDevice>',
      '<VirtualDevice xsi:type="VirtualNVMEController"><key>31000</key><busNumber>0</busNumber></VirtualDevice>',
      disk(
        2001,
        201,
        1,
        '<backing xsi:type="VirtualDiskRawDiskMappingVer1BackingInfo"><fileName>[vsan 1] odd/rdm.vmdk</fileName><datastore type="Datastore">datastore-1</datastore><lunUuid>02</lunUuid><compatibilityMode>virtualMode</compatibilityMode><diskMode>independent_persistent</diskMode></backing>',
        100 * 2 ** 30,
      ),
      disk(
        2000,
        1001,
        3,
        flat(
          'odd-000001.vmdk',
          `<diskMode>persistent</diskMode><thinProvisioned>true</thinProvisioned><uuid>6000C29d-000d</uuid><changeId>52 de/4</changeId><parent><fileName>[vsan 1] odd/odd.vmdk</fileName><diskMode>persistent</diskMode></parent><keyId><keyId>k</keyId></keyId><sharing>sharingMultiWriter</sharing>`,
        ),
        4 * 2 ** 40,
      ),
      disk(2002, 31000, 0, flat('append.vmdk', '<diskMode>append</diskMode><thinProvisioned>false</thinProvisioned>')),
      disk(
        2003,
        31000,
        1,
        '<backing xsi:type="VirtualDiskRawDiskMappingVer1BackingInfo"><compatibilityMode>physicalMode</compatibilityMode></backing>',
      ),
      card(
        4000,
        'VirtualVmxnet3',
        '<backing xsi:type="VirtualEthernetCardDistributedVirtualPortBackingInfo"><port><switchUuid>50 1</switchUuid><portgroupKey>key of dvportgroup-1</portgroupKey><portKey>8</portKey></port></backing>',
        '<connectable><startConnected>true</startConnected><connected>false</connected></connectable><addressType>manual</addressType><macAddress>00:50:56:AA:BB:01</macAddress>',
      ),
      card(
        4001,
        'VirtualE1000e',
        '<backing xsi:type="VirtualEthernetCardNetworkBackingInfo"><deviceName>Servers</deviceName><network type="Network">network-2</network></backing>',
        '<connectable><startConnected>false</startConnected></connectable><addressType>assigned</addressType><macAddress>00:50:56:aa:bb:02</macAddress>',
      ),
      card(
        4002,
        'VirtualSriovEthernetCard',
        '<backing xsi:type="VirtualEthernetCardOpaqueNetworkBackingInfo"><opaqueNetworkId>nsx-1</opaqueNetworkId><opaqueNetworkType>nsx.LogicalSwitch</opaqueNetworkType></backing>',
        '<addressType>generated</addressType><macAddress></macAddress>',
      ),
      card(
        4003,
        'VirtualPCNet32',
        '<backing xsi:type="VirtualEthernetCardNetworkBackingInfo"><deviceName>Lost%2fgroup</deviceName></backing>',
        '<addressType>generated</addressType>',
      ),
      '<VirtualDevice xsi:type="VirtualTPM"><key>11000</key></VirtualDevice>',
      '<VirtualDevice xsi:type="VirtualHdAudioCard"><key>6000</key><deviceInfo xsi:type="Description"><label>Sound card</label></deviceInfo></VirtualDevice>',
      '<VirtualDevice xsi:type="VirtualUSBXHCIController"><key>14000</key></VirtualDevice>',
      '<VirtualDevice xsi:type="VirtualCdrom"><key>3000</key><deviceInfo xsi:type="Description"><label>CD/DVD drive 1</label></deviceInfo><backing xsi:type="VirtualCdromIsoBackingInfo"><fileName>[vsan 1] iso/setup.iso</fileName></backing><connectable><startConnected>true</startConnected><connected>false</connected></connectable></VirtualDevice>',
      '<VirtualDevice xsi:type="VirtualCdrom"><key>3001</key><backing xsi:type="VirtualCdromRemotePassthroughBackingInfo"><deviceName></deviceName></backing><connectable><startConnected>false</startConnected><connected>false</connected></connectable></VirtualDevice>',
      '<VirtualDevice xsi:type="VirtualCdrom"><key>3002</key><backing xsi:type="VirtualCdromRemoteAtapiBackingInfo"><deviceName></deviceName></backing><connectable><connected>true</connected></connectable></VirtualDevice>',
      '<VirtualDevice xsi:type="VirtualSerialPort"><key>9000</key><deviceInfo xsi:type="Description"><label>Serial port 1</label></deviceInfo><backing xsi:type="VirtualSerialPortURIBackingInfo"><serviceURI>telnet://somebody:secret@192.0.2.90:7001</serviceURI><direction>server</direction></backing></VirtualDevice>',
      '<VirtualDevice xsi:type="VirtualUSB"><key>13000</key><deviceInfo xsi:type="Description"><label>USB 1</label></deviceInfo></VirtualDevice>',
      '<VirtualDevice xsi:type="VirtualPCIPassthrough"><key>13001</key><backing xsi:type="VirtualPCIPassthroughVmiopBackingInfo"><vgpu>grid_v100d-4q</vgpu></backing></VirtualDevice>',
      '<VirtualDevice xsi:type="VirtualPCIPassthrough"><key>13002</key><backing xsi:type="VirtualPCIPassthroughDynamicBackingInfo"><deviceName></deviceName><allowedDevice><vendorId>4318</vendorId><deviceId>7606</deviceId></allowedDevice></backing></VirtualDevice>',
      '<VirtualDevice xsi:type="VirtualPCIPassthrough"><key>13003</key><backing xsi:type="VirtualPCIPassthroughDeviceBackingInfo"><vendorId>-32634</vendorId></backing></VirtualDevice>',
    ].join(''),
  ),
};

const onDatastore = { datastore: 'datastore-1', isMultiWriter: false, isEncrypted: false, changeId: null, uuid: null };
const nvme = { kind: 'nvme', model: 'nvme', bus: 0, isShared: false } as const;

export const oddMachineInWords: InventoryVm = {
  ref: 'vm-7',
  name: 'odd & old/new 100%',
  folder: 'DC/1/vm/prod',
  datacenter: 'DC/1',
  cluster: 'Gold/Silver',
  host: 'host-1',
  pool: 'resgroup-8',
  isTemplate: true,
  power: 'suspended',
  connection: 'connected',
  biosUuid: '4220c6a2-0000-1111-2222-333344445555',
  instanceUuid: '5020c6a2-0000-1111-2222-333344445555',
  cpus: 8,
  coresPerSocket: 4,
  memoryBytes: 17179869184,
  firmware: 'uefi',
  secureBoot: true,
  hasTpm: true,
  isEncrypted: true,
  hardwareVersion: 21,
  guestOsId: 'windows2022srvNext_64Guest',
  guestOsName: 'Microsoft Windows Server 2025 (64-bit)',
  guest: {
    tools: 'running',
    isToolsOld: true,
    hostName: 'odd.example.org',
    dnsServers: ['192.0.2.53', '192.0.2.54'],
    ownCards: [{ mac: null, addresses: ['172.17.0.1'] }],
    disks: [
      { path: 'C:\\', capacityBytes: 107374182400, freeBytes: 53687091200, diskKeys: ['2000', '2001'] },
      { path: 'D:\\', capacityBytes: 1073741824, freeBytes: 0, diskKeys: [] },
    ],
  },
  disks: [
    {
      key: '2000',
      label: 'Hard disk 1',
      sizeBytes: 4398046511104,
      controller: { kind: 'scsi', model: 'lsisas1068', bus: 1, unit: 3, isShared: true },
      file: '[vsan 1] odd/odd-000001.vmdk',
      datastore: 'datastore-1',
      mode: 'persistent',
      isThin: true,
      isMultiWriter: true,
      rawDevice: null,
      isEncrypted: true,
      changeId: '52 de/4',
      uuid: '6000C29d-000d',
      chainLength: 2,
      storedBytes: 4000000000530,
    },
    {
      ...onDatastore,
      key: '2001',
      label: 'Hard disk 2',
      sizeBytes: 107374182400,
      controller: { kind: 'ide', model: 'ide', bus: 1, unit: 1, isShared: false },
      file: '[vsan 1] odd/rdm.vmdk',
      mode: 'independentPersistent',
      isThin: null,
      rawDevice: 'virtual',
      chainLength: 1,
      storedBytes: null,
    },
    {
      ...onDatastore,
      key: '2002',
      label: 'Hard disk 3',
      sizeBytes: 1073741824,
      controller: { ...nvme, unit: 0 },
      file: '[vsan 1] odd/append.vmdk',
      mode: 'other',
      isThin: false,
      rawDevice: null,
      chainLength: 1,
      storedBytes: null,
    },
    {
      ...onDatastore,
      key: '2003',
      label: 'Hard disk 4',
      sizeBytes: 1073741824,
      controller: { ...nvme, unit: 1 },
      file: null,
      datastore: null,
      mode: 'persistent',
      isThin: null,
      rawDevice: 'physical',
      chainLength: 1,
      storedBytes: null,
    },
  ],
  nics: [
    {
      key: '4000',
      label: 'Network adapter 1',
      model: 'vmxnet3',
      mac: '00:50:56:aa:bb:01',
      network: 'dvportgroup-1',
      networkName: 'dv 30',
      connected: true,
      ipAddresses: [
        { address: '192.0.2.7', prefixLength: 24 },
        { address: '2001:db8::7', prefixLength: 64 },
      ],
      usesDhcp: false,
    },
    {
      key: '4001',
      label: 'Network adapter 2',
      model: 'e1000e',
      mac: '00:50:56:aa:bb:02',
      network: 'network-2',
      networkName: 'Servers',
      connected: false,
      ipAddresses: [{ address: '198.51.100.9', prefixLength: null }],
    },
    {
      key: '4002',
      label: 'Network adapter 3',
      model: 'sriov',
      mac: null,
      network: 'network-o1',
      networkName: 'segment',
      connected: true,
      ipAddresses: [],
    },
    {
      key: '4003',
      label: 'Network adapter 4',
      model: 'pcnet32',
      mac: null,
      network: null,
      networkName: 'Lost/group',
      connected: true,
      ipAddresses: [],
    },
  ],
  bootOrder: ['2001', '2000'],
  snapshots: [
    { ref: 'snapshot-1', name: 'before/update', createdAt: '2024-02-29T11:00:00.500Z', depth: 0 },
    { ref: 'snapshot-2', name: 'nightly', createdAt: '2025-01-01T00:00:00.123Z', depth: 1 },
  ],
  needsConsolidation: true,
  changeTracking: true,
  passthrough: ['USB 1', 'PCI device 13001 (grid_v100d-4q)', 'PCI device 13002', 'PCI device 13003'],
  annotation: 'first line\n<second> “line”',
  tags: ['tier1'],
  traits: {
    question: 'It might have been moved or copied.',
    hotAdd: { cpu: false, memory: true },
    isNesting: true,
    showsDiskIds: true,
    takesHostTime: true,
    product: 'Example Filer & more 7.1',
    media: ['CD/DVD drive 1: [vsan 1] iso/setup.iso', 'Drive 3002: a drive of the console’s user'],
    ports: ['Serial port 1: telnet://192.0.2.90:7001'],
    oddDevices: ['Sound card', 'USBXHCIController 14000'],
    graphics: ['PCI device 13001 (grid_v100d-4q)', 'PCI device 13002'],
    usb: ['USB 1'],
    tuning: [
      'pinned to processors 2, 3',
      '2000 MHz of CPU reserved',
      'CPU limited to 4000 MHz',
      'CPU shares high',
      'all memory reserved',
      'latency sensitivity high',
    ],
    availability: ['fault tolerance running'],
    gateways: ['192.0.2.1', 'fe80::1'],
  },
};
