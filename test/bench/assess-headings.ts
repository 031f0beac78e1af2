/** All tabs and headings that a workbook of RVTools 4.x has, as its documentation lists them, with a few attributes of a site’s own. */

const OF_MACHINE = 'VM, Powerstate, Template, SRM Placeholder, ';
const OWN = 'Owner, Cost centre, Backup policy, Last Backup, com.vrlcm.snapshot, ';
const PLACE =
  `Annotation, ${OWN}Datacenter, Cluster, Host, Folder, OS according to the configuration file, ` +
  'OS according to the VMware Tools, VM ID, VM UUID, VI SDK Server, VI SDK UUID';
const OF_HOST = 'Host, Datacenter, Cluster, ';
const SERVER = 'VI SDK Server, VI SDK UUID';

/** Each a line for a machine, or several. */
export const machineTabs: Readonly<Record<string, string>> = {
  vInfo:
    `${OF_MACHINE}Config status, DNS Name, Connection state, Guest state, Heartbeat, Consolidation Needed, PowerOn, ` +
    'Suspended To Memory, Suspend time, Suspend Interval, Creation date, Change Version, CPUs, Overall Cpu Readiness, Memory, ' +
    'Active Memory, NICs, Disks, Total disk capacity MiB, Fixed Passthru HotPlug, min Required EVC Mode Key, ' +
    'Latency Sensitivity, Op Notification Timeout, EnableUUID, CBT, Primary IP Address, Network #1, Network #2, Network #3, ' +
    'Network #4, Network #5, Network #6, Network #7, Network #8, Num Monitors, Video Ram KiB, Resource pool, Folder ID, Folder, ' +
    'vApp, DAS protection, FT State, FT Role, FT Latency, FT Bandwidth, FT Sec. Latency, Vm Failover In Progress, ' +
    'Provisioned MiB, In Use MiB, Unshared MiB, HA Restart Priority, HA Isolation Response, HA VM Monitoring, Cluster rule(s), ' +
    'Cluster rule name(s), Boot Required, Boot delay, Boot retry delay, Boot retry enabled, Boot BIOS setup, Reboot PowerOff, ' +
    'EFI Secure boot, Firmware, HW version, HW upgrade status, HW upgrade policy, HW target, Path, Log directory, ' +
    `Snapshot directory, Suspend directory, Annotation, ${OWN}Datacenter, Cluster, Host, ` +
    'OS according to the configuration file, OS according to the VMware Tools, Customization Info, Guest Detailed Data, VM ID, ' +
    'SMBIOS UUID, VM UUID, VI SDK Server type, VI SDK API Version, VI SDK Server, VI SDK UUID',
  vCPU:
    `${OF_MACHINE}CPUs, Sockets, Cores p/s, Max, Overall, Level, Shares, Reservation, Entitlement, DRS Entitlement, Limit, ` +
    `Hot Add, Hot Remove, Numa Hotadd Exposed, ${PLACE}`,
  vMemory:
    `${OF_MACHINE}Size MiB, Memory Reservation Locked To Max, Overhead, Max, Consumed, Consumed Overhead, Private, Shared, ` +
    `Swapped, Ballooned, Active, Entitlement, DRS Entitlement, Level, Shares, Reservation, Limit, Hot Add, ${PLACE}`,
  vDisk:
    `${OF_MACHINE}Disk, Disk Key, Disk UUID, Disk Path, Capacity MiB, Raw, Disk Mode, Sharing mode, Thin, Eagerly Scrub, Split, ` +
    'Write Through, Level, Shares, Reservation, Limit, Controller, Label, SCSI Unit #, Unit #, Shared Bus, Path, Raw LUN ID, ' +
    `Raw Comp. Mode, Internal Sort Column, ${PLACE}`,
  vPartition: `${OF_MACHINE}Disk Key, Disk, Capacity MiB, Consumed MiB, Free MiB, Free %, Internal Sort Column, ${PLACE}`,
  vNetwork:
    `${OF_MACHINE}NIC label, Adapter, Network, Switch, Connected, Starts Connected, Mac Address, Type, IPv4 Address, ` +
    `IPv6 Address, Direct Path IO, Internal Sort Column, ${PLACE}`,
  vCD: `${OF_MACHINE}Select, Device Node, Connected, Starts Connected, Device Type, VMRef, ${PLACE}`,
  vFloppy: `${OF_MACHINE}Select, Device Node, Connected, Starts Connected, Device Type, VMRef, ${PLACE}`,
  vUSB: `${OF_MACHINE}VMRef, Device Node, Device Type, Connected, Family, Speed, EHCI enabled, Auto connect, Bus number, Unit number, ${PLACE}`,
  vSnapshot: `VM, Powerstate, Name, Description, Date / time, Filename, Size MiB (vmsn), Size MiB (total), Quiesced, State, ${PLACE}`,
  vTools:
    `${OF_MACHINE}VM Version, Tools, Tools Version, Required Version, Upgradeable, Upgrade Policy, Sync time, App status, ` +
    'Heartbeat status, Kernel Crash state, Operation Ready, State change support, Interactive Guest, Upgrade, VMRef, ' +
    PLACE,
};

/** Nobody reads these: lines for each machine. */
export const unreadTabs: Readonly<Record<string, readonly [lines: number, headings: string]>> = {
  vFileInfo: [8, `Friendly Path Name, File Name, File Type, File Size in bytes, Path, Internal Sort Column, ${SERVER}`],
  vHealth: [1, `Name, Message, Message type, ${SERVER}`],
  vRP: [
    0.05,
    `Resource Pool name, Resource Pool path, Status, # VMs total, # VMs, # vCPUs, CPU limit, CPU reservation, Object ID, ${SERVER}`,
  ],
  vCluster: [
    0.01,
    `Name, Config status, OverallStatus, NumHosts, TotalCpu, NumCpuCores, TotalMemory, HA enabled, Object ID, ${SERVER}`,
  ],
  vHBA: [0.1, `${OF_HOST}Device, Type, Status, Bus, Pci, Driver, Model, WWN, ${SERVER}`],
  vNIC: [0.2, `${OF_HOST}Network Device, Driver, Speed, Duplex, MAC, Switch, Uplink port, PCI, WakeOn, ${SERVER}`],
  vSC_VMK: [
    0.1,
    `${OF_HOST}Port Group, Device, Mac Address, DHCP, IP Address, IP 6 Address, Subnet mask, Gateway, MTU, ${SERVER}`,
  ],
  vMultiPath: [
    1,
    `${OF_HOST}Datastore, Disk, Display name, Policy, Oper. State, Path 1, Path 1 state, Path 2, Path 2 state, vStorage, Queue depth, Vendor, Model, Revision, Level, Serial #, UUID, Object ID, ${SERVER}`,
  ],
  vLicense: [0.001, `Name, Key, Labels, Cost Unit, Total, Used, Expiration Date, Features, ${SERVER}`],
  vSource: [
    0.0001,
    `Name, OS type, API type, API version, Version, Patch level, Build, Fullname, Product name, Product version, Product line, Vendor, ${SERVER}`,
  ],
};
