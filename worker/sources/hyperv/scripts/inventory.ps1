# The host and its machines, in one call. Each part that may fail does so for itself, so that one broken disk hides nothing else.
# Arguments: machines, a list of ids, or null for all.

function Get-Disks($vm) {
  foreach ($drive in @(Get-VMHardDiskDrive -VM $vm)) {
    $isFile = $null -eq $drive.DiskNumber -and [string]$drive.Path -match '\.a?vhdx?$'
    $found = [pscustomobject]@{ files = @(); trouble = $null }
    if ($isFile) { $found = Get-DiskFiles $drive.Path }
    [pscustomobject]@{
      controller = [string]$drive.ControllerType
      number = $drive.ControllerNumber
      location = $drive.ControllerLocation
      path = [string]$drive.Path
      diskNumber = $drive.DiskNumber
      shared = [bool]$drive.SupportPersistentReservations
      files = $found.files
      trouble = $found.trouble
    }
  }
}

function Get-GuestAddresses($system) {
  $guest = @{}
  if ($null -eq $system) { return $guest }
  $realized = @(Get-CimAssociatedInstance -InputObject $system -ResultClassName Msvm_VirtualSystemSettingData |
      Where-Object { $_.VirtualSystemType -eq 'Microsoft:Hyper-V:System:Realized' })
  if ($realized.Count -eq 0) { return $guest }
  foreach ($class in 'Msvm_SyntheticEthernetPortSettingData', 'Msvm_EmulatedEthernetPortSettingData') {
    foreach ($port in @(Get-CimAssociatedInstance -InputObject $realized[0] -ResultClassName $class)) {
      foreach ($one in @(Get-CimAssociatedInstance -InputObject $port -ResultClassName Msvm_GuestNetworkAdapterConfiguration)) {
        $guest[[string]$port.Address] = [pscustomobject]@{
          dhcp = [bool]$one.DHCPEnabled
          addresses = @($one.IPAddresses | ForEach-Object { [string]$_ })
          subnets = @($one.Subnets | ForEach-Object { [string]$_ })
          gateways = @($one.DefaultGateways | ForEach-Object { [string]$_ })
          dns = @($one.DNSServers | ForEach-Object { [string]$_ })
        }
      }
    }
  }
  $guest
}

function Get-Cards($vm, $guest) {
  foreach ($nic in @(Get-VMNetworkAdapter -VM $vm)) {
    $vlan = $nic.VlanSetting
    [pscustomobject]@{
      id = [string]$nic.Id
      name = [string]$nic.Name
      mac = [string]$nic.MacAddress
      dynamicMac = [bool]$nic.DynamicMacAddressEnabled
      legacy = [bool]$nic.IsLegacy
      switch = [string]$nic.SwitchName
      connected = [bool]$nic.Connected
      vlanMode = [string]$vlan.OperationMode
      accessVlan = $vlan.AccessVlanId
      nativeVlan = $vlan.NativeVlanId
      allowedVlans = [string]$vlan.AllowedVlanIdListString
      spoofing = [string]$nic.MacAddressSpoofing
      teaming = [string]$nic.AllowTeaming
      dhcpGuard = [string]$nic.DhcpGuard
      routerGuard = [string]$nic.RouterGuard
      mirroring = [string]$nic.PortMirroringMode
      mostBits = $nic.BandwidthSetting.MaximumBandwidth
      addresses = @($nic.IPAddresses | ForEach-Object { [string]$_ })
      guest = $guest[[string]$nic.MacAddress]
    }
  }
}

function Get-GuestWords($system) {
  $words = @{}
  if ($null -eq $system) { return $words }
  foreach ($part in @(Get-CimAssociatedInstance -InputObject $system -ResultClassName Msvm_KvpExchangeComponent)) {
    foreach ($text in @($part.GuestIntrinsicExchangeItems)) {
      $item = [xml]$text
      $name = ''
      $data = ''
      foreach ($property in @($item.INSTANCE.PROPERTY)) {
        if ($property.NAME -eq 'Name') { $name = [string]$property.VALUE }
        if ($property.NAME -eq 'Data') { $data = [string]$property.VALUE }
      }
      if ($name -ne '') { $words[$name] = $data }
    }
  }
  $words
}

