/** The layout of RVTools 3.11: its tabs, each with its headings. */
import type { TabHeadings } from './made.ts';

export const layout311: TabHeadings = {
  vInfo:
    'VM, Powerstate, Template, Config status, DNS Name, Connection state, Guest state, Heartbeat, ' +
    'Consolidation Needed, PowerOn, CPUs, Memory, NICs, Disks, Network #1, Network #2, Network #3, ' +
    'Network #4, Resource pool, Folder, vApp, DAS protection, FT State, Provisioned MB, In Use MB, ' +
    'Unshared MB, Firmware, HW version, Path, Annotation, Datacenter, Cluster, Host, ' +
    'OS according to the configuration file, OS according to the VMware Tools, VM ID, VM UUID, ' +
    'VI SDK Server type, VI SDK API Version, VI SDK Server, VI SDK UUID',
  vCPU:
    'VM, Powerstate, Template, CPUs, Sockets, Cores p/s, Reservation, Limit, Hot Add, Hot Remove, ' +
    'Datacenter, Cluster, Host, OS according to the configuration file, VM ID, VM UUID',
  vMemory:
    'VM, Powerstate, Template, Size MB, Reservation, Limit, Hot Add, Datacenter, Cluster, Host, ' +
    'OS according to the configuration file, VM ID, VM UUID',
  vDisk:
    'VM, Powerstate, Template, Disk, Capacity MB, Raw, Disk Mode, Thin, Eagerly Scrub, Split, ' +
    'Write Through, Level, Shares, Controller, Unit #, Path, Raw LUN ID, Raw Com. Mode, Datacenter, ' +
    'Cluster, Host, OS according to the configuration file, VM ID, VM UUID',
  vPartition:
    'VM, Powerstate, Template, Disk, Capacity MB, Consumed MB, Free MB, Free %, Datacenter, Cluster, ' +
    'Host, OS according to the configuration file, VM ID, VM UUID',
  vNetwork:
    'VM, Powerstate, Template, Adapter, Network, Switch, Connected, Starts Connected, Mac Address, ' +
    'Type, IP Address, Datacenter, Cluster, Host, OS according to the configuration file, VM ID, ' +
    'VM UUID',
  vCD:
    'VM, Powerstate, Template, Device Node, Connected, Starts Connected, Device Type, Datacenter, ' +
    'Cluster, Host, OS according to the configuration file, VM ID, VM UUID',
  vUSB:
    'VM, Powerstate, Template, Device Node, Device Type, Connected, Family, Speed, Datacenter, ' +
    'Cluster, Host, OS according to the configuration file, VM ID, VM UUID',
  vSnapshot:
    'VM, Powerstate, Name, Description, Date / time, Filename, Size MB (vmsn), Quiesced, State, ' +
    'Datacenter, Cluster, Host, OS according to the configuration file, VM ID, VM UUID',
  vTools:
    'VM, Powerstate, Template, VM Version, Tools, Tools Version, Required Version, Upgradeable, ' +
    'Datacenter, Cluster, Host, OS according to the configuration file, VM ID, VM UUID',
  vHost:
    'Host, Datacenter, Cluster, in Maintenance Mode, CPU Model, Speed, HT Available, HT Active, ' +
    '# CPU, Cores per CPU, # Cores, # Memory, ESX Version, Object ID, VI SDK Server, VI SDK UUID',
  vDatastore:
    'Name, Config status, Address, Accessible, Type, # VMs, Capacity MB, Provisioned MB, In Use MB, ' +
    'Free MB, Free %, VI SDK Server, VI SDK UUID',
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
