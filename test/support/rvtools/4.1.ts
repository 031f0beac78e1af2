/** The layout of RVTools 4.1: its tabs, each with its headings. */
import type { TabHeadings } from './made.ts';

export const layout41: TabHeadings = {
  vInfo:
    'VM, Powerstate, Template, SRM Placeholder, Config status, DNS Name, Connection state, ' +
    'Guest state, Heartbeat, Consolidation Needed, PowerOn, CPUs, Memory, NICs, Disks, EnableUUID, ' +
    'CBT, Primary IP Address, Network #1, Network #2, Network #3, Network #4, Resource pool, Folder, ' +
    'vApp, DAS protection, FT State, Provisioned MiB, In Use MiB, Unshared MiB, EFI Secure boot, ' +
    'Firmware, HW version, Path, Annotation, Datacenter, Cluster, Host, ' +
    'OS according to the configuration file, OS according to the VMware Tools, VM ID, VM UUID, ' +
    'VI SDK Server type, VI SDK API Version, VI SDK Server, VI SDK UUID',
  vCPU:
    'VM, Powerstate, Template, CPUs, Sockets, Cores p/s, Reservation, Limit, Hot Add, Hot Remove, ' +
    'Annotation, Datacenter, Cluster, Host, Folder, OS according to the configuration file, ' +
    'OS according to the VMware Tools, VM ID, VM UUID, VI SDK Server, VI SDK UUID',
  vMemory:
    'VM, Powerstate, Template, Size MiB, Reservation, Limit, Hot Add, Annotation, Datacenter, ' +
    'Cluster, Host, Folder, OS according to the configuration file, OS according to the VMware Tools, ' +
    'VM ID, VM UUID, VI SDK Server, VI SDK UUID',
  vDisk:
    'VM, Powerstate, Template, Disk, Capacity MiB, Raw, Disk Mode, Sharing mode, Thin, Eagerly Scrub, ' +
    'Split, Write Through, Level, Shares, Controller, Label, SCSI Unit #, Unit #, Shared Bus, Path, ' +
    'Raw LUN ID, Raw Com. Mode, Annotation, Datacenter, Cluster, Host, Folder, ' +
    'OS according to the configuration file, OS according to the VMware Tools, VM ID, VM UUID, ' +
    'VI SDK Server, VI SDK UUID',
  vPartition:
    'VM, Powerstate, Template, Disk, Capacity MiB, Consumed MiB, Free MiB, Free %, Annotation, ' +
    'Datacenter, Cluster, Host, Folder, OS according to the configuration file, ' +
    'OS according to the VMware Tools, VM ID, VM UUID, VI SDK Server, VI SDK UUID',
  vNetwork:
    'VM, Powerstate, Template, NIC label, Adapter, Network, Switch, Connected, Starts Connected, ' +
    'Mac Address, Type, IP Address, Annotation, Datacenter, Cluster, Host, Folder, ' +
    'OS according to the configuration file, OS according to the VMware Tools, VM ID, VM UUID, ' +
    'VI SDK Server, VI SDK UUID',
  vCD:
    'VM, Powerstate, Template, Device Node, Connected, Starts Connected, Device Type, Annotation, ' +
    'Datacenter, Cluster, Host, Folder, OS according to the configuration file, ' +
    'OS according to the VMware Tools, VM ID, VM UUID, VI SDK Server, VI SDK UUID',
  vUSB:
    'VM, Powerstate, Template, Device Node, Device Type, Connected, Family, Speed, Annotation, ' +
    'Datacenter, Cluster, Host, Folder, OS according to the configuration file, ' +
    'OS according to the VMware Tools, VM ID, VM UUID, VI SDK Server, VI SDK UUID',
  vSnapshot:
    'VM, Powerstate, Name, Description, Date / time, Filename, Size MiB (vmsn), Quiesced, State, ' +
    'Annotation, Datacenter, Cluster, Host, Folder, OS according to the configuration file, ' +
    'OS according to the VMware Tools, VM ID, VM UUID, VI SDK Server, VI SDK UUID',
  vTools:
    'VM, Powerstate, Template, VM Version, Tools, Tools Version, Required Version, Upgradeable, ' +
    'Annotation, Datacenter, Cluster, Host, Folder, OS according to the configuration file, ' +
    'OS according to the VMware Tools, VM ID, VM UUID, VI SDK Server, VI SDK UUID',
  vHost:
    'Host, Datacenter, Cluster, in Maintenance Mode, CPU Model, Speed, HT Available, HT Active, ' +
    '# CPU, Cores per CPU, # Cores, # Memory, ESX Version, Object ID, VI SDK Server, VI SDK UUID',
  vDatastore:
    'Name, Config status, Address, Accessible, Type, # VMs, Capacity MiB, Provisioned MiB, ' +
    'In Use MiB, Free MiB, Free %, Object ID, VI SDK Server, VI SDK UUID',
  vSwitch:
    'Host, Datacenter, Cluster, Switch, # Ports, Promiscuous Mode, Mac Changes, Forged Transmits, ' +
    'MTU, VI SDK Server, VI SDK UUID',
  vPort:
    'Host, Datacenter, Cluster, Port Group, Switch, VLAN, Promiscuous Mode, Mac Changes, ' +
    'Forged Transmits, VI SDK Server, VI SDK UUID',
  dvSwitch: 'Switch, Datacenter, Name, Vendor, Version, Max MTU, VI SDK Server, VI SDK UUID',
  dvPort:
    'Port, Switch, Type, # Ports, VLAN, Allow Promiscuous, Mac Changes, Forged Transmits, ' +
    'VI SDK Server, VI SDK UUID',
  vMetaData: 'RVTools major version, RVTools version, xlsx creation datetime, Server',
};