function Get-Services($vm) {
  foreach ($service in @(Get-VMIntegrationService -VM $vm)) {
    [pscustomobject]@{
      id = [string]$service.Id
      name = [string]$service.Name
      enabled = [bool]$service.Enabled
      status = [string]$service.PrimaryOperationalStatus
    }
  }
}

function Get-Checkpoints($vm) {
  foreach ($one in @(Get-VMSnapshot -VM $vm)) {
    [pscustomobject]@{
      id = [string]$one.Id
      name = [string]$one.Name
      parent = [string]$one.ParentSnapshotId
      type = [string]$one.SnapshotType
      created = $one.CreationTime.ToUniversalTime().ToString('o')
    }
  }
}

# The boot order of generation 2: places of disks; other things that can be booted from are left out.
function Get-BootOrder($firmware) {
  foreach ($source in @($firmware.BootOrder)) {
    $device = $source.Device
    if ($null -ne $device -and $null -ne $device.ControllerType -and [string]$source.BootType -eq 'Drive') {
      [string]$device.ControllerType + ':' + $device.ControllerNumber + ':' + $device.ControllerLocation
    }
  }
}

# What few machines have: images in drives, pipes on serial ports, what is handed to the guest, and what its host does with it.
function Get-Extras($vm) {
  $processor = Get-VMProcessor -VM $vm
  [pscustomobject]@{
    media = @(Get-VMDvdDrive -VM $vm | ForEach-Object { [string]$_.Path } | Where-Object { $_ -ne '' })
    ports = @(@($vm.ComPort1, $vm.ComPort2) | ForEach-Object { [string]$_.Path } | Where-Object { $_ -ne '' })
    nested = [bool]$processor.ExposeVirtualizationExtensions
    reserve = $processor.Reserve
    limit = $processor.Maximum
    weight = $processor.RelativeWeight
    startAction = [string]$vm.AutomaticStartAction
    stopAction = [string]$vm.AutomaticStopAction
  }
}

# Whether something failed because the host is older than it: before 2016 there is no such command, or class of WMI.
function Test-Newer($record) {
  [string]$record.FullyQualifiedErrorId -match '^(CommandNotFoundException$|HRESULT 0x80041010)'
}

function Get-Described($vm) {
  $troubles = @()
  $firmware = $null
  $order = @()
  if ($vm.Generation -eq 2) {
    try {
      $firmware = Get-VMFirmware -VM $vm
      $order = @(Get-BootOrder $firmware)
    } catch { $troubles += Get-Trouble $_ }
  }
  $security = $null
  try { $security = Get-VMSecurity -VM $vm } catch { if (-not (Test-Newer $_)) { $troubles += Get-Trouble $_ } }
  $disks = @()
  try { $disks = @(Get-Disks $vm) } catch { $troubles += Get-Trouble $_ }
  $system = $null
  $words = @{}
  $guest = @{}
  if ([string]$vm.State -eq 'Running') {
    try {
      $system = Get-CimInstance -Namespace root/virtualization/v2 -ClassName Msvm_ComputerSystem -Filter ("Name='" + ([string]$vm.Id).ToUpperInvariant() + "'")
      $words = Get-GuestWords $system
      $guest = Get-GuestAddresses $system
    } catch { $troubles += Get-Trouble $_ }
  }
  $cards = @()
  try { $cards = @(Get-Cards $vm $guest) } catch { $troubles += Get-Trouble $_ }
  $services = @()
  try { $services = @(Get-Services $vm) } catch { $troubles += Get-Trouble $_ }
  $checkpoints = @()
  try { $checkpoints = @(Get-Checkpoints $vm) } catch { $troubles += Get-Trouble $_ }
  $points = @()
  try {
    $points = @(Get-CimInstance -Namespace root/virtualization/v2 -ClassName Msvm_VirtualSystemReferencePoint -Filter ("VirtualSystemIdentifier='" + ([string]$vm.Id).ToUpperInvariant() + "'") |
        ForEach-Object {
          [pscustomobject]@{
            id = [string]$_.InstanceID
            disks = @($_.VirtualDiskIdentifiers | ForEach-Object { [string]$_ })
            changes = @($_.ResilientChangeTrackingIdentifiers | ForEach-Object { [string]$_ })
          }
        })
  } catch { if (-not (Test-Newer $_)) { $troubles += Get-Trouble $_ } }
  $devices = @()
  try {
    $devices = @(Get-VMAssignableDevice -VM $vm | ForEach-Object { [string]$_.LocationPath })
  } catch { if (-not (Test-Newer $_)) { $troubles += Get-Trouble $_ } }
  $extras = $null
  try { $extras = Get-Extras $vm } catch { $troubles += Get-Trouble $_ }
  [pscustomobject]@{
    id = [string]$vm.Id
    name = [string]$vm.Name
    generation = $vm.Generation
    version = [string]$vm.Version
    state = [string]$vm.State
    notes = [string]$vm.Notes
    path = [string]$vm.Path
    cpus = $vm.ProcessorCount
    memory = [pscustomobject]@{
      startup = $vm.MemoryStartup
      minimum = $vm.MemoryMinimum
      maximum = $vm.MemoryMaximum
      assigned = $vm.MemoryAssigned
      dynamic = [bool]$vm.DynamicMemoryEnabled
    }
    secureBoot = ([string]$firmware.SecureBoot -eq 'On')
    secureBootTemplate = [string]$firmware.SecureBootTemplate
    bootOrder = @($order)
    tpm = [bool]$security.TpmEnabled
    shielded = [bool]$security.Shielded
    disks = @($disks)
    cards = @($cards)
    words = [pscustomobject]$words
    services = @($services)
    checkpoints = @($checkpoints)
    referencePoints = @($points)
    checkpointType = [string]$vm.CheckpointType
    replicationState = [string]$vm.ReplicationState
    replicationMode = [string]$vm.ReplicationMode
    clustered = [bool]$vm.IsClustered
    devices = @($devices)
    extras = $extras
    troubles = @($troubles)
  }
}

# Where files lie: a drive, or a volume of the cluster.
function Get-Places($machines) {
  $roots = @{}
  foreach ($machine in $machines) {
    foreach ($disk in $machine.disks) {
      if ($disk.path -match '^[A-Za-z]:\\ClusterStorage\\[^\\]+') { $roots[$matches[0]] = $true }
      elseif ($disk.path -match '^[A-Za-z]:\\') { $roots[$matches[0]] = $true }
    }
  }
  foreach ($root in @($roots.GetEnumerator() | ForEach-Object { $_.Key })) {
    $volume = $null
    try { $volume = Get-Volume -FilePath $root } catch { $volume = $null }
    [pscustomobject]@{
      root = [string]$root
      kind = [string]$volume.FileSystem
      size = $volume.Size
      free = $volume.SizeRemaining
    }
  }
}

function Get-Result {
  $vmHost = Get-VMHost
  $system = Get-CimInstance -ClassName Win32_OperatingSystem
  $machines = @()
  $troubles = @()
  $wanted = @()
  if ($null -eq $arguments.machines) {
    $wanted = @(Get-VM)
  } else {
    foreach ($id in @($arguments.machines)) {
      try { $wanted += Get-Machine $id } catch { $troubles += Get-Trouble $_ }
    }
  }
  foreach ($vm in $wanted) { $machines += Get-Described $vm }
  $switches = @()
  try {
    $switches = @(Get-VMSwitch | ForEach-Object {
        [pscustomobject]@{ id = [string]$_.Id; name = [string]$_.Name; type = [string]$_.SwitchType }
      })
  } catch { $troubles += Get-Trouble $_ }
  [pscustomobject]@{
    host = [pscustomobject]@{
      name = [string]$vmHost.Name
      fqdn = [string]$vmHost.FullyQualifiedDomainName
      system = [string]$system.Caption
      version = [string]$system.Version
      cpus = $vmHost.LogicalProcessorCount
      memory = $vmHost.MemoryCapacity
    }
    switches = @($switches)
    places = @(Get-Places $machines)
    cluster = (Get-ClusterFacts)
    machines = @($machines)
    troubles = @($troubles)
  }
}
